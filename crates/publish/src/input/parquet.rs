use super::{
    Rows,
    exports::{Export, find},
    input_error,
};
use crate::PublishError;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use std::{fs::File, path::Path, sync::Arc, time::Duration};

/// The rows of all files, in the order of their names. Columns that are not wanted are not read.
pub(super) fn open(patterns: &[String], base: &Path, patience: Duration, columns: &[&str]) -> Result<Rows, PublishError> {
    let exports = find(patterns, base, patience)?;
    let Some(first) = exports.first() else {
        return Err(input_error(
            &patterns.join(", "),
            "no file matches",
            Some("give a file, a folder or a pattern such as exports/*.parquet"),
        ));
    };
    // Opened for its schema, and not copied again for its rows.
    let opened = first.open()?;
    let schema = Arc::new(published_schema(first, opened.try_clone().map_err(PublishError::scratch)?, columns)?);
    let wanted = Arc::clone(&schema);
    let mut opened = Some(opened);
    let batches = exports.into_iter().flat_map(move |export| match batches(&export, opened.take(), &wanted) {
        Ok(batches) => batches,
        Err(error) => Box::new(std::iter::once(Err(error))),
    });
    Ok(Rows { schema, batches: Box::new(batches) })
}

fn reader(export: &Export, file: File) -> Result<ParquetRecordBatchReaderBuilder<File>, PublishError> {
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(export, &error))
}

fn published_schema(export: &Export, file: File, columns: &[&str]) -> Result<Schema, PublishError> {
    let reader = reader(export, file)?;
    let inside = reader.schema().fields().iter().filter(|field| columns.contains(&field.name().as_str()));
    let mut fields: Vec<Field> = inside.map(|field| field.as_ref().clone().with_nullable(true)).collect();
    for (name, _) in &export.partition {
        if columns.contains(&name.as_str()) && !fields.iter().any(|field| field.name() == name) {
            fields.push(Field::new(name, DataType::Utf8, true));
        }
    }
    Ok(Schema::new(fields))
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, PublishError>>>;

/// `opened` is the file, where it is open already.
fn batches(export: &Export, opened: Option<File>, schema: &SchemaRef) -> Result<Batches, PublishError> {
    let reader = reader(export, opened.map_or_else(|| export.open(), Ok)?)?;
    let found = Arc::clone(reader.schema());
    let roots = found.fields().iter().enumerate().filter(|(_, field)| schema.field_with_name(field.name()).is_ok()).map(|(at, _)| at);
    let mask = ProjectionMask::roots(reader.parquet_schema(), roots);
    let read = reader.with_projection(mask).build().map_err(|error| unreadable(export, &error))?;
    let (schema, partition, name) = (Arc::clone(schema), export.partition.clone(), export.name.clone());
    Ok(Box::new(read.map(move |batch| {
        let batch = batch.map_err(|error| input_error(&name, &error.to_string(), None))?;
        let columns = schema.fields().iter().map(|field| column(&batch, field, &partition, &name));
        let columns = columns.collect::<Result<Vec<ArrayRef>, PublishError>>()?;
        Ok(RecordBatch::try_new(Arc::clone(&schema), columns)?)
    })))
}

/// A column of the file or of its folders, in the type of the first file.
fn column(batch: &RecordBatch, field: &Field, partition: &[(String, Option<String>)], file: &str) -> Result<ArrayRef, PublishError> {
    if let Some(found) = batch.column_by_name(field.name()) {
        if found.data_type() == field.data_type() {
            return Ok(Arc::clone(found));
        }
        return unchanged(found, field.data_type()).ok_or_else(|| {
            let message = format!("column `{}` is {} here and {} in the first file", field.name(), found.data_type(), field.data_type());
            input_error(file, &message, Some("let the files of one table have one schema"))
        });
    }
    let value = partition.iter().find(|(name, _)| name == field.name());
    match value {
        Some((_, value)) => Ok(Arc::new(StringArray::from(vec![value.as_deref(); batch.num_rows()]))),
        None => {
            let message = format!("there is no column `{}`, which the first file has", field.name());
            Err(input_error(file, &message, Some("let the files of one table have one schema")))
        }
    }
}

/// The same values in another type; `None` where one of them would be another value, or null.
fn unchanged(found: &ArrayRef, to: &DataType) -> Option<ArrayRef> {
    use DataType as D;
    let is_another_kind = match (found.data_type(), to) {
        (D::Timestamp(_, found), D::Timestamp(_, to)) => found.is_some() != to.is_some(),
        (found, to) => is_text(found) != is_text(to),
    };
    if is_another_kind {
        return None;
    }
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let converted = cast_with_options(found, to, &strict).ok()?;
    let back = cast_with_options(&converted, found.data_type(), &strict).ok()?;
    (back.as_ref() == found.as_ref()).then_some(converted)
}

/// Also one whose values are in a dictionary.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        _ => false,
    }
}

fn unreadable(export: &Export, error: &parquet::errors::ParquetError) -> PublishError {
    input_error(&export.name, &error.to_string(), Some("is this a Parquet file, and complete?"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, Int32Array, Int64Array, TimestampMicrosecondArray, TimestampNanosecondArray};
    use arrow_schema::TimeUnit;

    #[test]
    fn values_of_a_later_file_stay_what_they_are_or_are_refused() {
        let array = |array: &dyn arrow_array::Array| arrow_array::make_array(array.to_data());
        let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
        let same = [
            (array(&Int32Array::from(vec![Some(-3), None])), DataType::Int64),
            (array(&Int64Array::from(vec![Some(i64::from(i32::MAX)), None])), DataType::Int32),
            (array(&Float64Array::from(vec![3.0])), DataType::Int64),
            (array(&TimestampNanosecondArray::from(vec![5_000])), micros.clone()),
            (array(&StringArray::from(vec![Some("a"), None])), DataType::LargeUtf8),
        ];
        for (found, to) in same {
            let converted = unchanged(&found, &to).unwrap();
            assert_eq!((converted.data_type(), converted.null_count()), (&to, found.null_count()));
        }
        let others = [
            (array(&Int64Array::from(vec![i64::from(i32::MAX) + 1])), DataType::Int32),
            (array(&Float64Array::from(vec![3.5])), DataType::Int64),
            (array(&Int64Array::from(vec![(1 << 53) + 1])), DataType::Float64),
            (array(&TimestampNanosecondArray::from(vec![5_001])), micros.clone()),
            (array(&TimestampMicrosecondArray::from(vec![5]).with_timezone("UTC")), micros),
            (array(&StringArray::from(vec!["-3 min"])), DataType::Int64),
            (array(&StringArray::from(vec!["7"])), DataType::Int64),
        ];
        for (found, to) in others {
            assert_eq!(unchanged(&found, &to), None, "{found:?}");
        }
    }
}
