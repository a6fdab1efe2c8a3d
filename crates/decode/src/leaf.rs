//! One column chunk: its pages, decompressed, and the levels and values in them.
use crate::DecodeError;
use crate::column::Values;
use crate::convert::{Conversion, Raw};
use crate::delta;
use crate::hybrid::Hybrid;
use crate::page::{Kind, Page, PageReader};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type as Physical};
use std::borrow::Cow;

/// A primitive column of the schema: what its bytes mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    pub physical: Physical,
    pub type_length: usize,
    pub conversion: Conversion,
    pub max_definition: i16,
    pub max_repetition: i16,
}

/// The pages of one column chunk.
pub(crate) struct Pages {
    reader: PageReader,
    leaf: Leaf,
    /// Levels that the row group still owes: bounds what a page may claim.
    left: usize,
    pub dictionary: Option<Values>,
}

/// The values of one data page, not yet read.
pub(crate) struct DataPage {
    bytes: Bytes,
    /// Where the values begin.
    values: usize,
    definitions: Option<Section>,
    repetitions: Option<Section>,
    pub n_levels: usize,
    encoding: Encoding,
}

#[derive(Clone, Copy)]
struct Section {
    start: usize,
    end: usize,
}

impl Pages {
    /// `bytes` are the whole column chunk. `n_levels`: how many values and nulls it says to have.
    pub fn new(compression: Compression, leaf: Leaf, bytes: Bytes, n_levels: usize) -> Self {
        Self { reader: PageReader::new(compression, bytes), leaf, left: n_levels, dictionary: None }
    }

    /// The next data page; `None` after the last, when all that the row group promised has been seen.
    #[inline(never)]
    pub fn next(&mut self) -> Result<Option<DataPage>, DecodeError> {
        loop {
            if self.left == 0 {
                return Ok(None);
            }
            let page = self.reader.next()?.ok_or_else(|| DecodeError::damaged("a column has fewer rows than its row group"))?;
            let Kind::Dictionary = page.kind else {
                let page = self.data_page(page)?;
                self.left -= page.n_levels;
                if page.n_levels == 0 {
                    continue;
                }
                return Ok(Some(page));
            };
            if !matches!(page.encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) || self.dictionary.is_some() {
                return Err(DecodeError::damaged("a dictionary that cannot be read"));
            }
            if page.n_levels > page.bytes.len() && self.leaf.physical != Physical::BOOLEAN {
                return Err(DecodeError::damaged("a dictionary with more values than bytes"));
            }
            self.dictionary = Some(self.leaf.conversion.apply(plain(self.leaf, &page.bytes, page.n_levels)?)?);
        }
    }

    /// The `n` values of a page, dictionary or not.
    pub fn values(&self, page: &DataPage, leaf: Leaf, n: usize) -> Result<Values, DecodeError> {
        let Some(mut hybrid) = page.places()? else { return page.values(leaf, n) };
        let dictionary = self.dictionary.as_ref().ok_or_else(|| DecodeError::damaged("a page without its dictionary"))?;
        let mut places: Vec<u32> = vec![];
        hybrid.read(n, 0, u32::try_from(dictionary.len()).unwrap_or(u32::MAX), &mut places)?;
        dictionary.at(&places).ok_or_else(|| DecodeError::damaged("more text than fits"))
    }

