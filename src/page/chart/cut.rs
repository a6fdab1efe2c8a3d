//! What is left out of a heatmap whose cells would be too many to be told apart.
use super::grid::places;
use tarn_chart::ascending;
use tarn_dashboard::{Bucket, DataType, View, ViewKind};
use tarn_protocol::{ResultColumn, ViewResult};

/// Columns and rows that are shown: of texts, which are read one by one; and of numbers and times.
const MOST: [(usize, usize); 2] = [(100, 400), (40, 100)];

/// Which rows of a result are drawn, and of each axis that is not whole its place, how many of its steps are shown, and of how many.
#[derive(Debug, PartialEq)]
pub struct Cut {
    pub rows: Vec<u32>,
    pub told: Vec<(usize, u64, u64)>,
}

/// `None` where all is shown.
pub fn cut(view: &View, result: &ViewResult) -> Option<Cut> {
    if view.kind != ViewKind::Heatmap {
        return None;
    }
    let columns = result.table.columns.get(usize::from(view.facet.is_some())..)?;
    let in_time: Vec<bool> = view.keys.iter().map(|key| matches!(key.bucket, Bucket::Time { .. })).collect();
    cut_axes(columns, &in_time, result.table.n_rows as usize)
}

/// Of a time axis the newest steps are shown; of others those whose cells add up to most. The two axes come first, then the values.
fn cut_axes(columns: &[ResultColumn], in_time: &[bool], n: usize) -> Option<Cut> {
    let values = columns.get(2)?;
    let (mut shown, mut told) = (vec![true; n], vec![]);
    for (axis, (texts, others)) in MOST.into_iter().enumerate() {
        let most = if columns[axis].data_type == DataType::String { texts } else { others };
        let (firsts, place_of) = places(&columns[axis], n);
        if firsts.len() <= most {
            continue;
        }
        let mut weights: Vec<f64> = (0..firsts.len()).map(|step| step as f64).collect();
        if !in_time[axis] {
            weights.fill(0.0);
            for (row, place) in place_of.iter().enumerate() {
                weights[*place] += values.number(row).filter(|value| value.is_finite()).map_or(0.0, f64::abs);
            }
        }
        let mut is_kept = vec![false; firsts.len()];
        ascending(&weights).into_iter().rev().take(most).for_each(|step| is_kept[step] = true);
        shown.iter_mut().zip(place_of).for_each(|(shown, place)| *shown &= is_kept[place]);
        told.push((axis, most as u64, firsts.len() as u64));
    }
    let rows = (0..).zip(shown).filter(|(_, shown)| *shown).map(|(row, _)| row).collect();
    (!told.is_empty()).then_some(Cut { rows, told })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tarn_protocol::Values;

    const HOUR: i64 = 3_600_000_000;

    fn columns(n_times: i64, n_texts: i64) -> ([ResultColumn; 3], usize) {
        let cells = || (0..n_times).flat_map(|time| (0..n_texts).map(move |text| (time, text)));
        let column = |name: &str, data_type, values| ResultColumn { name: name.into(), data_type, values, validity: None };
        let columns = [
            column("t", DataType::Timestamp, Values::Int(cells().map(|(time, _)| time * HOUR).collect())),
            column("s", DataType::String, Values::String(cells().map(|(_, text)| text.to_string()).collect())),
            column("m", DataType::Int64, Values::Int(cells().map(|(_, text)| text).collect())),
        ];
        (columns, cells().count())
    }

    #[test]
    fn a_heatmap_shows_its_newest_times_and_its_greatest_rows() {
        let (few, n) = columns(400, 40);
        assert_eq!(cut_axes(&few, &[true, false], n), None);
        let (many, n) = columns(410, 60);
        let cut = cut_axes(&many, &[true, false], n).unwrap_or(Cut { rows: vec![], told: vec![] });
        assert_eq!((cut.rows.len(), cut.told), (400 * 40, vec![(0, 400, 410), (1, 40, 60)]));
        let number = |column: usize, row: u32| many[column].number(row as usize).unwrap_or_default();
        assert!(cut.rows.iter().all(|row| number(0, *row) >= 10.0 * HOUR as f64 && number(2, *row) >= 20.0));
    }
}
