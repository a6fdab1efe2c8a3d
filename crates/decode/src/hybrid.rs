//! Parquet's hybrid of runs and bit-packed numbers: levels, places in a dictionary and booleans.
use crate::DecodeError;

/// Numbers per call of the unpacking loop: a browser improves code between calls, not within one.
const STRIDE: usize = 4096;

/// A width that unpacked numbers are kept in.
pub(crate) trait Number: Copy + Ord + Default + Into<u32> {
    const BITS: u32;
    /// The lower bits.
    fn from_low(bits: u64) -> Self;
    /// The sum's lower bits.
    fn plus(self, other: Self) -> Self;
}

macro_rules! number {
    ($($number:ty),*) => {
        $(impl Number for $number {
            const BITS: u32 = <$number>::BITS;
            #[inline(always)]
            fn from_low(bits: u64) -> Self {
                bits as Self
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
        })*
    };
}
number!(u8, u16, u32);

/// Reads numbers of `width` bits.
pub(crate) struct Hybrid<'a> {
    bytes: &'a [u8],
    width: u32,
    run: Run<'a>,
}

enum Run<'a> {
    Repeat {
        number: u32,
        left: usize,
    },
    /// From the number `at` on.
    Packed {
        bytes: &'a [u8],
        at: usize,
        left: usize,
    },
}

impl<'a> Hybrid<'a> {
    pub fn new(bytes: &'a [u8], width: u32) -> Result<Self, DecodeError> {
        if width > 32 {
            return Err(DecodeError::damaged("numbers of more than 32 bits"));
        }
        Ok(Self { bytes, width, run: Run::Repeat { number: 0, left: 0 } })
    }

    /// The number that the next `n` are all equal to, if the file says so in one run.
    pub fn constant(&mut self, n: usize) -> Option<u32> {
        if matches!(self.run, Run::Repeat { left: 0, .. }) {
            self.next_run().ok()?;
        }
        match self.run {
            Run::Repeat { number, left } if left >= n => Some(number),
            _ => None,
        }
    }

    /// Appends the next `n` numbers, each plus `plus`. `limit` bounds the numbers: one that is not below it is an error.
    pub fn read<T: Number>(&mut self, n: usize, plus: u32, limit: u32, out: &mut Vec<T>) -> Result<(), DecodeError> {
        let mut n = n;
        while n > 0 {
            let count = match &mut self.run {
                Run::Repeat { left: 0, .. } | Run::Packed { left: 0, .. } => {
                    self.next_run()?;
                    continue;
                }
                Run::Repeat { number, left } => {
                    let count = n.min(*left);
                    if *number >= limit {
                        return Err(beyond());
                    }
                    out.resize(out.len() + count, T::from_low(u64::from(*number + plus)));
                    *left -= count;
                    count
                }
                Run::Packed { bytes, at, left } => {
                    // Whole groups of eight lie on byte boundaries.
                    let count = n.min(*left).min(STRIDE - *at % 8);
                    let start = out.len();
                    out.resize(start + count, T::default());
                    if self.width <= T::BITS {
                        unpack(bytes, *at, self.width, &mut out[start..]);
                    } else {
                        // More bits than the numbers need: what does not fit must not pass for another number.
                        let mut wide = vec![0u32; count];
                        unpack(bytes, *at, self.width, &mut wide);
                        if wide.iter().any(|number| *number >= limit) {
                            return Err(beyond());
                        }
                        out[start..].iter_mut().zip(&wide).for_each(|(out, number)| *out = T::from_low(u64::from(*number)));
                    }
                    if raise(&mut out[start..], T::from_low(u64::from(plus))) >= limit {
                        return Err(beyond());
                    }
                    *at += count;
                    *left -= count;
                    count
                }
            };
            n -= count;
        }
        Ok(())
    }

    fn next_run(&mut self) -> Result<(), DecodeError> {
        let (header, mut rest) = varint(self.bytes)?;
        let count = usize::try_from(header >> 1).map_err(|_| ended())?;
        if header & 1 == 1 {
            // The last group may lack its padding.
            let length = rest.len().min(count.saturating_mul(self.width as usize));
            let (bytes, after) = rest.split_at(length);
            let left = count.saturating_mul(8);
            let left = if self.width == 0 { left } else { left.min(length.saturating_mul(8) / self.width as usize) };
            self.run = Run::Packed { bytes, at: 0, left };
            rest = after;
            if left == 0 {
                return Err(ended());
            }
        } else {
            let length = self.width.div_ceil(8) as usize;
            let bytes = rest.get(..length).ok_or_else(ended)?;
            let number = bytes.iter().rev().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
            self.run = Run::Repeat { number, left: count };
            rest = &rest[length..];
            if count == 0 {
                return Err(ended());
            }
        }
        self.bytes = rest;
        Ok(())
    }
}

