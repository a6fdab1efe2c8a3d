//! The pages of a column chunk, one after the other, without compression.
//!
//! Headers are Thrift's compact protocol: <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>. The
//! reader of the parquet crate reads statistics that nobody asks for, and links the compressor of every codec, which would travel to
//! the browser.
use crate::DecodeError;
use crate::codec::Codec;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};

/// Deeper than any header; what lies deeper than that is an attack on the stack.
const MAX_DEPTH: usize = 8;

/// A page as it stands in the file, decompressed.
pub(crate) struct Page {
    pub bytes: Bytes,
    /// Values and nulls.
    pub n_levels: usize,
    pub encoding: Encoding,
    pub kind: Kind,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Dictionary,
    /// Each kind of levels begins with its length.
    V1 {
        definitions: Encoding,
        repetitions: Encoding,
    },
    /// Lengths of the levels, in bytes.
    V2 {
        definitions: usize,
        repetitions: usize,
    },
}

/// What is left of a column chunk.
pub(crate) struct PageReader {
    rest: Bytes,
    codec: Codec,
}

impl PageReader {
    /// `bytes` are the whole column chunk.
    pub fn new(compression: Compression, bytes: Bytes) -> Self {
        Self { rest: bytes, codec: Codec::new(compression) }
    }

    /// The next page; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Page>, DecodeError> {
        while !self.rest.is_empty() {
            let mut fields = Fields { rest: &self.rest };
            let (mut header, mut of_kind) = (Ints::default(), Ints::default());
            fields.read_into(&mut header, Some(&mut of_kind), 0)?;
            let start = self.rest.len() - fields.rest.len();
            let compressed = header.size(3)?;
            let end = start.checked_add(compressed).filter(|end| *end <= self.rest.len()).ok_or_else(damaged)?;
            let bytes = self.rest.slice(start..end);
            self.rest = self.rest.slice(end..);
            if let Some(page) = self.page(&header, &of_kind, bytes)? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// `None` for one that holds no values.
    fn page(&mut self, header: &Ints, of_kind: &Ints, bytes: Bytes) -> Result<Option<Page>, DecodeError> {
        let n_bytes = header.size(2)?;
        let (kind, encoding, n_apart, is_compressed) = match header.0[1] {
            Some(DATA_PAGE) => {
                (Kind::V1 { definitions: of_kind.encoding(3)?, repetitions: of_kind.encoding(4)? }, of_kind.encoding(2)?, 0, true)
            }
            Some(INDEX_PAGE) => return Ok(None),
            Some(DICTIONARY_PAGE) => (Kind::Dictionary, of_kind.encoding(2)?, 0, true),
            Some(DATA_PAGE_V2) => {
                let (definitions, repetitions) = (of_kind.size(5)?, of_kind.size(6)?);
                let n_apart = definitions.checked_add(repetitions).ok_or_else(damaged)?;
                (Kind::V2 { definitions, repetitions }, of_kind.encoding(4)?, n_apart, of_kind.0[7] != Some(0))
            }
            _ => return Err(DecodeError::damaged("a page of a kind that Parquet does not have")),
        };
        let bytes = if is_compressed { self.codec.decompress(bytes, n_apart, n_bytes)? } else { bytes };
        Ok(Some(Page { bytes, n_levels: of_kind.size(1)?, encoding, kind }))
    }
}

// The values of the enumeration `PageType`.
const DATA_PAGE: i32 = 0;
const INDEX_PAGE: i32 = 1;
const DICTIONARY_PAGE: i32 = 2;
const DATA_PAGE_V2: i32 = 3;

/// The numbers of a struct, by the ids of its fields; yes and no are 1 and 0.
#[derive(Default)]
struct Ints([Option<i32>; 9]);

impl Ints {
    /// A field that is there in every file, and not negative.
    fn size(&self, id: usize) -> Result<usize, DecodeError> {
        self.0[id].and_then(|size| usize::try_from(size).ok()).ok_or_else(damaged)
    }

