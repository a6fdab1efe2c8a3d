//! Decoded blocks into columns. Every conversion is lossless or an error.
use crate::TableError;
use crate::codes::Codes;
use crate::column_builder::ColumnBuilder;
use crate::vector::{Vector, power_of_ten};
use tarn_dashboard::{Column, ColumnType, DataType, Scalar};
use tarn_decode::{Block, Field, FieldType, Values};

/// Appends a block of the file's column to the column that the contract describes.
pub(crate) fn append(builder: &mut ColumnBuilder, column: &Column, field: &Field, block: Block) -> Result<(), TableError> {
    let data_type = column.column_type.data_type();
    if let Block::Nulls(n_rows) = block {
        builder.append(&Vector::nulls(data_type, n_rows));
        return Ok(());
    }
    let wrong_type = || TableError::ColumnType {
        column: column.name.clone(),
        expected: format!("{:?}", column.column_type).to_lowercase(),
        found: format!("{:?}", field.field_type).to_lowercase(),
    };
    if !is_read_as(field.field_type, data_type, column.column_type) {
        return Err(wrong_type());
    }
    let (values, rows) = match block {
        Block::Dictionary { values, places, has_nulls } => (values, Rows::Places(Codes::from(places), has_nulls)),
        Block::Plain { values, valid } => (values, Rows::Each(valid)),
        Block::Nulls(_) => return Ok(()),
    };
    let values = match data_type {
        DataType::Decimal { scale, .. } => rescaled(column, values, field.field_type, scale)?,
        _ => values,
    };
    match (values, rows) {
        (Values::Ints(values), Rows::Places(codes, has_nulls)) => builder.append_int_dictionary(values, codes, has_nulls),
        (Values::Ints(values), Rows::Each(valid)) => builder.append_ints(&values, valid.as_deref()),
        (Values::Floats(values), Rows::Places(codes, has_nulls)) => builder.append_float_dictionary(&values, &codes, has_nulls),
        (Values::Floats(values), Rows::Each(valid)) => builder.append_floats(&values, valid.as_deref()),
        (Values::Decimals(values), Rows::Places(codes, has_nulls)) => builder.append_decimal_dictionary(&values, &codes, has_nulls),
        (Values::Decimals(values), Rows::Each(valid)) => builder.append_decimals(&values, valid.as_deref()),
        (Values::Texts(texts), Rows::Places(codes, has_nulls)) => {
            builder.append_text_dictionary(texts.ends.len(), &|index| texts.get(index), codes, has_nulls);
        }
        (Values::Texts(texts), Rows::Each(valid)) => {
            let n_texts = texts.ends.len();
            let code = |row: usize| if valid.as_ref().is_none_or(|valid| valid[row]) { row as u32 + 1 } else { 0 };
            let codes = Codes::collect(n_texts as u64 + 1, (0..n_texts).map(code));
            builder.append_text_dictionary(n_texts, &|index| texts.get(index), codes, valid.is_some());
        }
    }
    Ok(())
}

/// Appends rows that all have one value of the contract's type.
pub(crate) fn append_value(builder: &mut ColumnBuilder, column: &Column, value: &Scalar, n_rows: usize) -> Result<(), TableError> {
    let data_type = column.column_type.data_type();
    let codes = || Codes::collect(2, std::iter::repeat_n(1, n_rows));
    match (value, data_type) {
        (Scalar::Null, _) => builder.append(&Vector::nulls(data_type, n_rows)),
        (Scalar::Int(value), DataType::Int64) | (Scalar::Timestamp(value), DataType::Timestamp | DataType::TimestampTz) => {
            builder.append_int_dictionary(vec![*value], codes(), false);
        }
        (Scalar::Boolean(value), DataType::Boolean) => builder.append_int_dictionary(vec![i64::from(*value)], codes(), false),
        (Scalar::Date(value), DataType::Date) => builder.append_int_dictionary(vec![i64::from(*value)], codes(), false),
        (Scalar::Float(value), DataType::Float64) => builder.append_float_dictionary(&[*value], &codes(), false),
        (Scalar::String(value), DataType::String) => builder.append_text_dictionary(1, &|_| value, codes(), false),
        _ => {
            return Err(TableError::ColumnType {
                column: column.name.clone(),
                expected: format!("{:?}", column.column_type).to_lowercase(),
                found: format!("{value:?}"),
            });
        }
    }
    Ok(())
}

/// How the rows of a block find their values.
enum Rows {
    Places(Codes, bool),
    Each(Option<Vec<bool>>),
}

/// Whether values of the file's type have the physical form of the contract's. How wide they may be is the contract's matter.
fn is_read_as(found: FieldType, data_type: DataType, column_type: ColumnType) -> bool {
    use FieldType as F;
    match found {
        F::Null => true,
        F::Boolean => data_type == DataType::Boolean,
        F::Int8 | F::Int16 | F::Int32 | F::Int64 => data_type == DataType::Int64,
        F::Uint8 | F::Uint16 | F::Uint32 => data_type == DataType::Int64 || column_type == ColumnType::Uint64,
        F::Uint64 => column_type == ColumnType::Uint64,
        F::Float | F::Double => data_type == DataType::Float64,
        F::Decimal { .. } => matches!(data_type, DataType::Decimal { .. }),
        F::Date => data_type == DataType::Date,
        F::Time => data_type == DataType::Time,
        F::Timestamp => data_type == DataType::Timestamp,
        F::Timestamptz => data_type == DataType::TimestampTz,
        F::String | F::Nested(_) => column_type == ColumnType::String,
        F::Binary => data_type == DataType::Binary,
        F::Uuid => column_type == ColumnType::Uuid,
        F::Interval => false,
    }
}

/// Decimals with as many digits after the point as the contract says.
fn rescaled(column: &Column, values: Values, found: FieldType, scale: u8) -> Result<Values, TableError> {
    let own = if let FieldType::Decimal { scale, .. } = found { scale } else { 0 };
    let out_of_range = |value: i128| TableError::OutOfRange { column: column.name.clone(), value: value.to_string() };
    let factor = scale.checked_sub(own).and_then(power_of_ten).ok_or_else(|| out_of_range(0))?;
    let wide: Vec<i128> = match values {
        values if factor == 1 => return Ok(values),
        Values::Ints(values) => values.into_iter().map(i128::from).collect(),
        Values::Decimals(values) => values,
        other => return Ok(other),
    };
    // Placeholders of null rows are zero: they scale.
    let scaled = wide.iter().map(|value| value.checked_mul(factor).ok_or_else(|| out_of_range(*value)));
    let scaled: Vec<i128> = scaled.collect::<Result<_, _>>()?;
    let narrow: Option<Vec<i64>> = scaled.iter().map(|value| i64::try_from(*value).ok()).collect();
    Ok(narrow.map_or(Values::Decimals(scaled), Values::Ints))
}
