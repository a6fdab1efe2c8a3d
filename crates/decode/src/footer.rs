use crate::convert::Conversion;
use crate::schema::{Field, field_type};
use crate::{DecodeError, Projection};
use bytes::Bytes;
use parquet::basic::Repetition;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy};
use std::ops::Range;
use std::sync::Arc;

/// Length of the magic and the metadata's length at the end of every file.
const TAIL: u64 = 8;
/// Length of the magic at the start.
const MAGIC: u64 = 4;

/// What the bytes at the end of a file lead to.
pub enum FooterStep {
    /// The footer is longer: these bytes, up to the end of the file, are needed.
    Needs(Range<u64>),
    Ready(Footer),
}

/// A file's schema and the places of its column chunks.
#[derive(Clone)]
pub struct Footer {
    metadata: Arc<ParquetMetaData>,
    fields: Arc<[(Field, Option<Conversion>)]>,
    file_length: u64,
    start: u64,
}

/// Reads the footer from `tail`, the last bytes of a file of that length.
pub fn read_footer(file_length: u64, tail: &Bytes) -> Result<FooterStep, DecodeError> {
    let magic = tail.len().checked_sub(4).and_then(|at| tail.get(at..));
    match magic {
        Some(b"PAR1") if file_length >= TAIL + MAGIC => {}
        Some(b"PARE") => return Err(DecodeError::Encrypted),
        _ => return Err(DecodeError::NotParquet),
    }
    if tail.len() as u64 > file_length {
        return Err(DecodeError::NotParquet);
    }
    let Some((metadata, [length @ .., _, _, _, _])) = tail.split_last_chunk::<{ TAIL as usize }>() else {
        return Ok(FooterStep::Needs(file_length - TAIL..file_length));
    };
    let length = u32::from_le_bytes(*length);
    let start = file_length.checked_sub(TAIL + u64::from(length)).filter(|start| *start >= MAGIC);
    let start = start.ok_or_else(|| DecodeError::damaged("the footer is longer than the file"))?;
    let Some(metadata) = metadata.len().checked_sub(length as usize).and_then(|at| metadata.get(at..)) else {
        return Ok(FooterStep::Needs(start..file_length));
    };
    // Nobody asks for sizes and encodings of pages, nor for the page index: the reader with a state, which would find it, is not
    // linked for it.
    let options = ParquetMetaDataOptions::new()
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
    let metadata = ParquetMetaDataReader::decode_metadata_with_options(metadata, Some(&options))?;
    Ok(FooterStep::Ready(Footer::new(metadata, file_length, start)))
}

impl Footer {
    fn new(metadata: ParquetMetaData, file_length: u64, start: u64) -> Self {
        let roots = metadata.file_metadata().schema_descr().root_schema().get_fields();
        let field = |root: &parquet::schema::types::TypePtr| {
            let (field_type, conversion) = field_type(root);
            let info = root.get_basic_info();
            let nullable = !info.has_repetition() || info.repetition() != Repetition::REQUIRED;
            (Field { name: root.name().to_owned(), field_type, nullable }, conversion)
        };
        let fields = roots.iter().map(field).collect();
        Self { metadata: Arc::new(metadata), fields, file_length, start }
    }

    /// The columns, in the file's order. What a writer noted of its own schema is not looked at: the Parquet types alone
    /// decide, as in DuckDB.
    pub fn fields(&self) -> impl Iterator<Item = &Field> + Clone {
        self.fields.iter().map(|(field, _)| field)
    }

    pub fn n_rows(&self) -> u64 {
        self.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0)).sum()
    }

    pub fn n_row_groups(&self) -> usize {
        self.metadata().num_row_groups()
    }

    pub fn file_length(&self) -> u64 {
        self.file_length
    }

    /// The bytes from which [`read_footer`] reads this footer again.
    pub fn range(&self) -> Range<u64> {
        self.start..self.file_length
    }

    /// Chooses columns by name. Fails when one of them cannot be decoded, before any of its bytes is needed.
    pub fn projection(&self, columns: &[&str]) -> Result<Projection, DecodeError> {
        Projection::new(self, columns)
    }

    pub(crate) fn metadata(&self) -> &Arc<ParquetMetaData> {
        &self.metadata
    }

    /// The field's position, itself and how its values are converted.
    pub(crate) fn field(&self, name: &str) -> Option<(usize, &Field, Option<Conversion>)> {
        let (at, (field, conversion)) = self.fields.iter().enumerate().find(|(_, (field, _))| field.name == name)?;
        Some((at, field, *conversion))
    }
}
