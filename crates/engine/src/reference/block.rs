//! Blocks as the decoder gives them, made from single values.
use tarn_dashboard::{Column, ColumnType, Scalar};
use tarn_decode::{Block, Field, FieldType, Places, Texts, Values};

/// The values as a column of a file that has the contract's type: as a dictionary, or one by one.
pub(crate) fn block(column: &Column, values: &[&Scalar], as_dictionary: bool) -> (Field, Block) {
    let field = Field { name: column.name.clone(), field_type: field_type(column.column_type), nullable: true };
    let valid: Vec<bool> = values.iter().map(|value| !value.is_null()).collect();
    let has_nulls = valid.contains(&false);
    if !as_dictionary {
        return (field, Block::Plain { values: physical(column.column_type, values), valid: has_nulls.then_some(valid) });
    }
    let mut distinct: Vec<&Scalar> = vec![];
    let mut places = vec![];
    for value in values {
        // NaN is no value's equal: it gets an entry of its own each time.
        let place = distinct.iter().position(|known| known == value).map_or(distinct.len(), |place| place);
        if place == distinct.len() && !value.is_null() {
            distinct.push(value);
        }
        places.push(if value.is_null() { 0 } else { place + 1 });
    }
    let places = match distinct.len() {
        0..=255 => Places::U8(places.into_iter().map(|place| place as u8).collect()),
        _ => Places::U16(places.into_iter().map(|place| place as u16).collect()),
    };
    (field, Block::Dictionary { values: physical(column.column_type, &distinct), places, has_nulls })
}

fn field_type(column_type: ColumnType) -> FieldType {
    match column_type {
        ColumnType::Boolean => FieldType::Boolean,
        ColumnType::Int8 => FieldType::Int8,
        ColumnType::Int16 => FieldType::Int16,
        ColumnType::Int32 => FieldType::Int32,
        ColumnType::Int64 => FieldType::Int64,
        ColumnType::Uint8 => FieldType::Uint8,
        ColumnType::Uint16 => FieldType::Uint16,
        ColumnType::Uint32 => FieldType::Uint32,
        ColumnType::Uint64 => FieldType::Uint64,
        ColumnType::Float => FieldType::Float,
        ColumnType::Double => FieldType::Double,
        ColumnType::Decimal { precision, scale } => FieldType::Decimal { precision, scale },
        ColumnType::Date => FieldType::Date,
        ColumnType::Time => FieldType::Time,
        ColumnType::Timestamp => FieldType::Timestamp,
        ColumnType::Timestamptz => FieldType::Timestamptz,
        ColumnType::String => FieldType::String,
        ColumnType::Binary => FieldType::Binary,
        ColumnType::Uuid => FieldType::Uuid,
    }
}

fn physical(column_type: ColumnType, values: &[&Scalar]) -> Values {
    let int = |value: &&Scalar| crate::vector::int_from_scalar(value).unwrap_or(0);
    match column_type {
        ColumnType::Float | ColumnType::Double => {
            Values::Floats(values.iter().map(|value| if let Scalar::Float(value) = value { *value } else { 0.0 }).collect())
        }
        ColumnType::Decimal { .. } | ColumnType::Uint64 => {
            let decimals: Vec<i128> =
                values.iter().map(|value| if let Scalar::Decimal { unscaled, .. } = value { *unscaled } else { 0 }).collect();
            // As the decoder does where the file's type is narrow.
            let narrow: Option<Vec<i64>> = decimals.iter().map(|value| i64::try_from(*value).ok()).collect();
            narrow.map_or(Values::Decimals(decimals), Values::Ints)
        }
        ColumnType::String | ColumnType::Binary | ColumnType::Uuid => {
            let mut texts = Texts::default();
            for value in values {
                if let Scalar::String(value) = value {
                    texts.text.push_str(value);
                }
                texts.ends.push(texts.text.len() as u32);
            }
            Values::Texts(texts)
        }
        _ => Values::Ints(values.iter().map(int).collect()),
    }
}
