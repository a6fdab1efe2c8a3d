//! In how few bits a column's values are written: types are the contract's, the same in every file; the encoding goes by the values.
//!
//! Values that repeat are written as places in a dictionary, which readers translate once. Where nearly every row has another
//! value, such as an instant or a number that counts up, differences or split bytes are smaller. Which it is, the first rows of a
//! file tell: nothing outside a file decides how it is written, so equal rows make equal files.
use crate::PublishError;
use arrow_array::RecordBatch;
use arrow_row::{RowConverter, SortField};
use arrow_schema::DataType;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder},
    schema::types::ColumnPath,
};
use std::{collections::HashSet, sync::Arc};

/// So many rows tell: as many as let a dictionary pay, and few beside those of a file.
pub(crate) const SAMPLE_ROWS: usize = 65_536;

/// The properties with an encoding for each column of the rows, which are the first of a file.
pub(crate) fn encoded(rows: &RecordBatch, mut properties: WriterPropertiesBuilder) -> Result<WriterProperties, PublishError> {
    for (at, field) in rows.schema().fields().iter().enumerate() {
        let Some(encoding) = without_dictionary(field.data_type()) else { continue };
        let path = ColumnPath::new(vec![field.name().clone()]);
        let column = rows.project(&[at])?;
        // Also what is written once a dictionary is full.
        properties = properties.set_column_encoding(path.clone(), encoding);
        if has_few_values(&column)? {
            continue;
        }
        let with_dictionary = size(&column, WriterProperties::builder())?;
        let other = size(&column, WriterProperties::builder().set_dictionary_enabled(false).set_encoding(encoding))?;
        // By less it is not worth what a reader gains from a dictionary.
        if other < with_dictionary / 16 * 15 {
            properties = properties.set_column_dictionary_enabled(path, false);
        }
    }
    Ok(properties.build())
}

/// Whether a dictionary is certain to pay: rows repeat each value 64 times and more.
fn has_few_values(column: &RecordBatch) -> Result<bool, PublishError> {
    let fields = column.schema().fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
    let rows = RowConverter::new(fields)?.convert_columns(column.columns())?;
    let mut values = HashSet::new();
    Ok(rows.iter().all(|row| {
        values.insert(row);
        values.len() * 64 <= column.num_rows()
    }))
}

/// How values are written that hardly repeat; `None` where a dictionary is never used.
fn without_dictionary(data_type: &DataType) -> Option<Encoding> {
    Some(match data_type {
        data_type if data_type.is_integer() || data_type.is_temporal() => Encoding::DELTA_BINARY_PACKED,
        // Up to 18 digits are written as integers.
        DataType::Decimal128(precision, _) if *precision <= 18 => Encoding::DELTA_BINARY_PACKED,
        DataType::Decimal128(..) | DataType::FixedSizeBinary(_) => Encoding::PLAIN,
        DataType::Float32 | DataType::Float64 => Encoding::BYTE_STREAM_SPLIT,
        DataType::Utf8 | DataType::Binary => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        _ => return None,
    })
}

/// Compressed bytes of a column.
fn size(column: &RecordBatch, properties: WriterPropertiesBuilder) -> Result<usize, PublishError> {
    // The fastest level: the same column is the smaller one.
    let properties = properties.set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?)).set_statistics_enabled(EnabledStatistics::None);
    let mut writer = ArrowWriter::try_new(std::io::sink(), Arc::clone(column.schema_ref()), Some(properties.build()))?;
    writer.write(column)?;
    writer.flush()?;
    Ok(writer.bytes_written())
}