    fn encoding(&self, id: usize) -> Result<Encoding, DecodeError> {
        Ok(match self.0[id] {
            Some(0) => Encoding::PLAIN,
            Some(2) => Encoding::PLAIN_DICTIONARY,
            Some(3) => Encoding::RLE,
            #[allow(deprecated, reason = "old files have it")]
            Some(4) => Encoding::BIT_PACKED,
            Some(5) => Encoding::DELTA_BINARY_PACKED,
            Some(6) => Encoding::DELTA_LENGTH_BYTE_ARRAY,
            Some(7) => Encoding::DELTA_BYTE_ARRAY,
            Some(8) => Encoding::RLE_DICTIONARY,
            Some(9) => Encoding::BYTE_STREAM_SPLIT,
            Some(10) => Encoding::ALP,
            _ => return Err(damaged()),
        })
    }
}

/// What is left of a header.
struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    /// Reads a struct. Its numbers go into `ints`, those of the structs in it into `inner`, where there is one: of the headers that a
    /// page may have, it has the one of its kind.
    fn read_into(&mut self, ints: &mut Ints, mut inner: Option<&mut Ints>, depth: usize) -> Result<(), DecodeError> {
        let mut id = 0usize;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            id = match head >> 4 {
                0 => usize::try_from(self.number()?).map_err(|_| damaged())?,
                further => id.saturating_add(usize::from(further)),
            };
            let kind = head & 0xf;
            let value = match (kind, &mut inner) {
                (TRUE | FALSE, _) => i64::from(kind == TRUE),
                (I16..=I64, _) => self.number()?,
                (STRUCT, Some(inner)) => {
                    self.read_into(inner, None, depth + 1)?;
                    continue;
                }
                _ => {
                    self.skip(kind, depth)?;
                    continue;
                }
            };
            if let Some(slot) = ints.0.get_mut(id) {
                *slot = i32::try_from(value).ok();
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), DecodeError> {
        if depth > MAX_DEPTH {
            return Err(damaged());
        }
        match kind {
            // In a list they have a byte each.
            TRUE | FALSE | BYTE => self.bytes(1),
            I16..=I64 => self.number().map(|_| ()),
            DOUBLE => self.bytes(8),
            BINARY => {
                let length = self.varint()?;
                self.bytes(length)
            }
            LIST | SET => {
                let head = self.byte()?;
                let n = if head >> 4 == 0xf { self.varint()? } else { u64::from(head >> 4) };
                // Nothing has less than a byte.
                if n > self.rest.len() as u64 {
                    return Err(damaged());
                }
                (0..n).try_for_each(|_| self.skip(head & 0xf, depth + 1))
            }
            STRUCT => self.read_into(&mut Ints::default(), None, depth + 1),
            _ => Err(damaged()),
        }
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (byte, rest) = self.rest.split_first().ok_or_else(damaged)?;
        self.rest = rest;
        Ok(*byte)
    }

    fn bytes(&mut self, n: u64) -> Result<(), DecodeError> {
        let rest = usize::try_from(n).ok().and_then(|n| self.rest.get(n..));
        self.rest = rest.ok_or_else(damaged)?;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged())
    }

    /// With its sign in the lowest bit.
    fn number(&mut self) -> Result<i64, DecodeError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

// The types of the compact protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

fn damaged() -> DecodeError {
    DecodeError::damaged("a page's header cannot be read")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of a page of one value whose header has fields that nobody asks for: a checksum, statistics, a list and numbers of every width.
    fn with_more() -> Vec<u8> {
        let mut bytes = vec![];
        bytes.extend([0x15, 0, 0x15, 8, 0x15, 8, 0x15, 0x80, 1]);
        let statistics = [0x1c, 0x18, 2, 7, 7, 0x57, 0, 0, 0, 0, 0, 0, 0, 0, 0x19, 0x25, 2, 4, 0x13, 9, 0x19, 0xf1, 1, 1, 0];
        bytes.extend([0x1c, 0x15, 2, 0x15, 0, 0x15, 6, 0x15, 6]);
        bytes.extend(statistics);
        // The end of the inner struct, a field far away with an id of its own, and the end.
        bytes.extend([0, 0x06, 0x80, 0x10, 2, 0]);
        bytes.extend(*b"page");
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Vec<Page>, DecodeError> {
        let mut reader = PageReader::new(Compression::UNCOMPRESSED, bytes.into());
        std::iter::from_fn(|| reader.next().transpose()).collect()
    }

    #[test]
    fn skips_what_nobody_asks_for() {
        let pages = read([with_more(), with_more()].concat()).unwrap();
        assert_eq!(pages.iter().map(|page| (&page.bytes[..], page.n_levels)).collect::<Vec<_>>(), [(&b"page"[..], 1); 2]);
        assert!(matches!(pages[0].kind, Kind::V1 { definitions: Encoding::RLE, repetitions: Encoding::RLE }));
    }

    #[test]
    fn refuses_what_ends_early_or_goes_too_deep() {
        let whole = with_more();
        for length in 1..whole.len() {
            assert!(read(whole[..length].to_vec()).is_err(), "{length}");
        }
        assert!(read(vec![0x1c; 1 << 20]).is_err());
        assert!(read(vec![0x19; 1 << 20]).is_err());
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_end_in_pages_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let n_bytes = bytes.len();
            if let Ok(pages) = read(bytes) {
                prop_assert!(pages.iter().map(|page| page.bytes.len()).sum::<usize>() <= n_bytes);
            }
        }
    }
}
