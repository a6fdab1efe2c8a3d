use crate::bitmap::Bitmap;
use crate::calendar;
use crate::codes::{Code, Codes, with_codes};
use crate::texts::Texts;
use crate::vector::{Lanes, Vector, scalar_from_int, scale_of};
use std::ops::Range;
use std::sync::OnceLock;
use tarn_dashboard::{DataType, Scalar, TimeUnit};
use tarn_protocol::QueryError;

/// Rows per zone: its least and greatest code let a filter skip it.
pub(crate) const ZONE_ROWS: usize = 2048;

/// The values of one expression in all rows of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub data_type: DataType,
    pub data: Data,
    /// Rows whose evaluation failed (they are null), and why one of them did.
    pub failed: Option<(Bitmap, QueryError)>,
    zones: OnceLock<Vec<(u32, u32)>>,
}

#[derive(Debug)]
pub(crate) enum Data {
    Coded(Coded),
    /// What does not fit into codes. `None`: no nulls.
    Plain {
        lanes: Lanes,
        valid: Option<Bitmap>,
    },
}

/// A dense code per row whose order is the order of the values. Where `nullable`, code 0 is null and values start at 1;
/// otherwise at 0. No null row exists when it is not `nullable`.
#[derive(Debug)]
pub(crate) struct Coded {
    pub codes: Codes,
    pub nullable: bool,
    /// All codes are below; not every code below need occur.
    pub domain: u32,
    pub values: Values,
}

/// What the n-th value of a [`Coded`] column is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    /// `base + n * step`.
    Linear {
        base: i64,
        step: i64,
    },
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Decimals(Vec<i128>),
    Texts(Texts),
    /// The start of the unit with the ordinal `first + n`.
    Units {
        unit: TimeUnit,
        first: i64,
    },
    /// `from + n * width`.
    Bins {
        from: f64,
        width: f64,
    },
}

impl Column {
    pub fn new(data_type: DataType, data: Data) -> Self {
        Self { data_type, data, failed: None, zones: OnceLock::new() }
    }

    pub fn coded(&self) -> Option<&Coded> {
        if let Data::Coded(coded) = &self.data { Some(coded) } else { None }
    }

    pub fn len(&self) -> usize {
        match &self.data {
            Data::Coded(coded) => coded.codes.len(),
            Data::Plain { lanes, .. } => lanes.len(),
        }
    }

    pub fn bytes(&self) -> usize {
        let data = match &self.data {
            Data::Coded(coded) => coded.codes.bytes() + coded.values.bytes(),
            Data::Plain { lanes, valid } => lane_bytes(lanes) + valid.as_ref().map_or(0, Bitmap::bytes),
        };
        data + self.failed.as_ref().map_or(0, |(rows, _)| rows.bytes()) + self.zones.get().map_or(0, |zones| zones.len() * 8)
    }

    /// The value of a code of a coded column.
    pub fn value(&self, code: u32) -> Scalar {
        let Data::Coded(coded) = &self.data else { return Scalar::Null };
        let Some(index) = coded.value_index(code) else { return Scalar::Null };
        match &coded.values {
            Values::Linear { base, step } => scalar_from_int(self.data_type, linear(*base, *step, index)),
            Values::Ints(values) => scalar_from_int(self.data_type, values[index]),
            Values::Floats(values) => Scalar::Float(values[index]),
            Values::Decimals(values) => Scalar::Decimal { unscaled: values[index], scale: scale_of(self.data_type) },
            Values::Texts(texts) => Scalar::String(texts.get(index).to_owned()),
            Values::Units { unit, first } => {
                scalar_from_int(self.data_type, calendar::unit_start(self.data_type, *unit, first + index as i64))
            }
            Values::Bins { from, width } => Scalar::Float(from + index as f64 * width),
        }
    }

    /// The values of some rows, for evaluation.
    pub fn read(&self, rows: Range<usize>) -> Vector {
        let mut vector = match &self.data {
            Data::Coded(coded) => {
                let mut codes = vec![0; rows.len()];
                coded.codes.read(rows.start, &mut codes);
                self.vector_of_codes(coded, &codes)
            }
            Data::Plain { lanes, valid } => {
                let mut vector = Vector::new(slice(lanes, rows.clone()));
                vector.valid = valid.as_ref().map(|valid| rows.clone().map(|row| valid.get(row)).collect());
                vector
            }
        };
        if let Some((failed, error)) = &self.failed {
            for (index, _) in rows.enumerate().filter(|(_, row)| failed.get(*row)) {
                vector.fail(index, || error.clone());
            }
        }
        vector
    }

