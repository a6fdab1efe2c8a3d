use super::read::Reader;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::ops::Range;
use tarn_dashboard::{FilterValue, Scalar};

/// The values of the expression that a filter tests, in their order: each is a place, the first of them null's where there is one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Axis {
    pub nullable: bool,
    pub kind: AxisKind,
    /// Instants are rounded down to a multiple of it: a test of others cannot be told.
    pub unit: i64,
    /// Of every kind but texts; instants in microseconds since 1970, truths as 0 and 1.
    pub numbers: Vec<f64>,
    pub texts: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum AxisKind {
    #[default]
    Texts,
    /// Those of decimals stand for them, so that an interval of them can be told, but no set.
    Decimals,
    Numbers,
    Truths,
    Instants,
}

impl Axis {
    pub(super) fn read(from: &mut Reader) -> Option<Self> {
        Some(Self { nullable: from.take()?, kind: from.take()?, unit: from.take()?, numbers: from.take()?, texts: from.take()? })
    }

    /// All places.
    pub fn whole(&self) -> Range<u32> {
        0..(self.numbers.len() + self.texts.len()) as u32 + u32::from(self.nullable)
    }

    /// The places whose values pass, as intervals in ascending order. `None` where that cannot be told here.
    pub fn places(&self, value: &FilterValue) -> Option<Vec<Range<u32>>> {
        match (value, self.kind) {
            (FilterValue::Range { from, to }, AxisKind::Decimals | AxisKind::Numbers) => Some(self.between(*from, *to)),
            (FilterValue::DateRange { from, to }, AxisKind::Instants) => {
                let is_told = |at: &Option<i64>| at.is_none_or(|at| at % self.unit == 0);
                let bound = |at: &Option<i64>| at.map(|at| at as f64);
                (is_told(from) && is_told(to)).then(|| self.between(bound(from), bound(to)))
            }
            (FilterValue::Boolean(wanted), AxisKind::Truths) => Some(joined(&self.place(f64::from(u8::from(*wanted))))),
            (FilterValue::Set(wanted), _) => {
                let mut places: Vec<u32> = vec![];
                for wanted in wanted {
                    let found = match (wanted, self.kind) {
                        (Scalar::Null, _) => {
                            if self.nullable {
                                vec![0]
                            } else {
                                vec![]
                            }
                        }
                        (Scalar::String(wanted), AxisKind::Texts) => {
                            let at = below(self.texts.len(), &|at| self.texts[at].as_str() < wanted.as_str());
                            if self.texts.get(at) == Some(wanted) { vec![at as u32 + u32::from(self.nullable)] } else { vec![] }
                        }
                        (Scalar::Int(wanted), AxisKind::Numbers) => self.place(*wanted as f64),
                        (Scalar::Float(wanted), AxisKind::Numbers) => self.place(*wanted),
                        _ => return None,
                    };
                    for place in found {
                        let at = below(places.len(), &|at| places[at] < place);
                        if places.get(at) != Some(&place) {
                            places.insert(at, place);
                        }
                    }
                }
                Some(joined(&places))
            }
            _ => None,
        }
    }

    fn below(&self, bound: f64) -> u32 {
        below(self.numbers.len(), &|at| compare_floats(self.numbers[at], bound).is_lt()) as u32 + u32::from(self.nullable)
    }

    fn between(&self, from: Option<f64>, to: Option<f64>) -> Vec<Range<u32>> {
        let places = from.map_or(u32::from(self.nullable), |from| self.below(from))..to.map_or(self.whole().end, |to| self.below(to));
        if places.is_empty() { vec![] } else { vec![places] }
    }

    /// That of a number, if there is one.
    fn place(&self, number: f64) -> Vec<u32> {
        let place = self.below(number);
        let found = self.numbers.get((place - u32::from(self.nullable)) as usize);
        if found.is_some_and(|found| compare_floats(*found, number).is_eq()) { vec![place] } else { vec![] }
    }
}

/// The first of `n` places that is not below.
fn below(n: usize, is_below: &dyn Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low.midpoint(high);
        if is_below(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

fn joined(places: &[u32]) -> Vec<Range<u32>> {
    let mut intervals: Vec<Range<u32>> = vec![];
    for place in places {
        match intervals.last_mut() {
            Some(last) if last.end == *place => last.end += 1,
            _ => intervals.push(*place..place + 1),
        }
    }
    intervals
}

/// DuckDB's order of doubles: NaN equals itself and is the greatest; both zeros are equal.
pub(super) fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}
