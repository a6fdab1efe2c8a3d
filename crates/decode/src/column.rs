//! What decoding gives: rows of one column, narrow where the file is narrow.

/// Consecutive rows of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The file's dictionary, each value converted once, and every row's place in it.
    Dictionary {
        values: Values,
        /// 0 is null, `n + 1` the value `n`: never beyond the last value.
        places: Places,
        has_nulls: bool,
    },
    /// One value per row.
    Plain {
        values: Values,
        /// `None`: no nulls. Values of null rows are a harmless placeholder.
        valid: Option<Vec<bool>>,
    },
    /// That many rows without a value.
    Nulls(usize),
}

/// Values in the engine's physical forms.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Booleans, integers, days since 1970, microseconds of a day or since 1970, decimals that fit.
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    /// 64-bit unsigned integers, and decimals beyond 18 digits.
    Decimals(Vec<i128>),
    /// Strings; binary values as DuckDB shows them.
    Texts(Texts),
}

/// Many strings in one allocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    pub text: String,
    /// The end of each string in `text`, ascending, on character boundaries.
    pub ends: Vec<u32>,
}

/// Small numbers in the narrowest width that holds all places of a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub enum Places {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Block {
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Dictionary { places, .. } => places.len(),
            Self::Plain { values, .. } => values.len(),
            Self::Nulls(n_rows) => *n_rows,
        }
    }

    pub fn has_nulls(&self) -> bool {
        match self {
            Self::Dictionary { has_nulls, .. } => *has_nulls,
            Self::Plain { valid, .. } => valid.is_some(),
            Self::Nulls(n_rows) => *n_rows > 0,
        }
    }
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Self::Ints(values) => values.len(),
            Self::Floats(values) => values.len(),
            Self::Decimals(values) => values.len(),
            Self::Texts(texts) => texts.ends.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values at these places. `None` when they are more than memory holds.
    pub(crate) fn at(&self, places: &[u32]) -> Option<Self> {
        fn at<T: Copy>(values: &[T], places: &[u32]) -> Vec<T> {
            places.iter().filter_map(|place| values.get(*place as usize).copied()).collect()
        }
        Some(match self {
            Self::Ints(values) => Self::Ints(at(values, places)),
            Self::Floats(values) => Self::Floats(at(values, places)),
            Self::Decimals(values) => Self::Decimals(at(values, places)),
            Self::Texts(texts) => {
                let total: u64 = places.iter().map(|place| texts.get(*place as usize).len() as u64).sum();
                let mut all = Texts::default();
                all.text.try_reserve_exact(usize::try_from(u32::try_from(total).ok()?).ok()?).ok()?;
                for place in places {
                    all.text.push_str(texts.get(*place as usize));
                    all.ends.push(all.text.len() as u32);
                }
                Self::Texts(all)
            }
        })
    }

    /// The values at the valid rows, with placeholders between them.
    pub(crate) fn spread(self, valid: &[bool]) -> Self {
        fn spread<T: Copy + Default>(values: &[T], valid: &[bool]) -> Vec<T> {
            let mut values = values.iter();
            valid.iter().map(|valid| if *valid { values.next().copied().unwrap_or_default() } else { T::default() }).collect()
        }
        match self {
            Self::Ints(values) => Self::Ints(spread(&values, valid)),
            Self::Floats(values) => Self::Floats(spread(&values, valid)),
            Self::Decimals(values) => Self::Decimals(spread(&values, valid)),
            Self::Texts(Texts { text, ends }) => {
                let (mut ends, mut end) = (ends.iter(), 0);
                let place = |valid: &bool| {
                    if *valid {
                        end = ends.next().copied().unwrap_or(end);
                    }
                    end
                };
                Self::Texts(Texts { text, ends: valid.iter().map(place).collect() })
            }
        }
    }
}

impl Texts {
    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start as usize..self.ends[index] as usize]
    }
}

impl Places {
    pub fn len(&self) -> usize {
        match self {
            Self::U8(places) => places.len(),
            Self::U16(places) => places.len(),
            Self::U32(places) => places.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
