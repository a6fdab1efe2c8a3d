use crate::{DecodeError, Footer};
use arrow_array::{Array as _, RecordBatch};
use bytes::Bytes;
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::ColumnChunkMetaData;
use std::ops::Range;

/// Rows per batch: small enough to stay in the processor's cache on the way into the engine.
const BATCH_ROWS: usize = 8_192;

/// Chosen columns of a file.
#[derive(Clone)]
pub struct Projection {
    reader: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Per row group, the bytes of the chosen column chunks, ascending.
    ranges: Vec<Vec<Range<u64>>>,
    uncompressed_bytes: u64,
}

impl Projection {
    pub(crate) fn new(footer: &Footer, columns: &[&str]) -> Result<Self, DecodeError> {
        let schema = footer.metadata().file_metadata().schema_descr();
        let mut roots = vec![];
        for column in columns {
            let at = schema.root_schema().get_fields().iter().position(|field| field.name() == *column);
            roots.push(at.ok_or_else(|| DecodeError::MissingColumn { column: (*column).to_owned() })?);
        }
        let leaves: Vec<usize> = (0..schema.num_columns()).filter(|leaf| roots.contains(&schema.get_column_root_idx(*leaf))).collect();
        for root in &roots {
            let field = schema.root_schema().get_fields().get(*root);
            if let Some(field) = field.filter(|field| !field.is_primitive()) {
                let found = footer.schema().fields().get(*root).map(|field| field.data_type().to_string());
                return Err(DecodeError::UnsupportedType { column: field.name().to_owned(), found: found.unwrap_or_default() });
            }
        }
        let mut uncompressed_bytes = 0u64;
        let mut ranges = vec![];
        for group in footer.metadata().row_groups() {
            let mut chunks = vec![];
            for leaf in &leaves {
                let chunk = group.columns().get(*leaf).ok_or_else(|| DecodeError::damaged("a row group lacks a column"))?;
                supported_codec(chunk)?;
                chunks.push(chunk_range(chunk, footer.file_length())?);
                let size = u64::try_from(chunk.uncompressed_size()).map_err(|_| DecodeError::damaged("a negative size"))?;
                uncompressed_bytes = uncompressed_bytes.saturating_add(size);
            }
            chunks.sort_unstable_by_key(|range| range.start);
            ranges.push(chunks);
        }
        let mask = ProjectionMask::roots(schema, roots);
        Ok(Self { reader: footer.reader().clone(), mask, ranges, uncompressed_bytes })
    }

    /// Per row group, the bytes of the chosen column chunks, ascending.
    pub fn ranges(&self) -> &[Vec<Range<u64>>] {
        &self.ranges
    }

    /// What the chosen column chunks declare to be without compression.
    pub fn uncompressed_bytes(&self) -> u64 {
        self.uncompressed_bytes
    }

    /// The batches of one row group. `chunks` are the bytes of its [`Projection::ranges`], in that order.
    pub fn decode(&self, row_group: usize, chunks: Vec<Bytes>) -> Result<Batches, DecodeError> {
        let ranges = self.ranges.get(row_group).ok_or_else(|| DecodeError::damaged("no such row group"))?;
        let mut decoder = ParquetPushDecoderBuilder::new_with_metadata(self.reader.clone())
            .with_projection(self.mask.clone())
            .with_row_groups(vec![row_group])
            .with_batch_size(BATCH_ROWS)
            .build()?;
        decoder.push_ranges(ranges.clone(), chunks)?;
        Ok(Batches { decoder: Some(decoder) })
    }
}

/// The batches of one row group. Ends after the first error.
pub struct Batches {
    decoder: Option<ParquetPushDecoder>,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.decoder.as_mut()?.try_decode();
        let error = match step {
            Ok(DecodeResult::Data(batch)) => return Some(Ok(batch)),
            Ok(DecodeResult::Finished) => None,
            Ok(DecodeResult::NeedsData(_)) => Some(DecodeError::damaged("a column chunk is longer than it says")),
            Err(error) => Some(error.into()),
        };
        self.decoder = None;
        error.map(Err)
    }
}

/// The first of these columns in which the batch has a null.
pub fn column_with_nulls<'a>(batch: &RecordBatch, columns: &[&'a str]) -> Option<&'a str> {
    columns.iter().copied().find(|column| batch.column_by_name(column).is_some_and(|values| values.null_count() > 0))
}

fn supported_codec(chunk: &ColumnChunkMetaData) -> Result<(), DecodeError> {
    let codec = match chunk.compression() {
        Compression::BROTLI(_) => "Brotli",
        Compression::LZO => "LZO",
        _ => return Ok(()),
    };
    Err(DecodeError::UnsupportedCodec { codec, column: chunk.column_descr().name().to_owned() })
}

fn chunk_range(chunk: &ColumnChunkMetaData, file_length: u64) -> Result<Range<u64>, DecodeError> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let start = u64::try_from(start).ok();
    let end = start.zip(u64::try_from(chunk.compressed_size()).ok()).and_then(|(start, length)| start.checked_add(length));
    match (start, end) {
        (Some(start), Some(end)) if end <= file_length => Ok(start..end),
        _ => Err(DecodeError::damaged(format!("column `{}` lies outside the file", chunk.column_descr().name()))),
    }
}
