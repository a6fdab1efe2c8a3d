//! The values that a filter offers, and those that are chosen.
use tarn_dashboard::{FilterValue, Scalar};
use tarn_protocol::{OptionRow, Options};

pub fn row_at(answer: Option<&Options>, row: usize) -> Option<&OptionRow> {
    let answer = answer?;
    answer.rows.as_ref().ok()?.get(row.checked_sub(answer.offset as usize)?)
}

/// The set after a choice: alone, or added, or taken away.
pub fn toggled(chosen: &[Scalar], value: Scalar, alone: bool) -> Vec<Scalar> {
    let was_chosen = chosen.contains(&value);
    let mut values: Vec<Scalar> = if alone { vec![] } else { chosen.iter().filter(|other| **other != value).cloned().collect() };
    if !was_chosen || (alone && chosen.len() > 1) {
        values.push(value);
    }
    values
}

pub fn chosen(value: Option<&FilterValue>) -> &[Scalar] {
    match value {
        Some(FilterValue::Set(values)) => values,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_added_taken_away_or_left_alone() {
        let set = |values: &[i64]| values.iter().map(|value| Scalar::Int(*value)).collect::<Vec<_>>();
        let after = |values: &[i64], value, alone| toggled(&set(values), Scalar::Int(value), alone);
        assert_eq!(after(&[], 1, false), set(&[1]));
        assert_eq!(after(&[1, 2], 1, false), set(&[2]));
        assert_eq!(after(&[1, 2], 3, true), set(&[3]));
        assert_eq!(after(&[1, 2], 1, true), set(&[1]));
        assert_eq!(after(&[1], 1, true), set(&[]), "chosen alone, chosen again");
    }

    #[test]
    fn rows_are_found_in_their_window() {
        let row = |value| OptionRow { value: Scalar::Int(value), count: 1 };
        let answer = Options { seq: 1, filter: "f".into(), offset: 100, rows: Ok(vec![row(7), row(8)]), n_matching: 500 };
        assert_eq!(row_at(Some(&answer), 101), Some(&row(8)));
        assert_eq!(row_at(Some(&answer), 99), None);
        assert_eq!(row_at(Some(&answer), 102), None);
        assert_eq!(row_at(None, 0), None);
    }
}
