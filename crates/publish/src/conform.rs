//! From the rows as they come to the columns of the contract, in the types in which they are written.
use crate::{Break, PublishError};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::{
    arrow::ArrowSchemaConverter,
    basic::{LogicalType, Repetition, Type as PhysicalType},
    schema::types::{SchemaDescriptor, Type},
};
use std::{collections::BTreeMap, sync::Arc};
use tarn_dashboard::{Column, ColumnType};

/// Brings batches into the written schema and counts what the contract forbids.
pub(crate) struct Conform {
    columns: Vec<Column>,
    pub schema: SchemaRef,
    /// By column, how many nulls were found where none may be.
    nulls: BTreeMap<String, u64>,
    rows: u64,
}

impl Conform {
    /// Fails with every column that is missing or whose type cannot become the contract's without loss.
    pub fn new(found: &Schema, columns: &[Column]) -> Result<Self, PublishError> {
        let mut breaks = vec![];
        for column in columns {
            match found.field_with_name(&column.name) {
                Ok(field) if becomes(field.data_type(), column.column_type) => {}
                Ok(field) => breaks.push(Break {
                    what: format!("column `{}`", column.name),
                    message: format!("it is {} here, but the contract says {}", field.data_type(), written_type(column.column_type)),
                    hint: Some(format!("cast it upstream, as in `cast({} as …)`, or change the contract", column.name)),
                }),
                Err(_) => {
                    let names: Vec<&str> = found.fields().iter().map(|field| field.name().as_str()).collect();
                    breaks.push(Break {
                        what: format!("column `{}`", column.name),
                        message: "it is missing".to_owned(),
                        hint: Some(format!("there are: {}", names.join(", "))),
                    });
                }
            }
        }
        if !breaks.is_empty() {
            return Err(PublishError::Broken(breaks));
        }
        let fields = columns.iter().map(|column| Field::new(&column.name, written_type(column.column_type), column.nullable));
        Ok(Self { columns: columns.to_vec(), schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())), nulls: BTreeMap::new(), rows: 0 })
    }

    /// The batch in the written schema. `None` when it holds nulls where none may be: they are counted, and told at the end.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<Option<RecordBatch>, PublishError> {
        self.rows += batch.num_rows() as u64;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len());
        let mut complete = true;
        for (column, field) in self.columns.iter().zip(self.schema.fields()) {
            let found =
                batch.column_by_name(&column.name).ok_or_else(|| PublishError::Columns(format!("column `{}` vanished", column.name)))?;
            let array = converted(&column.name, found, field.data_type())?;
            let n_nulls = array.logical_null_count() as u64;
            if n_nulls > 0 && !column.nullable {
                *self.nulls.entry(column.name.clone()).or_default() += n_nulls;
                complete = false;
            }
            arrays.push(array);
        }
        if !complete {
            return Ok(None);
        }
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), arrays)?))
    }

    pub fn n_rows(&self) -> u64 {
        self.rows
    }

    pub fn breaks(&self) -> Vec<Break> {
        let broken = self.nulls.iter().map(|(column, n)| Break {
            what: format!("column `{column}`"),
            message: format!("{n} of {} values are null, and the contract allows none", self.rows),
            hint: Some("filter them out upstream, or write the type without `!`".to_owned()),
        });
        broken.collect()
    }
}

/// A cast that fails is an error and never a null.
fn converted(name: &str, array: &ArrayRef, to: &DataType) -> Result<ArrayRef, PublishError> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, to, &options).map_err(|error| {
        PublishError::Broken(vec![Break {
            what: format!("column `{name}`"),
            message: format!("a value does not fit the contract's type: {error}"),
            hint: Some("mend the value upstream, or widen the type in the contract".to_owned()),
        }])
    })
}

/// The Arrow type in which a column of the contract is written.
pub(crate) fn written_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Int8 => DataType::Int8,
        ColumnType::Int16 => DataType::Int16,
        ColumnType::Int32 => DataType::Int32,
        ColumnType::Int64 => DataType::Int64,
        ColumnType::Uint8 => DataType::UInt8,
        ColumnType::Uint16 => DataType::UInt16,
        ColumnType::Uint32 => DataType::UInt32,
        ColumnType::Uint64 => DataType::UInt64,
        ColumnType::Float => DataType::Float32,
        ColumnType::Double => DataType::Float64,
        ColumnType::Decimal { precision, scale } => DataType::Decimal128(precision, scale as i8),
        ColumnType::Date => DataType::Date32,
        ColumnType::Time => DataType::Time64(TimeUnit::Microsecond),
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::String => DataType::Utf8,
        ColumnType::Binary => DataType::Binary,
        ColumnType::Uuid => DataType::FixedSizeBinary(16),
        #[allow(unreachable_patterns, reason = "types that the contract gains later are texts until they are named here")]
        _ => DataType::Utf8,
    }
}

