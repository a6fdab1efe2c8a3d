//! Arrow arrays into columns. Every conversion is lossless or an error.
use crate::TableError;
use crate::column_builder::ColumnBuilder;
use crate::texts::Texts;
use arrow_array::cast::AsArray as _;
use arrow_array::types as arrow;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use arrow_schema::{DataType as ArrowType, TimeUnit as ArrowUnit};
use std::fmt::Write as _;
use tarn_dashboard::{Column, ColumnType, DataType};

/// Appends one array of a batch to the column that the contract describes.
pub(crate) fn append(builder: &mut ColumnBuilder, column: &Column, array: &ArrayRef) -> Result<(), TableError> {
    let valid = validity(array.as_ref());
    let data_type = column.column_type.data_type();
    if let ArrowType::Null = array.data_type() {
        builder.append(&crate::vector::Vector::nulls(data_type, array.len()));
        return Ok(());
    }
    match data_type {
        DataType::Float64 => {
            let values = floats(array).ok_or_else(|| wrong_type(column, array))?;
            builder.append_floats(&values, valid.as_deref());
        }
        DataType::Decimal { scale, .. } => {
            let values = decimals(column, array, scale)?;
            builder.append_decimals(&values, valid.as_deref());
        }
        DataType::String | DataType::Binary => {
            let (dictionary, positions) = texts(column, array)?;
            builder.append_dictionary(&dictionary, &positions);
        }
        _ => {
            let values = ints(column, array, data_type)?;
            builder.append_ints(&values, valid.as_deref());
        }
    }
    Ok(())
}

fn validity(array: &dyn Array) -> Option<Vec<bool>> {
    let nulls = array.logical_nulls().filter(|nulls| nulls.null_count() > 0)?;
    Some(nulls.iter().collect())
}

fn wrong_type(column: &Column, array: &ArrayRef) -> TableError {
    let expected = format!("{:?}", column.column_type).to_lowercase();
    TableError::ColumnType { column: column.name.clone(), expected, found: array.data_type().to_string() }
}

fn out_of_range(column: &Column, value: i128) -> TableError {
    TableError::OutOfRange { column: column.name.clone(), value: value.to_string() }
}

fn widened<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef) -> Vec<i64> {
    array.as_primitive::<T>().values().iter().map(|value| (*value).into()).collect()
}

fn scaled<T: ArrowPrimitiveType<Native = i64>>(column: &Column, array: &ArrayRef, factor: i64) -> Result<Vec<i64>, TableError> {
    let array: &PrimitiveArray<T> = array.as_primitive();
    let scale = |(row, value): (usize, &i64)| match value.checked_mul(factor) {
        Some(value) => Ok(value),
        None if array.is_null(row) => Ok(0),
        None => Err(out_of_range(column, i128::from(*value))),
    };
    array.values().iter().enumerate().map(scale).collect()
}