/// Unpacks numbers from the one at `at` on. The width must be one of `T`'s.
#[inline(never)]
fn unpack<T: Number>(bytes: &[u8], at: usize, width: u32, out: &mut [T]) {
    let mask = (1u64 << width) - 1;
    let width = width as usize;
    let mut at = at;
    let mut done = 0;
    // Eight numbers in one or two loads, while whole words can be read.
    if at.is_multiple_of(8) && (1..=16).contains(&width) {
        let (groups, _) = out.as_chunks_mut::<8>();
        let half = width * 4;
        for group in groups {
            let Some(words) = bytes.get(at / 8 * width..).and_then(|bytes| bytes.first_chunk::<16>()) else { break };
            let low = u64::from_le_bytes([words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]]);
            let high = if width <= 8 {
                low >> (half & 63)
            } else {
                let from = half / 8;
                word(&words[from..]) >> (half % 8)
            };
            for (n, out) in group.iter_mut().enumerate() {
                let bits = if n < 4 { low >> (n * width) } else { high >> ((n - 4) * width) };
                *out = T::from_low(bits & mask);
            }
            at += 8;
            done += 8;
        }
    }
    for out in out.iter_mut().skip(done) {
        let bit = at * width;
        *out = T::from_low((word(bytes.get(bit / 8..).unwrap_or_default()) >> (bit % 8)) & mask);
        at += 1;
    }
}

/// Adds to all numbers; returns the greatest of before.
#[inline(never)]
fn raise<T: Number>(numbers: &mut [T], plus: T) -> u32 {
    let mut most = T::default();
    for number in numbers {
        most = most.max(*number);
        *number = number.plus(plus);
    }
    most.into()
}

/// Eight bytes as a number, zeros where there are fewer.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// An unsigned number in groups of seven bits, and what follows.
pub(crate) fn varint(bytes: &[u8]) -> Result<(u64, &[u8]), DecodeError> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 127) << (7 * index);
        if byte & 128 == 0 {
            return Ok((number, &bytes[index + 1..]));
        }
    }
    Err(ended())
}

fn ended() -> DecodeError {
    DecodeError::damaged("a page ends early")
}

fn beyond() -> DecodeError {
    DecodeError::damaged("a number beyond its bounds")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn packed(numbers: &[u32], width: u32) -> Vec<u8> {
        let mut bits = vec![];
        for number in numbers {
            bits.extend((0..width).map(|bit| number >> bit & 1 == 1));
        }
        bits.resize(numbers.len().div_ceil(8) * 8 * width as usize, false);
        let mut bytes = vec![(numbers.len().div_ceil(8) << 1 | 1) as u8 | 128, (numbers.len().div_ceil(8) >> 6) as u8];
        bytes.extend(bits.chunks(8).map(|bits| bits.iter().rev().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit))));
        bytes
    }

    #[test]
    fn numbers_of_every_width_are_unpacked() {
        for width in 1..=32u32 {
            let mask = (1u64 << width) - 1;
            let numbers: Vec<u32> = (0..1_003u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20 & mask) as u32).collect();
            let mut bytes = packed(&numbers, width);
            // A run after it, so that the padding is skipped.
            bytes.push(6);
            bytes.extend(&7u32.to_le_bytes()[..width.div_ceil(8) as usize]);
            let mut hybrid = Hybrid::new(&bytes, width).unwrap();
            let mut read: Vec<u32> = vec![];
            for n in [1, 7, 500, 495] {
                hybrid.read(n, 0, u32::MAX, &mut read).unwrap();
            }
            assert_eq!(read, numbers, "width {width}");
            hybrid.read(5, 0, u32::MAX, &mut read).unwrap();
            if width > 2 {
                hybrid.read(3, 0, u32::MAX, &mut read).unwrap();
                assert_eq!(read[read.len() - 3..], [7, 7, 7]);
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_limit_or_the_end_is_an_error() {
        let bytes = packed(&[1, 2, 3, 200, 0, 0, 0, 0], 8);
        let read = |limit| Hybrid::new(&bytes, 8).unwrap().read::<u8>(8, 1, limit, &mut vec![]);
        assert!(read(200).is_err() && read(201).is_ok());
        assert!(Hybrid::new(&bytes, 8).unwrap().read::<u8>(9, 0, 255, &mut vec![]).is_err());
        assert!(Hybrid::new(&[0xff; 12], 3).unwrap().read::<u8>(100, 0, 255, &mut vec![]).is_err());
        assert_eq!(Hybrid::new(&[20, 1], 1).unwrap().constant(10), Some(1));
        assert_eq!(Hybrid::new(&[20, 1], 1).unwrap().constant(11), None);
    }
}