    fn data_page(&self, page: Page) -> Result<DataPage, DecodeError> {
        let Page { bytes, n_levels, encoding, kind } = page;
        if n_levels > self.left {
            return Err(DecodeError::damaged("a column has more rows than its row group"));
        }
        let (repetitions, definitions, values) = match kind {
            Kind::V1 { definitions, repetitions } => {
                let mut at = 0usize;
                let mut section = |levels: i16, encoding: Encoding| {
                    if levels == 0 {
                        return Ok(None);
                    }
                    if encoding != Encoding::RLE {
                        return Err(DecodeError::damaged("levels in an encoding that is no longer in use"));
                    }
                    let length =
                        bytes.get(at..at + 4).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_le_bytes(*bytes) as usize);
                    let start = at + 4;
                    at = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bytes.len()).ok_or_else(ended)?;
                    Ok(Some(Section { start, end: at }))
                };
                let repetitions = section(self.leaf.max_repetition, repetitions)?;
                let definitions = section(self.leaf.max_definition, definitions)?;
                (repetitions, definitions, at)
            }
            Kind::V2 { definitions, repetitions: middle } => {
                let end = middle.checked_add(definitions).filter(|end| *end <= bytes.len()).ok_or_else(ended)?;
                let repetitions = (self.leaf.max_repetition > 0).then_some(Section { start: 0, end: middle });
                let definitions = (self.leaf.max_definition > 0).then_some(Section { start: middle, end });
                (repetitions, definitions, end)
            }
            Kind::Dictionary => return Err(DecodeError::damaged("a second dictionary")),
        };
        Ok(DataPage { bytes, values, definitions, repetitions, n_levels, encoding })
    }
}

impl DataPage {
    /// The definition levels; `None` when every value is there.
    pub fn definitions(&self, leaf: Leaf) -> Result<Option<Vec<u8>>, DecodeError> {
        let Some(section) = self.definitions else { return Ok(None) };
        let max = leaf.max_definition as u32;
        let mut hybrid = Hybrid::new(self.bytes.get(section.start..section.end).unwrap_or_default(), bits(max))?;
        if hybrid.constant(self.n_levels) == Some(max) {
            return Ok(None);
        }
        levels(hybrid, self.n_levels, max).map(|levels| levels.iter().any(|level| u32::from(*level) < max).then_some(levels))
    }

    /// The repetition levels; empty when nothing repeats.
    pub fn repetitions(&self, leaf: Leaf) -> Result<Vec<u8>, DecodeError> {
        let Some(section) = self.repetitions else { return Ok(vec![]) };
        let max = leaf.max_repetition as u32;
        levels(Hybrid::new(self.bytes.get(section.start..section.end).unwrap_or_default(), bits(max))?, self.n_levels, max)
    }

    /// The places in the dictionary, if that is what the page holds.
    pub fn places(&self) -> Result<Option<Hybrid<'_>>, DecodeError> {
        if !matches!(self.encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) {
            return Ok(None);
        }
        // A page of nulls alone may be empty.
        let (width, bytes) = self.bytes.get(self.values..).unwrap_or_default().split_first().unwrap_or((&0, &[]));
        Hybrid::new(bytes, u32::from(*width)).map(Some)
    }

    /// The `n` values of a page that does not use the dictionary.
    pub fn values(&self, leaf: Leaf, n: usize) -> Result<Values, DecodeError> {
        let bytes = self.bytes.slice(self.values.min(self.bytes.len())..);
        let raw = match (self.encoding, leaf.physical) {
            (Encoding::PLAIN, _) => plain(leaf, &bytes, n)?,
            (Encoding::RLE, Physical::BOOLEAN) => {
                let mut bits: Vec<u8> = vec![];
                let length = bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize).ok_or_else(ended)?;
                let bytes = bytes.get(4..).and_then(|bytes| bytes.get(..length)).ok_or_else(ended)?;
                Hybrid::new(bytes, 1)?.read(n, 0, 2, &mut bits)?;
                Raw::Ints(bits.into_iter().map(i64::from).collect())
            }
            (Encoding::DELTA_BINARY_PACKED, Physical::INT32 | Physical::INT64) => {
                let (mut values, _) = delta::numbers(&bytes, n)?;
                if leaf.physical == Physical::INT32 {
                    values.iter_mut().for_each(|value| *value = i64::from(*value as i32));
                }
                Raw::Ints(values)
            }
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, Physical::BYTE_ARRAY) => variable(delta::lengths(&bytes, n)?),
            (Encoding::DELTA_BYTE_ARRAY, Physical::BYTE_ARRAY) => variable(delta::prefixes(&bytes, n)?),
            (Encoding::DELTA_BYTE_ARRAY, Physical::FIXED_LEN_BYTE_ARRAY) => {
                let (bytes, ends) = delta::prefixes(&bytes, n)?;
                if ends.iter().zip(1..).any(|(end, n)| *end as usize != n * leaf.type_length) {
                    return Err(DecodeError::damaged("values of another length than the column's"));
                }
                Raw::Fixed { bytes: Cow::Owned(bytes), width: leaf.type_length }
            }
            (Encoding::BYTE_STREAM_SPLIT, _) => {
                let width = width(leaf).ok_or_else(|| unsupported(self.encoding))?;
                let length = n.checked_mul(width).filter(|length| *length <= bytes.len()).ok_or_else(ended)?;
                let mut joined = vec![0; length];
                for (place, stream) in bytes[..length].chunks_exact(n.max(1)).enumerate() {
                    joined.iter_mut().skip(place).step_by(width).zip(stream).for_each(|(out, byte)| *out = *byte);
                }
                Raw::Fixed { bytes: Cow::Owned(joined), width }
            }
            _ => return Err(unsupported(self.encoding)),
        };
        let values = leaf.conversion.apply(raw)?;
        if values.len() == n { Ok(values) } else { Err(ended()) }
    }
}