/// Integers, booleans, dates, times and timestamps.
fn ints(column: &Column, array: &ArrayRef, data_type: DataType) -> Result<Vec<i64>, TableError> {
    use ArrowType as A;
    let values = match (data_type, array.data_type()) {
        (DataType::Boolean, A::Boolean) => array.as_boolean().values().iter().map(i64::from).collect(),
        (DataType::Int64, A::Int8) => widened::<arrow::Int8Type>(array),
        (DataType::Int64, A::Int16) => widened::<arrow::Int16Type>(array),
        (DataType::Int64, A::Int32) => widened::<arrow::Int32Type>(array),
        (DataType::Int64, A::Int64) => array.as_primitive::<arrow::Int64Type>().values().to_vec(),
        (DataType::Int64, A::UInt8) => widened::<arrow::UInt8Type>(array),
        (DataType::Int64, A::UInt16) => widened::<arrow::UInt16Type>(array),
        (DataType::Int64, A::UInt32) => widened::<arrow::UInt32Type>(array),
        (DataType::Date, A::Date32) => widened::<arrow::Date32Type>(array),
        (DataType::Date, A::Date64) => {
            array.as_primitive::<arrow::Date64Type>().values().iter().map(|millis| millis.div_euclid(86_400_000)).collect()
        }
        (DataType::Time, A::Time32(ArrowUnit::Second)) => {
            array.as_primitive::<arrow::Time32SecondType>().values().iter().map(|value| i64::from(*value) * 1_000_000).collect()
        }
        (DataType::Time, A::Time32(_)) => {
            array.as_primitive::<arrow::Time32MillisecondType>().values().iter().map(|value| i64::from(*value) * 1_000).collect()
        }
        (DataType::Time, A::Time64(ArrowUnit::Microsecond)) => array.as_primitive::<arrow::Time64MicrosecondType>().values().to_vec(),
        (DataType::Time, A::Time64(_)) => {
            array.as_primitive::<arrow::Time64NanosecondType>().values().iter().map(|nanos| nanos.div_euclid(1_000)).collect()
        }
        // The wall time of a zoneless timestamp and the instant of a zoned one are both kept as they are.
        (DataType::Timestamp | DataType::TimestampTz, A::Timestamp(unit, zone))
            if zone.is_some() == (data_type == DataType::TimestampTz) =>
        {
            match unit {
                ArrowUnit::Second => scaled::<arrow::TimestampSecondType>(column, array, 1_000_000)?,
                ArrowUnit::Millisecond => scaled::<arrow::TimestampMillisecondType>(column, array, 1_000)?,
                ArrowUnit::Microsecond => array.as_primitive::<arrow::TimestampMicrosecondType>().values().to_vec(),
                ArrowUnit::Nanosecond => {
                    array.as_primitive::<arrow::TimestampNanosecondType>().values().iter().map(|nanos| nanos.div_euclid(1_000)).collect()
                }
            }
        }
        _ => return Err(wrong_type(column, array)),
    };
    Ok(values)
}

fn floats(array: &ArrayRef) -> Option<Vec<f64>> {
    use ArrowType as A;
    Some(match array.data_type() {
        A::Float64 => array.as_primitive::<arrow::Float64Type>().values().to_vec(),
        A::Float32 => array.as_primitive::<arrow::Float32Type>().values().iter().map(|value| f64::from(*value)).collect(),
        A::Float16 => array.as_primitive::<arrow::Float16Type>().values().iter().map(|value| f64::from(value.to_f32())).collect(),
        // Integers of up to 32 bits are exact as doubles.
        A::Int8 => widened::<arrow::Int8Type>(array).into_iter().map(|value| value as f64).collect(),
        A::Int16 => widened::<arrow::Int16Type>(array).into_iter().map(|value| value as f64).collect(),
        A::Int32 => widened::<arrow::Int32Type>(array).into_iter().map(|value| value as f64).collect(),
        A::UInt8 => widened::<arrow::UInt8Type>(array).into_iter().map(|value| value as f64).collect(),
        A::UInt16 => widened::<arrow::UInt16Type>(array).into_iter().map(|value| value as f64).collect(),
        A::UInt32 => widened::<arrow::UInt32Type>(array).into_iter().map(|value| value as f64).collect(),
        _ => return None,
    })
}

fn decimals(column: &Column, array: &ArrayRef, scale: u8) -> Result<Vec<i128>, TableError> {
    use ArrowType as A;
    let (values, own): (Vec<i128>, i8) = match array.data_type() {
        A::Decimal32(_, own) => {
            (array.as_primitive::<arrow::Decimal32Type>().values().iter().map(|value| i128::from(*value)).collect(), *own)
        }
        A::Decimal64(_, own) => {
            (array.as_primitive::<arrow::Decimal64Type>().values().iter().map(|value| i128::from(*value)).collect(), *own)
        }
        A::Decimal128(_, own) => (array.as_primitive::<arrow::Decimal128Type>().values().to_vec(), *own),
        A::Decimal256(_, own) => {
            let array = array.as_primitive::<arrow::Decimal256Type>();
            let narrow = |(row, value): (usize, &arrow_buffer::i256)| match value.to_i128() {
                Some(value) => Ok(value),
                None if array.is_null(row) => Ok(0),
                None => Err(TableError::OutOfRange { column: column.name.clone(), value: value.to_string() }),
            };
            (array.values().iter().enumerate().map(narrow).collect::<Result<_, _>>()?, *own)
        }
        A::UInt64 => (array.as_primitive::<arrow::UInt64Type>().values().iter().map(|value| i128::from(*value)).collect(), 0),
        A::Int8 | A::Int16 | A::Int32 | A::Int64 | A::UInt8 | A::UInt16 | A::UInt32 => {
            (ints(column, array, DataType::Int64)?.into_iter().map(i128::from).collect(), 0)
        }
        _ => return Err(wrong_type(column, array)),
    };
    let up = i16::from(scale) - i16::from(own);
    let factor = u8::try_from(up).ok().and_then(crate::vector::power_of_ten).ok_or_else(|| wrong_type(column, array))?;
    let scale_up = |(row, value): (usize, i128)| match value.checked_mul(factor) {
        Some(value) => Ok(value),
        None if array.is_null(row) => Ok(0),
        None => Err(out_of_range(column, value)),
    };
    values.into_iter().enumerate().map(scale_up).collect()
}

