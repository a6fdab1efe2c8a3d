use std::io::Read as _;

/// A file of the built page, as it lies in the program.
pub struct Embedded {
    pub name: &'static str,
    pub length: usize,
    /// Its content, compressed: servers send it as it is.
    pub brotli: &'static [u8],
}

/// Every file of the page but the dashboard and the data.
pub static FILES: &[Embedded] = &include!(concat!(env!("OUT_DIR"), "/runtime.rs"));

impl Embedded {
    pub fn content(&self) -> Result<Vec<u8>, String> {
        let mut content = Vec::with_capacity(self.length);
        let read = brotli::Decompressor::new(self.brotli, 1 << 16).read_to_end(&mut content);
        match read {
            Ok(length) if length == self.length => Ok(content),
            _ => Err(format!("this program is damaged: `{}` cannot be unpacked\nhint: install tarn again", self.name)),
        }
    }
}