fn variable((bytes, ends): (Vec<u8>, Vec<u32>)) -> Raw<'static> {
    Raw::Variable { bytes, ends }
}

/// Bits of a level up to `max`.
fn bits(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

fn levels(mut hybrid: Hybrid<'_>, n: usize, max: u32) -> Result<Vec<u8>, DecodeError> {
    let mut levels = vec![];
    levels.try_reserve_exact(n).map_err(|_| DecodeError::damaged("a page with more rows than fit"))?;
    hybrid.read(n, 0, max + 1, &mut levels)?;
    Ok(levels)
}

/// Bytes of a value where all have as many.
fn width(leaf: Leaf) -> Option<usize> {
    match leaf.physical {
        Physical::INT32 | Physical::FLOAT => Some(4),
        Physical::INT64 | Physical::DOUBLE => Some(8),
        Physical::INT96 => Some(12),
        Physical::FIXED_LEN_BYTE_ARRAY => Some(leaf.type_length).filter(|width| *width > 0),
        Physical::BOOLEAN | Physical::BYTE_ARRAY => None,
    }
}

fn plain(leaf: Leaf, bytes: &[u8], n: usize) -> Result<Raw<'_>, DecodeError> {
    if let Some(width) = width(leaf) {
        let length = n.checked_mul(width).filter(|length| *length <= bytes.len()).ok_or_else(ended)?;
        return Ok(Raw::Fixed { bytes: Cow::Borrowed(&bytes[..length]), width });
    }
    if leaf.physical == Physical::BOOLEAN {
        let bytes = bytes.get(..n.div_ceil(8)).ok_or_else(ended)?;
        return Ok(Raw::Ints((0..n).map(|bit| i64::from(bytes[bit / 8] >> (bit % 8) & 1)).collect()));
    }
    let mut values = Vec::with_capacity(bytes.len());
    let mut ends = Vec::with_capacity(n.min(bytes.len()));
    let mut rest = bytes;
    for _ in 0..n {
        let (length, after) = rest.split_first_chunk().ok_or_else(ended)?;
        let (value, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(ended)?;
        values.extend_from_slice(value);
        ends.push(values.len() as u32);
        rest = after;
    }
    Ok(Raw::Variable { bytes: values, ends })
}

fn ended() -> DecodeError {
    DecodeError::damaged("a page ends early")
}

fn unsupported(encoding: Encoding) -> DecodeError {
    DecodeError::damaged(format!("values of this type in the encoding {encoding}"))
}
