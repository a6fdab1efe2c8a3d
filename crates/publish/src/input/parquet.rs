use super::Rows;
use crate::PublishError;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_cast::cast;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use percent_encoding::percent_decode_str;
use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The name of a missing value in a folder's name, as Hive, Spark and DuckDB write it.
const NULL_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

struct Source {
    path: PathBuf,
    /// Values in the names of folders, by column.
    partition: Vec<(String, Option<String>)>,
}

/// The rows of all files, in the order of their paths. Columns that are not wanted are not read.
pub(super) fn open(patterns: &[String], base: &Path, columns: &[&str]) -> Result<Rows, PublishError> {
    let sources = find(patterns, base)?;
    let Some(first) = sources.first() else {
        return Err(input_error(
            &patterns.join(", "),
            "no file matches",
            Some("give a file, a folder or a pattern such as exports/*.parquet"),
        ));
    };
    let schema = Arc::new(published_schema(first, columns)?);
    let wanted = Arc::clone(&schema);
    let batches = sources.into_iter().flat_map(move |source| match batches(&source, &wanted) {
        Ok(batches) => batches,
        Err(error) => Box::new(std::iter::once(Err(error))),
    });
    Ok(Rows { schema, batches: Box::new(batches) })
}

/// Files in the order of their paths, each once.
fn find(patterns: &[String], base: &Path) -> Result<Vec<Source>, PublishError> {
    let mut paths = BTreeSet::new();
    for pattern in patterns {
        let full = base.join(pattern);
        let text = full.to_string_lossy().into_owned();
        if full.is_dir() {
            list(&full, &mut paths)?;
            continue;
        }
        if full.is_file() {
            paths.insert(full);
            continue;
        }
        let found = glob::glob(&text).map_err(|error| input_error(pattern, &format!("this is no pattern: {error}"), None))?;
        for path in found {
            let path = path.map_err(|error| input_error(pattern, &error.to_string(), None))?;
            if path.is_dir() {
                list(&path, &mut paths)?;
            } else {
                paths.insert(path);
            }
        }
    }
    Ok(paths.into_iter().map(|path| Source { partition: partition(&path), path }).collect())
}

/// All Parquet files below a folder. Names that begin with `_` or `.` are bookkeeping of the engine that wrote it.
fn list(folder: &Path, paths: &mut BTreeSet<PathBuf>) -> Result<(), PublishError> {
    let error = |error| PublishError::File { path: folder.to_owned(), error };
    for entry in folder.read_dir().map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(['_', '.']) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
            paths.insert(path);
        }
    }
    Ok(())
}

fn partition(path: &Path) -> Vec<(String, Option<String>)> {
    let folders = path.parent().map(Path::components).into_iter().flatten();
    let pairs = folders.filter_map(|folder| {
        let text = folder.as_os_str().to_str()?;
        let (name, value) = text.split_once('=')?;
        let value = (value != NULL_PARTITION).then(|| unescaped(value));
        Some((name.to_owned(), value))
    });
    pairs.collect()
}

/// `%20` and the like.
fn unescaped(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn reader(source: &Source) -> Result<ParquetRecordBatchReaderBuilder<File>, PublishError> {
    let file = File::open(&source.path).map_err(|error| PublishError::File { path: source.path.clone(), error })?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(source, &error))
}

fn published_schema(source: &Source, columns: &[&str]) -> Result<Schema, PublishError> {
    let reader = reader(source)?;
    let inside = reader.schema().fields().iter().filter(|field| columns.contains(&field.name().as_str()));
    let mut fields: Vec<Field> = inside.map(|field| field.as_ref().clone().with_nullable(true)).collect();
    for (name, _) in &source.partition {
        if columns.contains(&name.as_str()) && !fields.iter().any(|field| field.name() == name) {
            fields.push(Field::new(name, DataType::Utf8, true));
        }
    }
    Ok(Schema::new(fields))
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, PublishError>>>;

fn batches(source: &Source, schema: &SchemaRef) -> Result<Batches, PublishError> {
    let reader = reader(source)?;
    let found = Arc::clone(reader.schema());
    let roots = found.fields().iter().enumerate().filter(|(_, field)| schema.field_with_name(field.name()).is_ok()).map(|(at, _)| at);
    let mask = ProjectionMask::roots(reader.parquet_schema(), roots);
    let read = reader.with_projection(mask).build().map_err(|error| unreadable(source, &error))?;
    let (schema, partition, path) = (Arc::clone(schema), source.partition.clone(), source.path.clone());
    Ok(Box::new(read.map(move |batch| {
        let batch = batch.map_err(|error| input_error(&path.display().to_string(), &error.to_string(), None))?;
        let columns = schema.fields().iter().map(|field| column(&batch, field, &partition, &path));
        let columns = columns.collect::<Result<Vec<ArrayRef>, PublishError>>()?;
        Ok(RecordBatch::try_new(Arc::clone(&schema), columns)?)
    })))
}

/// A column of the file or of its folders, in the type of the first file.
fn column(batch: &RecordBatch, field: &Field, partition: &[(String, Option<String>)], path: &Path) -> Result<ArrayRef, PublishError> {
    if let Some(found) = batch.column_by_name(field.name()) {
        if found.data_type() == field.data_type() {
            return Ok(Arc::clone(found));
        }
        return cast(found, field.data_type()).map_err(|_| {
            let message = format!("column `{}` is {} here and {} in the first file", field.name(), found.data_type(), field.data_type());
            input_error(&path.display().to_string(), &message, Some("let the files of one table have one schema"))
        });
    }
    let value = partition.iter().find(|(name, _)| name == field.name());
    match value {
        Some((_, value)) => Ok(Arc::new(StringArray::from(vec![value.as_deref(); batch.num_rows()]))),
        None => {
            let message = format!("there is no column `{}`, which the first file has", field.name());
            Err(input_error(&path.display().to_string(), &message, Some("let the files of one table have one schema")))
        }
    }
}

fn unreadable(source: &Source, error: &parquet::errors::ParquetError) -> PublishError {
    input_error(&source.path.display().to_string(), &error.to_string(), Some("is this a Parquet file, and complete?"))
}

fn input_error(from: &str, message: &str, hint: Option<&str>) -> PublishError {
    PublishError::Input { from: from.to_owned(), message: message.to_owned(), hint: hint.map(str::to_owned) }
}
