use crate::Query;
use crate::group::Grouping;
use crate::mask::contains_folded;
use crate::rows::Groups;
use crate::vector::{Vector, float_from_scalar};
use tarn_dashboard::{Civil, ColumnSearch, OrderBy, Scalar};

const DAY_MICROS: i64 = 86_400_000_000;

/// Keeps the groups that a viewer's searches find.
pub(crate) fn keep_found(query: &Query, grouping: &Grouping, groups: &Groups, measures: &[Vector], found: &mut Vec<u32>) {
    for (by, search) in &query.search {
        match by {
            OrderBy::Key(key) => {
                let (column, codes) = (grouping.keys.get(*key as usize), groups.codes.get(*key as usize));
                let (Some(column), Some(codes)) = (column, codes) else { continue };
                // By code, so that each value is looked at once.
                let mut known: Vec<Option<bool>> = Vec::new();
                found.retain(|row| {
                    let code = codes[*row as usize] as usize;
                    if known.len() <= code {
                        known.resize(code + 1, None);
                    }
                    *known[code].get_or_insert_with(|| finds(search, &column.value(code as u32)))
                });
            }
            OrderBy::Measure(at) => {
                let measure = query.measures.get(*at as usize).zip(measures.get(*at as usize));
                let Some((measure, vector)) = measure else { continue };
                found.retain(|row| finds(search, &vector.scalar(measure.data_type(), *row as usize)));
            }
        }
    }
}

/// No search finds null.
pub(crate) fn finds(search: &ColumnSearch, value: &Scalar) -> bool {
    match (search, value) {
        (ColumnSearch::Compares(_), value) => float_from_scalar(value).is_some_and(|value| search.finds_number(value)),
        (ColumnSearch::Contains(part), Scalar::String(text)) => contains_folded(text, part),
        (ColumnSearch::Contains(part), Scalar::Boolean(value)) => contains_folded(if *value { "true" } else { "false" }, part),
        (ColumnSearch::Contains(part), Scalar::Date(days)) => contains_folded(&day(i64::from(*days) * DAY_MICROS), part),
        (ColumnSearch::Contains(part), Scalar::Timestamp(at)) => {
            let seconds = at.rem_euclid(DAY_MICROS) / 1_000_000;
            let time = format!("{}T{:02}:{:02}:{:02}", day(*at), seconds / 3600, seconds / 60 % 60, seconds % 60);
            contains_folded(&time, part)
        }
        _ => false,
    }
}

fn day(at: i64) -> String {
    let Civil { year, month, day, .. } = Civil::from_micros(at);
    format!("{year:04}-{month:02}-{day:02}")
}
