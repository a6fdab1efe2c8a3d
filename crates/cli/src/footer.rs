use bytes::Bytes;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use tarn_decode::{Footer, FooterStep, read_footer};

/// Bytes of a file's end that hold most footers.
const TAIL: u64 = 64 << 10;

/// The footer of a local Parquet file.
pub fn read(path: &Path) -> Result<Footer, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut start = length.saturating_sub(TAIL);
    loop {
        let mut tail = vec![];
        file.seek(SeekFrom::Start(start)).map_err(failed)?;
        file.read_to_end(&mut tail).map_err(failed)?;
        match read_footer(length, &Bytes::from(tail)).map_err(|error| format!("{}: {error}", path.display()))? {
            FooterStep::Ready(footer) => return Ok(footer),
            FooterStep::Needs(range) if range.start < start => start = range.start,
            FooterStep::Needs(_) => return Err(format!("{}: its footer is damaged", path.display())),
        }
    }
}
