//! Pages without their compression. The codecs are libraries; only what decompresses is linked.
use crate::DecodeError;
use bytes::Bytes;
use lz4_flex::block::decompress_into;
use parquet::basic::Compression;
use std::io::{Cursor, Read};

/// What the pages of a column chunk are compressed with.
pub(crate) struct Codec {
    compression: Compression,
    /// Its tables are large: one for all pages.
    zstd: Option<zstd_safe::DCtx<'static>>,
}

impl Codec {
    pub fn new(compression: Compression) -> Self {
        Self { compression, zstd: None }
    }

    /// The `n_bytes` of a page. The first `n_apart` are not compressed.
    pub fn decompress(&mut self, bytes: Bytes, n_apart: usize, n_bytes: usize) -> Result<Bytes, DecodeError> {
        if self.compression == Compression::UNCOMPRESSED {
            return Ok(bytes);
        }
        let (apart, compressed) = bytes.split_at_checked(n_apart).filter(|_| n_apart <= n_bytes).ok_or_else(damaged)?;
        let mut page: Vec<u8> = vec![];
        page.try_reserve_exact(n_bytes).map_err(|_| DecodeError::damaged("a page that is larger than what fits"))?;
        page.extend_from_slice(apart);
        // A page of nulls alone may have no byte.
        if n_bytes > n_apart {
            self.append(compressed, &mut page, n_bytes).filter(|()| page.len() == n_bytes).ok_or_else(damaged)?;
        }
        Ok(page.into())
    }

    /// Fills the page up to `n_bytes`. `None`: cannot be read, or has another length.
    fn append(&mut self, compressed: &[u8], page: &mut Vec<u8>, n_bytes: usize) -> Option<()> {
        let start = page.len();
        if let Compression::ZSTD(_) = self.compression {
            let mut cursor = Cursor::new(page);
            cursor.set_position(start as u64);
            return self.zstd.get_or_insert_default().decompress(&mut cursor, compressed).ok().map(|_| ());
        }
        page.resize(n_bytes, 0);
        let page = &mut page[start..];
        let n_read = match self.compression {
            Compression::SNAPPY => snap::raw::Decoder::new().decompress(compressed, page).ok(),
            Compression::GZIP(_) => whole(&mut flate2::bufread::MultiGzDecoder::new(compressed), page),
            Compression::LZ4_RAW => decompress_into(compressed, page).ok(),
            // Of three formats that writers gave this name, the one that is found most often first.
            Compression::LZ4 => {
                hadoop(compressed, page).or_else(|| frame(compressed, page)).or_else(|| decompress_into(compressed, page).ok())
            }
            _ => None,
        };
        n_read.filter(|n_read| *n_read == page.len()).map(|_| ())
    }
}

/// Reads to the end, where the checksum stands.
fn whole(reader: &mut dyn Read, page: &mut [u8]) -> Option<usize> {
    reader.read_exact(page).ok()?;
    (reader.read(&mut [0]).ok()? == 0).then_some(page.len())
}

/// Blocks that begin with their two lengths: Hadoop's `BlockCompressorStream`.
fn hadoop(mut compressed: &[u8], page: &mut [u8]) -> Option<usize> {
    let mut at = 0usize;
    while let Some((sizes, rest)) = compressed.split_first_chunk::<8>() {
        let [to @ .., _, _, _, _] = *sizes;
        let [_, _, _, _, from @ ..] = *sizes;
        let (block, rest) = rest.split_at_checked(u32::from_be_bytes(from) as usize)?;
        let end = at.checked_add(u32::from_be_bytes(to) as usize)?;
        let filled = page.get_mut(at..end)?;
        if decompress_into(block, filled).ok()? != filled.len() {
            return None;
        }
        (at, compressed) = (end, rest);
    }
    compressed.is_empty().then_some(at)
}

/// A frame of independent blocks, as early writers in Rust made them: <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>. The
/// library's reader of frames is three times as long as all else that is linked of it. Its checksums are not looked at.
fn frame(compressed: &[u8], page: &mut [u8]) -> Option<usize> {
    const HAS_DICTIONARY: u8 = 0x01;
    const HAS_SIZE: u8 = 0x08;
    const HAS_BLOCK_SUMS: u8 = 0x10;
    const IS_INDEPENDENT: u8 = 0x20;
    const IS_PLAIN: u32 = 1 << 31;
    let rest = compressed.strip_prefix(&0x184d_2204u32.to_le_bytes())?;
    let flags = *rest.first()?;
    if flags & IS_INDEPENDENT == 0 || flags & HAS_DICTIONARY != 0 {
        return None;
    }
    let sum = if flags & HAS_BLOCK_SUMS == 0 { 0 } else { 4 };
    let mut rest = rest.get(if flags & HAS_SIZE == 0 { 3 } else { 11 }..)?;
    let mut at = 0;
    loop {
        let (size, after) = rest.split_first_chunk()?;
        let size = u32::from_le_bytes(*size);
        if size == 0 {
            return Some(at);
        }
        let (block, after) = after.split_at_checked((size & !IS_PLAIN) as usize)?;
        let free = page.get_mut(at..)?;
        at += if size & IS_PLAIN == 0 {
            decompress_into(block, free).ok()?
        } else {
            free.get_mut(..block.len())?.copy_from_slice(block);
            block.len()
        };
        rest = after.get(sum..)?;
    }
}