/// The distinct or plain strings of the array, and each row's position among them; `u32::MAX` is null.
fn texts(column: &Column, array: &ArrayRef) -> Result<(Texts, Vec<u32>), TableError> {
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        let texts = plain_texts(column, array)?;
        let positions = (0..array.len()).map(|row| if array.is_null(row) { u32::MAX } else { row as u32 }).collect();
        return Ok((texts, positions));
    };
    let values = dictionary.values();
    let texts = plain_texts(column, values)?;
    if values.is_empty() {
        return Ok((texts, vec![u32::MAX; array.len()]));
    }
    let null_value = values.nulls().map(|_| (0..values.len()).map(|position| values.is_null(position)).collect::<Vec<bool>>());
    let keys = dictionary.keys();
    // The decoder's own key type; anything else takes the general way.
    if let (Some(keys), None, None) = (keys.as_primitive_opt::<arrow::Int32Type>(), keys.nulls(), &null_value) {
        return Ok((texts, keys.values().iter().map(|key| *key as u32).collect()));
    }
    let is_null_value = |key: usize| null_value.as_ref().is_some_and(|null| null[key]);
    let position = |(row, key): (usize, &usize)| if keys.is_null(row) || is_null_value(*key) { u32::MAX } else { *key as u32 };
    Ok((texts, dictionary.normalized_keys().iter().enumerate().map(position).collect()))
}

fn plain_texts(column: &Column, array: &ArrayRef) -> Result<Texts, TableError> {
    use ArrowType as A;
    let uuid = column.column_type == ColumnType::Uuid;
    let binary = column.column_type == ColumnType::Binary || uuid;
    let bytes = |value: Option<&[u8]>, texts: &mut Texts| {
        texts.push_with(|out| match value {
            Some(value) if uuid => push_uuid(out, value),
            Some(value) => push_blob(out, value),
            None => {}
        });
    };
    let mut texts = Texts::default();
    match array.data_type() {
        A::Utf8 => array.as_string::<i32>().iter().for_each(|text| texts.push(text.unwrap_or_default())),
        A::LargeUtf8 => array.as_string::<i64>().iter().for_each(|text| texts.push(text.unwrap_or_default())),
        A::Utf8View => array.as_string_view().iter().for_each(|text| texts.push(text.unwrap_or_default())),
        A::Binary if binary => array.as_binary::<i32>().iter().for_each(|value| bytes(value, &mut texts)),
        A::LargeBinary if binary => array.as_binary::<i64>().iter().for_each(|value| bytes(value, &mut texts)),
        A::BinaryView if binary => array.as_binary_view().iter().for_each(|value| bytes(value, &mut texts)),
        A::FixedSizeBinary(16) if uuid => array.as_fixed_size_binary().iter().for_each(|value| bytes(value, &mut texts)),
        A::FixedSizeBinary(_) if binary && !uuid => array.as_fixed_size_binary().iter().for_each(|value| bytes(value, &mut texts)),
        _ => return Err(wrong_type(column, array)),
    }
    Ok(texts)
}

fn push_uuid(out: &mut String, value: &[u8]) {
    for (index, byte) in value.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

/// As DuckDB shows a blob: printable ASCII as it is, everything else as `\xNN`.
fn push_blob(out: &mut String, value: &[u8]) {
    for byte in value {
        match byte {
            b'\\' | b'\'' | b'"' => {
                let _ = write!(out, "\\x{byte:02X}");
            }
            32..=126 => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
    }
}
