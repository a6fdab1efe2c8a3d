//! Whole blocks at once.
use crate::error_from_code;
use std::io;
use zstd_safe::WriteBuf;

/// Decompresses independent blocks with one context.
#[derive(Default)]
pub struct Decompressor<'a> {
    context: zstd_safe::DCtx<'a>,
}

impl Decompressor<'static> {
    pub fn new() -> io::Result<Self> {
        Ok(Self::default())
    }
}

impl Decompressor<'_> {
    /// Returns the number of bytes written. Fails when the block is damaged or does not fit.
    pub fn decompress_to_buffer<C: WriteBuf + ?Sized>(&mut self, source: &[u8], destination: &mut C) -> io::Result<usize> {
        self.context.decompress(destination, source).map_err(error_from_code)
    }
}

/// Compresses independent blocks with one context.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Default)]
pub struct Compressor<'a> {
    context: zstd_safe::CCtx<'a>,
    level: zstd_safe::CompressionLevel,
}

#[cfg(not(target_arch = "wasm32"))]
impl Compressor<'static> {
    pub fn new(level: zstd_safe::CompressionLevel) -> io::Result<Self> {
        Ok(Self { context: zstd_safe::CCtx::default(), level })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Compressor<'_> {
    /// Returns the number of bytes written.
    pub fn compress_to_buffer<C: WriteBuf + ?Sized>(&mut self, source: &[u8], destination: &mut C) -> io::Result<usize> {
        self.context.compress(destination, source, self.level).map_err(error_from_code)
    }
}

/// In the browser: always fails to compress.
#[cfg(target_arch = "wasm32")]
pub struct Compressor<'a>(std::marker::PhantomData<&'a ()>);

#[cfg(target_arch = "wasm32")]
impl Compressor<'static> {
    pub fn new(_level: zstd_safe::CompressionLevel) -> io::Result<Self> {
        Ok(Self(std::marker::PhantomData))
    }
}

#[cfg(target_arch = "wasm32")]
impl Compressor<'_> {
    pub fn compress_to_buffer<C: WriteBuf + ?Sized>(&mut self, _source: &[u8], _destination: &mut C) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}
