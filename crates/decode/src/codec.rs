//! Pages without their compression. The codecs are libraries; only what decompresses is linked.
use crate::DecodeError;
use bytes::Bytes;
use lz4_flex::block::decompress_into;
use lz4_flex::frame::FrameDecoder;
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
            Compression::LZ4 => hadoop(compressed, page)
                .or_else(|| whole(&mut FrameDecoder::new(compressed), page))
                .or_else(|| decompress_into(compressed, page).ok()),
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
        let mut frame = lz4_flex::frame::FrameEncoder::new(vec![]);
        frame.write_all(TEXT).unwrap();
        for bytes in [[block(start), block(end)].concat(), frame.finish().unwrap(), compress(TEXT)] {
            assert_eq!(read(Compression::LZ4, bytes, TEXT.len()).unwrap(), TEXT);
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
