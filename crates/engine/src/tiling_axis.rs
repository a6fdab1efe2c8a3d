use crate::axis::Axis;
use crate::calendar::{DAY_MICROS, micros_of};
use crate::vector::{float_from_scalar, int_from_scalar};
use tarn_dashboard::{DataType, Scalar};
use tarn_protocol::AxisKind;

/// More are no axis, or one of rounded values.
const MAX_PLACES: usize = 1 << 13;
/// Every zone's days begin at a whole quarter of an hour.
const QUARTER_HOUR_MICROS: i64 = 900_000_000;

/// The values of an axis that occur, and their codes.
pub(crate) struct Places {
    pub axis: tarn_protocol::Axis,
    /// The first code of every place, and the domain at the end.
    pub starts: Vec<u32>,
    /// By code.
    pub place_of: Vec<u16>,
}

impl Places {
    /// `None` for too many values, or those of a type whose tests the page does not know.
    #[inline]
    pub fn of(axis: &Axis) -> Option<Self> {
        let column = &axis.column;
        let coded = column.coded()?;
        let first = u32::from(coded.nullable);
        let occurring = || (first..coded.domain).filter(|code| axis.occurs(*code));
        let (n_occurring, is_temporal) = (occurring().count(), column.data_type.is_temporal());
        let unit = match column.data_type {
            _ if n_occurring <= MAX_PLACES => 1,
            DataType::TimestampTz => QUARTER_HOUR_MICROS,
            _ if is_temporal => DAY_MICROS,
            _ => return None,
        };
        let (mut starts, mut numbers, mut texts) = (vec![], vec![], vec![]);
        for code in occurring() {
            match column.value(code) {
                Scalar::String(text) => texts.push(text),
                Scalar::Boolean(value) => numbers.push(f64::from(u8::from(value))),
                value => match int_from_scalar(&value) {
                    Some(value) if is_temporal => {
                        let at = (micros_of(column.data_type, value).div_euclid(unit) * unit) as f64;
                        if numbers.last() == Some(&at) {
                            continue;
                        }
                        numbers.push(at);
                    }
                    _ => numbers.push(float_from_scalar(&value)?),
                },
            }
            starts.push(code);
        }
        let is_exact = numbers.iter().all(|number| number.abs() < (1i64 << 53) as f64);
        let kind = match column.data_type {
            DataType::String => AxisKind::Texts,
            DataType::Boolean => AxisKind::Truths,
            DataType::Float64 => AxisKind::Numbers,
            DataType::Int64 if is_exact => AxisKind::Numbers,
            DataType::Int64 | DataType::Decimal { .. } => AxisKind::Decimals,
            _ if is_temporal && is_exact => AxisKind::Instants,
            _ => return None,
        };
        if starts.len() > MAX_PLACES || starts.is_empty() && !coded.nullable {
            return None;
        }
        if coded.nullable {
            starts.insert(0, 0);
        }
        starts.push(coded.domain);
        // What occurs nowhere before the first place is at none, and no row asks for it.
        let mut place_of = vec![0; starts.first().map_or(0, |first| *first as usize)];
        for (place, codes) in starts.windows(2).enumerate() {
            place_of.resize(codes[1] as usize, place as u16);
        }
        Some(Self { axis: tarn_protocol::Axis { nullable: coded.nullable, kind, unit, numbers, texts }, starts, place_of })
    }
}
