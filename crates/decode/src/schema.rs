//! What a file says of its columns, in the words of the dashboard file.
use crate::convert::Conversion;
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::Type;

/// A column at the top of a file's schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub field_type: FieldType,
    pub nullable: bool,
}

/// A type as the file declares it. Dates, times and timestamps of all units are one type each: values come in days and
/// microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Without any value.
    Null,
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float,
    Double,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    Time,
    Timestamp,
    Timestamptz,
    /// Text, JSON and enumerations.
    String,
    Binary,
    Uuid,
    /// Cannot be read.
    Interval,
    /// Lists, structs and maps are read as JSON text.
    Nested(&'static str),
}

/// The type of a column, and how its physical values become values of it. Contradictions between the two make it binary, a
/// number or unreadable, never another number.
pub(crate) fn field_type(field: &Type) -> (FieldType, Option<Conversion>) {
    if let Some(nested) = nested(field) {
        return (FieldType::Nested(nested), None);
    }
    let Type::PrimitiveType { physical_type, basic_info, scale, precision, type_length } = field else {
        return (FieldType::Nested("struct"), None);
    };
    let (logical, converted) = (basic_info.logical_type_ref(), basic_info.converted_type());
    if logical == Some(&LogicalType::Unknown) {
        return (FieldType::Null, Some(Conversion::Nothing));
    }
    let decimal = match (logical, converted) {
        (Some(LogicalType::Decimal(decimal)), _) => Some((decimal.precision, decimal.scale)),
        (None, ConvertedType::DECIMAL) => Some((*precision, *scale)),
        _ => None,
    };
    if let Some((precision, scale)) = decimal {
        return decimal_type(*physical_type, precision, scale, *type_length);
    }
    let (field_type, conversion) = match physical_type {
        Physical::BOOLEAN => (FieldType::Boolean, Conversion::Int),
        Physical::INT32 => int32(logical, converted),
        Physical::INT64 => int64(logical, converted),
        // Wall time, as Impala and Spark wrote it.
        Physical::INT96 => (FieldType::Timestamp, Conversion::Int96),
        Physical::FLOAT => (FieldType::Float, Conversion::Float),
        Physical::DOUBLE => (FieldType::Double, Conversion::Double),
        Physical::BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _)
            | (None, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM) => (FieldType::String, Conversion::Text),
            _ => (FieldType::Binary, Conversion::Blob),
        },
        Physical::FIXED_LEN_BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::Float16), _) if *type_length == 2 => (FieldType::Float, Conversion::Half),
            (Some(LogicalType::Uuid), _) if *type_length == 16 => (FieldType::Uuid, Conversion::Uuid),
            (None, ConvertedType::INTERVAL) => return (FieldType::Interval, None),
            _ => (FieldType::Binary, Conversion::Blob),
        },
    };
    (field_type, Some(conversion))
}

fn nested(field: &Type) -> Option<&'static str> {
    let info = field.get_basic_info();
    if field.is_primitive() {
        return (info.has_repetition() && info.repetition() == Repetition::REPEATED).then_some("list");
    }
    Some(match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::List), _) | (None, ConvertedType::LIST) => "list",
        (Some(LogicalType::Map), _) | (None, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE) => "map",
        _ => "struct",
    })
}

fn int32(logical: Option<&LogicalType>, converted: ConvertedType) -> (FieldType, Conversion) {
    let integer = |bit_width: i8, signed: bool| match (bit_width, signed) {
        (8, true) => (FieldType::Int8, Conversion::Int),
        (16, true) => (FieldType::Int16, Conversion::Int),
        (8, false) => (FieldType::Uint8, Conversion::Uint32),
        (16, false) => (FieldType::Uint16, Conversion::Uint32),
        (32, false) => (FieldType::Uint32, Conversion::Uint32),
        _ => (FieldType::Int32, Conversion::Int),
    };
    match (logical, converted) {
        (Some(LogicalType::Integer(integers)), _) => integer(integers.bit_width, integers.is_signed),
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => (FieldType::Date, Conversion::Int),
        (Some(LogicalType::Time(_)), _) | (None, ConvertedType::TIME_MILLIS) => (FieldType::Time, Conversion::Millis),
        (None, ConvertedType::INT_8) => integer(8, true),
        (None, ConvertedType::INT_16) => integer(16, true),
        (None, ConvertedType::UINT_8) => integer(8, false),
        (None, ConvertedType::UINT_16) => integer(16, false),
        (None, ConvertedType::UINT_32) => integer(32, false),
        _ => (FieldType::Int32, Conversion::Int),
    }
}

fn int64(logical: Option<&LogicalType>, converted: ConvertedType) -> (FieldType, Conversion) {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => Conversion::Millis,
        TimeUnit::MICROS => Conversion::Int,
        TimeUnit::NANOS => Conversion::Nanos,
    };
    match (logical, converted) {
        (Some(LogicalType::Integer(integers)), _) if !integers.is_signed => (FieldType::Uint64, Conversion::Uint64),
        (None, ConvertedType::UINT_64) => (FieldType::Uint64, Conversion::Uint64),
        (Some(LogicalType::Time(time)), _) => (FieldType::Time, unit(&time.unit)),
        (None, ConvertedType::TIME_MICROS) => (FieldType::Time, Conversion::Int),
        (Some(LogicalType::Timestamp(timestamp)), _) if timestamp.is_adjusted_to_u_t_c => (FieldType::Timestamptz, unit(&timestamp.unit)),
        (Some(LogicalType::Timestamp(timestamp)), _) => (FieldType::Timestamp, unit(&timestamp.unit)),
        (None, ConvertedType::TIMESTAMP_MILLIS) => (FieldType::Timestamptz, Conversion::Millis),
        (None, ConvertedType::TIMESTAMP_MICROS) => (FieldType::Timestamptz, Conversion::Int),
        _ => (FieldType::Int64, Conversion::Int),
    }
}

fn decimal_type(physical: Physical, precision: i32, scale: i32, type_length: i32) -> (FieldType, Option<Conversion>) {
    let conversion = match physical {
        Physical::INT32 | Physical::INT64 => Conversion::Int,
        Physical::FIXED_LEN_BYTE_ARRAY if type_length > 0 => Conversion::DecimalBytes { narrow: precision <= 18 },
        Physical::BYTE_ARRAY => Conversion::DecimalBytes { narrow: precision <= 18 },
        _ => return (FieldType::Nested("decimal"), None),
    };
    match (u8::try_from(precision), u8::try_from(scale)) {
        (Ok(precision), Ok(scale)) if scale <= precision => (FieldType::Decimal { precision, scale }, Some(conversion)),
        _ => (FieldType::Nested("decimal"), None),
    }
}