    fn vector_of_codes(&self, coded: &Coded, codes: &[u32]) -> Vector {
        let first = u32::from(coded.nullable);
        // A null reads value 0 as its placeholder; where there is no value at all, a default.
        let index = |code: &u32| code.saturating_sub(first) as usize;
        let lanes = match (&coded.values, self.data_type) {
            (Values::Linear { base, step }, DataType::Boolean | DataType::Null) => {
                Lanes::Bool(codes.iter().map(|code| linear(*base, *step, index(code)) != 0).collect())
            }
            (Values::Linear { base, step }, DataType::Decimal { .. }) => {
                Lanes::Decimal(codes.iter().map(|code| i128::from(linear(*base, *step, index(code)))).collect())
            }
            (Values::Linear { base, step }, _) => Lanes::Int(codes.iter().map(|code| linear(*base, *step, index(code))).collect()),
            (Values::Ints(values), _) => {
                Lanes::Int(codes.iter().map(|code| values.get(index(code)).copied().unwrap_or_default()).collect())
            }
            (Values::Floats(values), _) => {
                Lanes::Float(codes.iter().map(|code| values.get(index(code)).copied().unwrap_or_default()).collect())
            }
            (Values::Decimals(values), _) => {
                Lanes::Decimal(codes.iter().map(|code| values.get(index(code)).copied().unwrap_or_default()).collect())
            }
            (Values::Texts(texts), _) => {
                let text = |code: &u32| if texts.len() == 0 { "" } else { texts.get(index(code)) };
                Lanes::Text(codes.iter().map(text).collect())
            }
            (Values::Units { unit, first }, data_type) => {
                Lanes::Int(codes.iter().map(|code| calendar::unit_start(data_type, *unit, first + index(code) as i64)).collect())
            }
            (Values::Bins { from, width }, _) => Lanes::Float(codes.iter().map(|code| from + index(code) as f64 * width).collect()),
        };
        let mut vector = Vector::new(lanes);
        if coded.nullable && codes.contains(&0) {
            vector.valid = Some(codes.iter().map(|code| *code != 0).collect());
        }
        vector
    }

    /// Least and greatest code of every [`ZONE_ROWS`] rows of a coded column; made when first asked for.
    pub fn zones(&self) -> &[(u32, u32)] {
        self.zones.get_or_init(|| match &self.data {
            Data::Coded(coded) => with_codes!(&coded.codes, codes => zones_of(codes)),
            Data::Plain { .. } => Vec::new(),
        })
    }
}

impl Coded {
    /// `None` for null.
    pub fn value_index(&self, code: u32) -> Option<usize> {
        if self.nullable { (code as usize).checked_sub(1) } else { Some(code as usize) }
    }

    /// The column with one row per code, to evaluate an expression once per value.
    pub fn domain_column(&self, data_type: DataType) -> Column {
        let codes = Codes::collect(u64::from(self.domain), 0..self.domain);
        Column::new(data_type, Data::Coded(Self { codes, nullable: self.nullable, domain: self.domain, values: self.values.clone() }))
    }
}

impl Coded {
    /// A column of the least and the greatest code that are not null; empty when there are none.
    pub fn domain_column_ends(&self, data_type: DataType) -> Column {
        let first = u32::from(self.nullable);
        let ends = if self.domain > first { vec![first, self.domain - 1] } else { Vec::new() };
        let codes = Codes::U32(ends);
        Column::new(data_type, Data::Coded(Self { codes, nullable: self.nullable, domain: self.domain, values: self.values.clone() }))
    }
}

impl Values {
    fn bytes(&self) -> usize {
        match self {
            Self::Linear { .. } | Self::Units { .. } | Self::Bins { .. } => 0,
            Self::Ints(values) => values.len() * 8,
            Self::Floats(values) => values.len() * 8,
            Self::Decimals(values) => values.len() * 16,
            Self::Texts(texts) => texts.bytes(),
        }
    }
}

#[inline]
fn linear(base: i64, step: i64, index: usize) -> i64 {
    base.wrapping_add((index as i64).wrapping_mul(step))
}

fn zones_of<C: Code>(codes: &[C]) -> Vec<(u32, u32)> {
    let zone = |rows: &[C]| {
        let (low, high) = rows.iter().fold((rows[0], rows[0]), |(low, high), code| (low.min(*code), high.max(*code)));
        (low.wide(), high.wide())
    };
    codes.chunks(ZONE_ROWS).map(zone).collect()
}

fn slice(lanes: &Lanes, rows: Range<usize>) -> Lanes {
    match lanes {
        Lanes::Bool(lanes) => Lanes::Bool(lanes[rows].to_vec()),
        Lanes::Int(lanes) => Lanes::Int(lanes[rows].to_vec()),
        Lanes::Float(lanes) => Lanes::Float(lanes[rows].to_vec()),
        Lanes::Decimal(lanes) => Lanes::Decimal(lanes[rows].to_vec()),
        Lanes::Text(lanes) => Lanes::Text(rows.map(|row| lanes.get(row)).collect()),
        Lanes::Interval(lanes) => Lanes::Interval(lanes[rows].to_vec()),
    }
}

pub(crate) fn lane_bytes(lanes: &Lanes) -> usize {
    match lanes {
        Lanes::Bool(lanes) => lanes.len(),
        Lanes::Int(lanes) => lanes.len() * 8,
        Lanes::Float(lanes) => lanes.len() * 8,
        Lanes::Decimal(lanes) => lanes.len() * 16,
        Lanes::Text(lanes) => lanes.bytes(),
        Lanes::Interval(lanes) => lanes.len() * 16,
    }
}
