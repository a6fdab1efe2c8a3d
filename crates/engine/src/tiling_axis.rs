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
}

impl Places {
    /// `None` for too many values, or those of a type whose tests the page does not know.
    #[inline]
    pub fn of(axis: &Axis) -> Option<Self> {
        let column = &axis.column;
        let coded = column.coded()?;
        let first = u32::from(coded.nullable);
        let occurs = |code: &u32| !axis.rows(*code..*code + 1).is_empty();
        let mut starts: Vec<u32> = (first..coded.domain).filter(occurs).collect();
        let is_temporal = column.data_type.is_temporal();
        if starts.len() > MAX_PLACES && !is_temporal {
            return None;
        }
        let (mut numbers, mut texts) = (vec![], vec![]);
        for code in &starts {
            match column.value(*code) {
                Scalar::String(text) => texts.push(text),
                Scalar::Boolean(value) => numbers.push(f64::from(u8::from(value))),
                value => match int_from_scalar(&value) {
                    Some(value) if is_temporal => numbers.push(micros_of(column.data_type, value) as f64),
                    _ => numbers.push(float_from_scalar(&value)?),
                },
            }
        }
        let is_exact = numbers.iter().all(|number| number.abs() < (1i64 << 53) as f64);
        let mut unit = 1;
        let kind = match column.data_type {
            DataType::String => AxisKind::Texts,
            DataType::Boolean => AxisKind::Truths,
            DataType::Float64 => AxisKind::Numbers,
            DataType::Int64 if is_exact => AxisKind::Numbers,
            DataType::Int64 | DataType::Decimal { .. } => AxisKind::Decimals,
            data_type if is_temporal && is_exact => {
                unit = match data_type {
                    _ if numbers.len() <= MAX_PLACES => 1,
                    DataType::TimestampTz => QUARTER_HOUR_MICROS,
                    _ => DAY_MICROS,
                };
                let (mut place, mut rounded) = (0, vec![]);
                starts.retain(|_| {
                    let at = (numbers[place] as i64).div_euclid(unit) * unit;
                    place += 1;
                    let is_new = rounded.last() != Some(&(at as f64));
                    if is_new {
                        rounded.push(at as f64);
                    }
                    is_new
                });
                numbers = rounded;
                AxisKind::Instants
            }
            _ => return None,
        };
        if starts.len() > MAX_PLACES {
            return None;
        }
        if coded.nullable {
            starts.insert(0, 0);
        }
        starts.push(coded.domain);
        Some(Self { axis: tarn_protocol::Axis { nullable: coded.nullable, kind, unit, numbers, texts }, starts })
    }
}
