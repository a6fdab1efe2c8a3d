//! Parquet's delta encodings.
use crate::DecodeError;
use crate::hybrid::varint;

fn damaged() -> DecodeError {
    DecodeError::damaged("a delta-encoded page contradicts itself")
}

/// DELTA_BINARY_PACKED: at most `limit` numbers, and what follows them.
pub(crate) fn numbers(bytes: &[u8], limit: usize) -> Result<(Vec<i64>, &[u8]), DecodeError> {
    let (block_size, rest) = size(bytes)?;
    let (n_miniblocks, rest) = size(rest)?;
    let (count, rest) = size(rest)?;
    let (first, mut rest) = zigzag(rest)?;
    let per_miniblock = block_size.checked_div(n_miniblocks).ok_or_else(damaged)?;
    if count > limit || per_miniblock == 0 || !per_miniblock.is_multiple_of(8) || n_miniblocks > rest.len().max(1) {
        return Err(damaged());
    }
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(count).map_err(|_| damaged())?;
    if count > 0 {
        numbers.push(first);
    }
    let mut last = first;
    while numbers.len() < count {
        let (least, after) = zigzag(rest)?;
        let (widths, after) = after.split_at_checked(n_miniblocks).ok_or_else(damaged)?;
        rest = after;
        for width in widths {
            let n = per_miniblock.min(count - numbers.len());
            if n == 0 {
                break;
            }
            if *width > 64 {
                return Err(damaged());
            }
            let width = usize::from(*width);
            // The last miniblock may lack its padding.
            let length = rest.len().min(per_miniblock / 8 * width);
            let (packed, after) = rest.split_at(length);
            rest = after;
            if length * 8 < n * width {
                return Err(damaged());
            }
            for index in 0..n {
                last = last.wrapping_add(least).wrapping_add(packed_number(packed, index * width, width) as i64);
                numbers.push(last);
            }
        }
    }
    Ok((numbers, rest))
}

/// DELTA_LENGTH_BYTE_ARRAY: the values in one piece and where each ends.
pub(crate) fn lengths(bytes: &[u8], limit: usize) -> Result<(Vec<u8>, Vec<u32>), DecodeError> {
    let (lengths, rest) = numbers(bytes, limit)?;
    let ends = ends(&lengths)?;
    let total = ends.last().copied().unwrap_or(0) as usize;
    Ok((rest.get(..total).ok_or_else(damaged)?.to_vec(), ends))
}

/// DELTA_BYTE_ARRAY: each value shares the beginning of the one before.
pub(crate) fn prefixes(bytes: &[u8], limit: usize) -> Result<(Vec<u8>, Vec<u32>), DecodeError> {
    let (shared, rest) = numbers(bytes, limit)?;
    let (suffixes, suffix_ends) = lengths(rest, limit)?;
    if shared.len() != suffix_ends.len() {
        return Err(damaged());
    }
    // All lengths are known before the first byte is copied.
    let mut total = Vec::with_capacity(shared.len());
    let mut suffix_start = 0;
    for (shared, end) in shared.iter().zip(&suffix_ends) {
        total.push(i64::from(*end - suffix_start).checked_add(*shared).ok_or_else(damaged)?);
        suffix_start = *end;
    }
    let ends = ends(&total)?;
    let mut values: Vec<u8> = Vec::new();
    values.try_reserve_exact(ends.last().copied().unwrap_or(0) as usize).map_err(|_| damaged())?;
    let (mut previous, mut suffix_start) = (0, 0);
    for (shared, end) in shared.iter().zip(suffix_ends) {
        let start = values.len();
        let shared = usize::try_from(*shared).ok().filter(|shared| *shared <= start - previous).ok_or_else(damaged)?;
        values.extend_from_within(previous..previous + shared);
        values.extend_from_slice(suffixes.get(suffix_start as usize..end as usize).ok_or_else(damaged)?);
        (previous, suffix_start) = (start, end);
    }
    Ok((values, ends))
}

/// The running sum of lengths.
fn ends(lengths: &[i64]) -> Result<Vec<u32>, DecodeError> {
    let mut end = 0u32;
    let mut next = |length: &i64| {
        end = u32::try_from(*length).ok().and_then(|length| end.checked_add(length)).ok_or_else(damaged)?;
        Ok(end)
    };
    lengths.iter().map(&mut next).collect()
}

fn size(bytes: &[u8]) -> Result<(usize, &[u8]), DecodeError> {
    let (size, rest) = varint(bytes)?;
    Ok((usize::try_from(size).map_err(|_| damaged())?, rest))
}

fn zigzag(bytes: &[u8]) -> Result<(i64, &[u8]), DecodeError> {
    let (number, rest) = varint(bytes)?;
    Ok(((number >> 1) as i64 ^ -((number & 1) as i64), rest))
}

/// The number of `width` bits that starts at a bit.
fn packed_number(bytes: &[u8], bit: usize, width: usize) -> u64 {
    let mut window = [0; 16];
    let from = &bytes[(bit / 8).min(bytes.len())..];
    let length = from.len().min(9);
    window[..length].copy_from_slice(&from[..length]);
    let mask = if width == 0 { 0 } else { u64::MAX >> (64 - width) };
    (u128::from_le_bytes(window) >> (bit % 8)) as u64 & mask
}
