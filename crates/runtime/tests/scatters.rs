//! Scatter plots of rows on axes by powers of ten.

use crate::world::{FILE, compile, parquet};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use std::sync::Arc;
use tarn_protocol::{Run, ViewRequest, ViewResult};
use tarn_runtime::{MemoryHost, Runtime, block_on};

const DASHBOARD: &str = "
title: Numbers
data:
  numbers:
    source: trips.parquet
    ttl: 5m
    schema: { east: int64, north: double }
pages:
  - title: All
    rows:
      - { scatter: [east, north], points: 10, scale: { east: log, north: symlog }, id: bins }
      - { scatter: [east, north], points: 10, scale: { east: log, north: symlog }, bounds: { east: [100, 5000], north: [-9, 99] }, id: bounded }
      - { scatter: [east, north], scale: { east: log, north: symlog }, id: points }
";

/// Whole numbers with every power of ten from 100 on, less than zero and null; and numbers on both sides of zero, 9 and 99 among them.
fn numbers() -> Vec<(Option<i64>, f64)> {
    let x = |row: i64| [Some(10i64.pow(row as u32 / 4 % 5 + 2)), Some(row * row + 24), Some(-row), None][row as usize % 4];
    let y = |row: i64| [9.0, -9.0, 99.0, row as f64 / 7.0 - 20.0, 0.0][row as usize % 5];
    (0..400).map(|row| (x(row), y(row))).collect()
}

fn shown(view: &str) -> ViewResult {
    let (x, y): (Vec<Option<i64>>, Vec<f64>) = numbers().into_iter().unzip();
    let (x, y): (ArrayRef, ArrayRef) = (Arc::new(Int64Array::from(x)), Arc::new(Float64Array::from(y)));
    let host = MemoryHost::default();
    host.put_file(FILE, parquet(&RecordBatch::try_from_iter([("east", x), ("north", y)]).unwrap()), None);
    let runtime = Runtime::new(host, compile(DASHBOARD), "https://store/", |_| {});
    let views = vec![ViewRequest { id: view.into(), ..ViewRequest::default() }];
    let run = Run { seq: 1, page: "all".into(), selections: vec![], comparisons: vec![], views };
    block_on(runtime.run(&run)).views.remove(0).1.unwrap()
}

/// The lower edges of the bins, each once, and how many rows lie in each bin.
fn bins(result: &ViewResult) -> ([Vec<f64>; 2], Vec<f64>) {
    let column = |at: usize| (0..result.table.n_rows as usize).map(|row| result.table.columns[at].number(row).unwrap()).collect::<Vec<_>>();
    let (mut across, mut up) = (column(0), column(1));
    across.dedup();
    up.truncate(up.len() / across.len());
    ([across, up], column(2))
}

#[test]
fn bins_are_equal_on_the_axes_and_a_power_of_ten_lies_above_its_edge() {
    for (id, spans) in [("bins", [(25.0, 1e6), (-20.0, 99.0)]), ("bounded", [(100.0, 5_000.0), (-9.0, 99.0)])] {
        let result = shown(id);
        let ([across, up], counts) = bins(&result);
        assert!(across.len() <= 60 && up.len() <= 40 && counts.len() == across.len() * up.len(), "{across:?} {up:?}");
        let ratios: Vec<f64> = across.windows(2).map(|pair| pair[1] / pair[0]).collect();
        assert!(ratios.iter().all(|ratio| (ratio / ratios[0] - 1.0).abs() < 1e-9), "{ratios:?}");
        assert!(
            result.spans.iter().zip(spans).all(|((from, to), (least, most))| *from <= least + 1e-6 && *to >= most * 0.9),
            "{:?}",
            result.spans
        );
        // An edge that is a power of ten is one but for its last digits.
        let lies = |value: f64, edges: &[f64], (from, to): (f64, f64)| {
            let edge = |at: usize| edges[at] - edges[at].abs() * 1e-7;
            let within = id != "bounded" || (from..to).contains(&value);
            (0..edges.len()).rev().find(|at| value >= edge(*at)).filter(|_| within)
        };
        let mut expected = vec![0.0; counts.len()];
        for (x, y) in numbers() {
            let x = x.filter(|x| *x > 0).and_then(|x| lies(x as f64, &across, spans[0]));
            if let (Some(x), Some(y)) = (x, lies(y, &up, spans[1])) {
                expected[x * up.len() + y] += 1.0;
            }
        }
        assert_eq!(counts, expected, "{id}: {across:?} {up:?}");
        assert!(counts.iter().sum::<f64>() > 10.0);
    }
}

#[test]
fn rows_are_listed_as_they_are_and_those_without_a_place_left_out() {
    let result = shown("points");
    let number = |at: usize, row: usize| result.table.columns[at].number(row).unwrap();
    let mut listed: Vec<(i64, f64)> = (0..result.table.n_rows as usize).map(|row| (number(0, row) as i64, number(1, row))).collect();
    let mut expected: Vec<(i64, f64)> = numbers().into_iter().filter_map(|(x, y)| Some((x.filter(|x| *x > 0)?, y))).collect();
    for rows in [&mut listed, &mut expected] {
        rows.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    assert_eq!(listed, expected);
    assert!(result.rows_matched == 400 && (10.0..25.0).contains(&result.spans[0].0), "{:?}", result.spans);
}
