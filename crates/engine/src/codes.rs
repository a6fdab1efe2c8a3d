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

/// Appends codes that fit the width.
pub(crate) fn extend<C: Code>(all: &mut Vec<C>, codes: impl Iterator<Item = u32>) {
    all.extend(codes.map(C::narrow));
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
