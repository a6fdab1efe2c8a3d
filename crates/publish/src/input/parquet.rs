use super::{
    Rows,
    exports::{Export, find},
    input_error,
};
use crate::PublishError;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_cast::cast;
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
        return cast(found, field.data_type()).map_err(|_| {
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

fn unreadable(export: &Export, error: &parquet::errors::ParquetError) -> PublishError {
    input_error(&export.name, &error.to_string(), Some("is this a Parquet file, and complete?"))
}
