use crate::{DecodeError, Projection};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bytes::Bytes;
use parquet::DecodeResult;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::basic::Type as PhysicalType;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataPushDecoder};
use std::ops::Range;
use std::sync::Arc;

/// Length of the magic and the metadata's length at the end of every file.
const TAIL: u64 = 8;

/// What the bytes at the end of a file lead to.
pub enum FooterStep {
    /// The footer is longer: these bytes, up to the end of the file, are needed.
    Needs(Range<u64>),
    Ready(Footer),
}

/// A file's schema and the places of its column chunks.
#[derive(Clone)]
pub struct Footer {
    reader: ArrowReaderMetadata,
    file_length: u64,
    start: u64,
}

/// Reads the footer from `tail`, the last bytes of a file of that length.
pub fn read_footer(file_length: u64, tail: &Bytes) -> Result<FooterStep, DecodeError> {
    let magic = tail.len().checked_sub(4).and_then(|at| tail.get(at..));
    match magic {
        Some(b"PAR1") if file_length >= TAIL + 4 => {}
        Some(b"PARE") => return Err(DecodeError::Encrypted),
        _ => return Err(DecodeError::NotParquet),
    }
    let start = file_length.checked_sub(tail.len() as u64).ok_or(DecodeError::NotParquet)?;
    let mut decoder = ParquetMetaDataPushDecoder::try_new(file_length)?.with_page_index_policy(PageIndexPolicy::Skip);
    decoder.push_range(start..file_length, tail.clone())?;
    match decoder.try_decode()? {
        DecodeResult::NeedsData(ranges) => {
            let needed = ranges.iter().map(|range| range.start).min().unwrap_or(0);
            Ok(FooterStep::Needs(needed..file_length))
        }
        DecodeResult::Data(metadata) => {
            let length = tail.len().checked_sub(TAIL as usize).and_then(|at| tail.get(at..at + 4)).and_then(|bytes| bytes.try_into().ok());
            let start = file_length.saturating_sub(TAIL + u64::from(u32::from_le_bytes(length.unwrap_or_default())));
            Footer::new(metadata, file_length, start).map(FooterStep::Ready)
        }
        DecodeResult::Finished => Err(DecodeError::damaged("an empty footer")),
    }
}

impl Footer {
    fn new(metadata: ParquetMetaData, file_length: u64, start: u64) -> Result<Self, DecodeError> {
        let metadata = Arc::new(metadata);
        let options = ArrowReaderOptions::new().with_schema(reading_schema(&metadata)?);
        let reader = ArrowReaderMetadata::try_new(metadata, options)?;
        Ok(Self { reader, file_length, start })
    }

    /// Strings are dictionaries of Int32 and Utf8. What a writer noted of its own Arrow schema is not looked at: the Parquet
    /// types alone decide, as in DuckDB.
    pub fn schema(&self) -> &SchemaRef {
        self.reader.schema()
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

    pub(crate) fn reader(&self) -> &ArrowReaderMetadata {
        &self.reader
    }

    pub(crate) fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }
}

/// The schema as it is to be read: strings stay dictionaries, INT96 becomes microseconds (its nanoseconds end in 2262).
fn reading_schema(metadata: &ParquetMetaData) -> Result<SchemaRef, DecodeError> {
    let parquet_schema = metadata.file_metadata().schema_descr();
    let inferred = parquet_to_arrow_schema(parquet_schema, None)?;
    let roots = parquet_schema.root_schema().get_fields();
    let fields: Vec<Field> = inferred
        .fields()
        .iter()
        .zip(roots)
        .map(|(field, root)| {
            let field = field.as_ref().clone();
            let is_int96 = root.is_primitive() && root.get_physical_type() == PhysicalType::INT96;
            match field.data_type() {
                DataType::Utf8 => field.with_data_type(DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))),
                DataType::Timestamp(TimeUnit::Nanosecond, None) if is_int96 => {
                    field.with_data_type(DataType::Timestamp(TimeUnit::Microsecond, None))
                }
                _ => field,
            }
        })
        .collect();
    Ok(Arc::new(Schema::new(fields)))
}