/// The schema of the files. Arrow has no UUID of its own: 16 bytes are one, as no other type of a contract is written so.
pub(crate) fn parquet_schema(schema: &Schema) -> Result<SchemaDescriptor, PublishError> {
    let converted = ArrowSchemaConverter::new().convert(schema)?;
    let root = converted.root_schema();
    let fields = root.get_fields().iter().zip(schema.fields()).map(|(parquet, field)| match field.data_type() {
        DataType::FixedSizeBinary(length) => {
            let uuid = Type::primitive_type_builder(field.name(), PhysicalType::FIXED_LEN_BYTE_ARRAY).with_length(*length);
            let repetition = if field.is_nullable() { Repetition::OPTIONAL } else { Repetition::REQUIRED };
            uuid.with_logical_type(Some(LogicalType::Uuid)).with_repetition(repetition).build().map(Arc::new)
        }
        _ => Ok(Arc::clone(parquet)),
    });
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Ok(SchemaDescriptor::new(Arc::new(Type::group_type_builder(root.name()).with_fields(fields).build()?)))
}

/// Whether a column of this type can become the contract's by a cast that loses nothing or fails.
fn becomes(found: &DataType, contract: ColumnType) -> bool {
    use DataType as D;
    let to = written_type(contract);
    match (&to, found) {
        (to, found) if to == found => true,
        (to, D::Dictionary(_, values)) => **values == *to || is_text(to) && is_text(values),
        (to, found) if to.is_integer() => {
            found.is_integer() || matches!(found, D::Decimal128(_, 0) | D::Decimal64(_, 0) | D::Decimal32(_, 0))
        }
        (D::Float32, found) => matches!(found, D::Float16),
        (D::Float64, found) => matches!(found, D::Float16 | D::Float32),
        (D::Decimal128(..), found) => found.is_integer() || matches!(found, D::Decimal32(..) | D::Decimal64(..) | D::Decimal128(..)),
        (D::Date32, found) => matches!(found, D::Date64),
        (D::Time64(_), found) => matches!(found, D::Time32(_) | D::Time64(_)),
        (D::Timestamp(_, None), found) => matches!(found, D::Timestamp(_, None)),
        (D::Timestamp(_, Some(_)), found) => matches!(found, D::Timestamp(_, Some(_))),
        (to, found) if is_text(to) => is_text(found),
        (D::Binary, found) => matches!(found, D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_)),
        _ => false,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use arrow_array::{Int32Array, Int64Array, StringArray, cast::AsArray as _, types::Int64Type};

    fn column(name: &str, column_type: ColumnType, nullable: bool) -> Column {
        Column { name: name.to_owned(), column_type, nullable }
    }

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
    }

    #[test]
    fn all_breaks_of_the_types_are_told_at_once() {
        let found = batch(vec![("delay", Arc::new(StringArray::from(vec!["5"]))), ("origin", Arc::new(StringArray::from(vec!["A"])))]);
        let contract =
            [column("delay", ColumnType::Int64, true), column("origin", ColumnType::String, false), column("day", ColumnType::Date, false)];
        let Err(PublishError::Broken(breaks)) = Conform::new(&found.schema(), &contract) else { panic!("nothing is broken") };
        let told: Vec<(&str, &str)> = breaks.iter().map(|one| (one.what.as_str(), one.message.as_str())).collect();
        assert_eq!(told, [("column `delay`", "it is Utf8 here, but the contract says Int64"), ("column `day`", "it is missing")]);
    }

    #[test]
    fn narrow_numbers_are_widened_and_wide_ones_must_fit() {
        let contract = [column("n", ColumnType::Int64, true)];
        let narrow = batch(vec![("n", Arc::new(Int32Array::from(vec![Some(7), None])))]);
        let mut conform = Conform::new(&narrow.schema(), &contract).unwrap();
        let written = conform.batch(&narrow).unwrap().unwrap();
        assert_eq!(written.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(7), None]);

        let contract = [column("n", ColumnType::Int8, true)];
        let wide = batch(vec![("n", Arc::new(Int64Array::from(vec![127, 128])))]);
        let mut conform = Conform::new(&wide.schema(), &contract).unwrap();
        assert!(matches!(conform.batch(&wide), Err(PublishError::Broken(breaks)) if breaks[0].message.contains("does not fit")));
    }

    #[test]
    fn nulls_are_counted_to_the_end() {
        let contract = [column("n", ColumnType::Int64, false)];
        let rows = batch(vec![("n", Arc::new(Int64Array::from(vec![Some(1), None])))]);
        let mut conform = Conform::new(&rows.schema(), &contract).unwrap();
        assert!(conform.batch(&rows).unwrap().is_none());
        assert!(conform.batch(&rows).unwrap().is_none());
        assert_eq!(conform.breaks()[0].message, "2 of 4 values are null, and the contract allows none");
    }
}
