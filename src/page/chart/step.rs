//! One value of a chart's key, and what it selects.
use tarn_dashboard::{FilterKind, FilterValue, Scalar};

/// One value of a key, and the interval that it fills where it has one: `[from, to)`, in the units of its filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub key: Scalar,
    pub span: Option<(f64, f64)>,
}

impl Step {
    /// Whether a row of this step passes the filter. Without a value everything does.
    pub fn is_in(&self, chosen: Option<&FilterValue>) -> bool {
        let middle = || self.span.map(|(from, to)| (from + to) / 2.0);
        match chosen {
            None => true,
            Some(FilterValue::Set(values)) => values.contains(&self.key),
            Some(chosen) => match (interval(chosen), middle()) {
                (Some((from, to)), Some(middle)) => from <= middle && middle < to,
                _ => false,
            },
        }
    }

    /// The filter's value that stands for this step alone, or with what is chosen already.
    pub fn chosen(&self, kind: FilterKind, before: Option<&FilterValue>, adds: bool) -> Option<FilterValue> {
        let (from, to) = match kind {
            FilterKind::MultiSelect | FilterKind::Select => return self.set(before, adds),
            _ => self.span?,
        };
        let (from, to) = match before.and_then(interval).filter(|_| adds) {
            Some((first, last)) => (from.min(first), to.max(last)),
            None => (from, to),
        };
        let end = |at: f64| at.is_finite().then_some(at);
        Some(match kind {
            FilterKind::DateRange => FilterValue::DateRange { from: end(from).map(|at| at as i64), to: end(to).map(|at| at as i64) },
            _ => FilterValue::Range { from: end(from), to: end(to) },
        })
    }

    fn set(&self, before: Option<&FilterValue>, adds: bool) -> Option<FilterValue> {
        let mut values = match before {
            Some(FilterValue::Set(values)) if adds => values.clone(),
            _ => vec![],
        };
        match values.iter().position(|value| *value == self.key) {
            Some(at) => _ = values.remove(at),
            None => values.push(self.key.clone()),
        }
        (!values.is_empty()).then_some(FilterValue::Set(values))
    }
}

/// The selected interval in the units of the chart's axis, its open ends at infinity.
pub fn interval(selection: &FilterValue) -> Option<(f64, f64)> {
    match selection {
        FilterValue::DateRange { from, to } => {
            Some((from.map_or(f64::NEG_INFINITY, |at| at as f64), to.map_or(f64::INFINITY, |at| at as f64)))
        }
        FilterValue::Range { from, to } => Some((from.unwrap_or(f64::NEG_INFINITY), to.unwrap_or(f64::INFINITY))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(key: i64) -> Step {
        Step { key: Scalar::Int(key), span: Some((key as f64, key as f64 + 1.0)) }
    }

    fn set(values: &[i64]) -> Option<FilterValue> {
        Some(FilterValue::Set(values.iter().map(|value| Scalar::Int(*value)).collect()))
    }

    #[test]
    fn a_step_is_chosen_as_its_filter_takes_it() {
        assert_eq!(step(5).chosen(FilterKind::MultiSelect, None, false), set(&[5]));
        assert_eq!(step(5).chosen(FilterKind::MultiSelect, set(&[3]).as_ref(), false), set(&[5]));
        assert_eq!(step(5).chosen(FilterKind::MultiSelect, set(&[3]).as_ref(), true), set(&[3, 5]));
        assert_eq!(step(5).chosen(FilterKind::MultiSelect, set(&[5]).as_ref(), true), None);
        let range = |from, to| Some(FilterValue::Range { from, to });
        assert_eq!(step(5).chosen(FilterKind::Range, range(Some(1.0), None).as_ref(), false), range(Some(5.0), Some(6.0)));
        assert_eq!(step(5).chosen(FilterKind::Range, range(Some(1.0), Some(2.0)).as_ref(), true), range(Some(1.0), Some(6.0)));
        let day = Some(FilterValue::DateRange { from: Some(5), to: Some(6) });
        assert_eq!(step(5).chosen(FilterKind::DateRange, None, false), day);
    }

    #[test]
    fn steps_know_whether_they_are_chosen() {
        assert!(step(5).is_in(None));
        assert!(step(5).is_in(set(&[3, 5]).as_ref()) && !step(4).is_in(set(&[3, 5]).as_ref()));
        let from_five = FilterValue::Range { from: Some(5.0), to: None };
        assert!(step(5).is_in(Some(&from_five)) && !step(4).is_in(Some(&from_five)));
        assert!(!Step { key: Scalar::Null, span: None }.is_in(Some(&from_five)));
    }
}