fn damaged() -> DecodeError {
    DecodeError::damaged("a page cannot be decompressed")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use lz4_flex::block::compress;
    use std::io::Write as _;

    const TEXT: &[u8] = b"a page, a page, a page and the end of a page";

    fn read(compression: Compression, bytes: Vec<u8>, n_bytes: usize) -> Result<Bytes, DecodeError> {
        Codec::new(compression).decompress(bytes.into(), 0, n_bytes)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn reads_the_three_formats_that_are_called_lz4() {
        let (start, end) = TEXT.split_at(20);
        let block = |text: &[u8]| {
            let compressed = compress(text);
            [&(text.len() as u32).to_be_bytes()[..], &(compressed.len() as u32).to_be_bytes(), &compressed].concat()
        };
        for bytes in [[block(start), block(end)].concat(), compress(TEXT)] {
            assert_eq!(read(Compression::LZ4, bytes, TEXT.len()).unwrap(), TEXT);
        }
    }

    #[test]
    fn reads_frames_of_several_blocks_with_and_without_sums() {
        use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
        // The second block does not get smaller.
        let noise =
            (0u64..12_000).flat_map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_le_bytes());
        let page: Vec<u8> = TEXT.iter().copied().cycle().take(65_536).chain(noise).collect();
        for has_more in [false, true] {
            let info = FrameInfo::new().block_size(BlockSize::Max64KB).block_checksums(has_more).content_checksum(has_more);
            let mut frame = FrameEncoder::with_frame_info(info.content_size(has_more.then_some(page.len() as u64)), vec![]);
            frame.write_all(&page).unwrap();
            let frame = frame.finish().unwrap();
            assert!(frame.len() > 90_000, "{}", frame.len());
            assert_eq!(read(Compression::LZ4, frame.clone(), page.len()).unwrap(), page);
            for length in [3, 4, 6, 20, frame.len() / 2] {
                assert_eq!(read(Compression::LZ4, frame[..length].to_vec(), page.len()).unwrap_err(), damaged());
            }
        }
    }

    #[test]
    fn reads_gzip_of_several_members_and_checks_its_sum() {
        let (start, end) = TEXT.split_at(20);
        let bytes = [gzip(start), gzip(end)].concat();
        let level = Compression::GZIP(parquet::basic::GzipLevel::default());
        assert_eq!(read(level, bytes.clone(), TEXT.len()).unwrap(), TEXT);
        let mut wrong = bytes;
        let sum = wrong.len() - 8;
        wrong[sum] ^= 1;
        assert_eq!(read(level, wrong, TEXT.len()).unwrap_err(), damaged());
    }

    #[test]
    fn refuses_a_page_of_another_length_than_its_header_says() {
        let zstd = Compression::ZSTD(parquet::basic::ZstdLevel::default());
        let mut frame = Vec::with_capacity(zstd_safe::compress_bound(TEXT.len()));
        zstd_safe::compress(&mut frame, TEXT, 1).unwrap();
        let of_codecs = [
            (zstd, frame),
            (Compression::SNAPPY, snap::raw::Encoder::new().compress_vec(TEXT).unwrap()),
            (Compression::GZIP(parquet::basic::GzipLevel::default()), gzip(TEXT)),
            (Compression::LZ4, compress(TEXT)),
            (Compression::LZ4_RAW, compress(TEXT)),
        ];
        for (codec, bytes) in of_codecs {
            assert_eq!(read(codec, bytes.clone(), TEXT.len()).unwrap(), TEXT);
            for n_bytes in [TEXT.len() - 1, TEXT.len() + 1] {
                assert_eq!(read(codec, bytes.clone(), n_bytes).unwrap_err(), damaged(), "{codec}");
            }
            let short = bytes[..bytes.len() / 2].to_vec();
            assert_eq!(read(codec, short, TEXT.len()).unwrap_err(), damaged(), "{codec}");
        }
    }
}
