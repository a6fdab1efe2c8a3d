use super::read::Reader;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// Bytes that are written and read in one piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(OfBytes)
    }
}

struct OfBytes;

impl Visitor<'_> for OfBytes {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }
}

/// Whole numbers, each in as many bytes (1, 2, 4 or 8) as the greatest of them needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Packed {
    width: u8,
    bytes: Bytes,
}

impl Packed {
    pub fn new(values: &[u64]) -> Self {
        let width: u8 = match values.iter().max() {
            None | Some(..=0xff) => 1,
            Some(..=0xffff) => 2,
            Some(..=0xffff_ffff) => 4,
            Some(_) => 8,
        };
        let mut bytes = Vec::with_capacity(values.len() * usize::from(width));
        match width {
            1 => bytes.extend(values.iter().map(|value| *value as u8)),
            2 => values.iter().for_each(|value| bytes.extend_from_slice(&(*value as u16).to_le_bytes())),
            4 => values.iter().for_each(|value| bytes.extend_from_slice(&(*value as u32).to_le_bytes())),
            _ => values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes())),
        }
        Self { width, bytes: Bytes(bytes) }
    }

    pub(super) fn read(from: &mut Reader) -> Option<Self> {
        Some(Self { width: from.take()?, bytes: from.take()? })
    }

    /// 0 past the end.
    #[inline]
    pub fn get(&self, at: usize) -> u64 {
        let bytes = &self.bytes.0;
        match self.width {
            1 => bytes.get(at).map_or(0, |byte| u64::from(*byte)),
            2 => bytes.as_chunks().0.get(at).map_or(0, |bytes| u64::from(u16::from_le_bytes(*bytes))),
            4 => bytes.as_chunks().0.get(at).map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes))),
            _ => bytes.as_chunks().0.get(at).map_or(0, |bytes| u64::from_le_bytes(*bytes)),
        }
    }

    pub fn n_bytes(&self) -> usize {
        self.bytes.0.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::encode;

    #[test]
    fn numbers_of_every_width_come_back() {
        for greatest in [0, 255, 256, 65_535, 65_536, u64::from(u32::MAX), u64::from(u32::MAX) + 1, u64::MAX] {
            let values = [0, greatest, 1, greatest / 2];
            let packed = Packed::read(&mut Reader(&encode(&Packed::new(&values)))).unwrap();
            assert_eq!([0, 1, 2, 3].map(|at| packed.get(at)), values);
            assert_eq!(packed.get(4), 0);
        }
        assert_eq!(Packed::read(&mut Reader(&encode(&Packed::new(&[])))).unwrap().get(0), 0);
    }
}
