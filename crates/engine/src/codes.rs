use tarn_decode::Places;

/// Small numbers, one per row, in the narrowest width that holds them all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Codes {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

/// A width of [`Codes`], for kernels that exist once per width.
pub(crate) trait Code: Copy + Ord + 'static {
    fn wide(self) -> u32;
    /// The lower bits.
    fn narrow(code: u32) -> Self;
}

impl Code for u8 {
    #[inline(always)]
    fn wide(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn narrow(code: u32) -> Self {
        code as u8
    }
}

impl Code for u16 {
    #[inline(always)]
    fn wide(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn narrow(code: u32) -> Self {
        code as u16
    }
}

impl Code for u32 {
    #[inline(always)]
    fn wide(self) -> u32 {
        self
    }
    #[inline(always)]
    fn narrow(code: u32) -> Self {
        code
    }
}

/// Runs an expression with the slice of whichever width the codes have.
macro_rules! with_codes {
    ($codes:expr, $slice:ident => $body:expr) => {
        match $codes {
            crate::codes::Codes::U8($slice) => $body,
            crate::codes::Codes::U16($slice) => $body,
            crate::codes::Codes::U32($slice) => $body,
        }
    };
}
pub(crate) use with_codes;

/// Rows per call of a loop that runs while data is loaded: a browser improves code between calls, not within one.
const STRIDE: usize = 1 << 14;

/// Appends `table[code]` for every code.
pub(crate) fn extend_translated<C: Code, D: Code>(all: &mut Vec<D>, codes: &[C], table: &[D]) {
    codes.chunks(STRIDE).for_each(|codes| translate(all, codes, table));
}

#[inline(never)]
fn translate<C: Code, D: Code>(all: &mut Vec<D>, codes: &[C], table: &[D]) {
    all.extend(codes.iter().map(|code| table[code.wide() as usize]));
}

/// Appends codes that fit the width.
pub(crate) fn extend<C: Code>(all: &mut Vec<C>, codes: impl Iterator<Item = u32>) {
    all.extend(codes.map(C::narrow));
}

impl From<Places> for Codes {
    fn from(places: Places) -> Self {
        match places {
            Places::U8(places) => Self::U8(places),
            Places::U16(places) => Self::U16(places),
            Places::U32(places) => Self::U32(places),
        }
    }
}

impl Codes {
    /// Room for codes below `domain`.
    pub fn with_capacity(domain: u64, n_rows: usize) -> Self {
        match domain {
            0..=0x100 => Self::U8(Vec::with_capacity(n_rows)),
            0x101..=0x1_0000 => Self::U16(Vec::with_capacity(n_rows)),
            _ => Self::U32(Vec::with_capacity(n_rows)),
        }
    }

    pub fn collect(domain: u64, codes: impl ExactSizeIterator<Item = u32>) -> Self {
        let mut collected = Self::with_capacity(domain, codes.len());
        with_codes!(&mut collected, all => extend(all, codes));
        collected
    }

    /// Appends `table[code]` for every one of the codes.
    pub fn extend_translated(&mut self, codes: &Self, table: &[u32]) {
        with_codes!(self, all => {
            let table: Vec<_> = table.iter().map(|code| Code::narrow(*code)).collect();
            with_codes!(codes, codes => extend_translated(all, codes, &table));
        });
    }

    pub fn len(&self) -> usize {
        with_codes!(self, codes => codes.len())
    }

    pub fn get(&self, row: usize) -> u32 {
        with_codes!(self, codes => codes[row].wide())
    }

    /// `table[code]` for every row.
    pub fn translate(&self, table: &[u32], domain: u64) -> Self {
        with_codes!(self, codes => Self::collect(domain, codes.iter().map(|code| table[code.wide() as usize])))
    }

    /// Codes of the rows from `start` on, as many as `out` has room for.
    #[inline(never)]
    pub fn read(&self, start: usize, out: &mut [u32]) {
        with_codes!(self, codes => {
            for (out, code) in out.iter_mut().zip(&codes[start..]) {
                *out = code.wide();
            }
        });
    }

    pub fn bytes(&self) -> usize {
        with_codes!(self, codes => size_of_val(codes.as_slice()))
    }
}
