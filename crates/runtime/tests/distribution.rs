//! The distribution of a number in its control.
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use std::sync::Arc;
use tarn_dashboard::Scalar;
use tarn_protocol::OptionsRequest;
use tarn_runtime::{MemoryHost, block_on};

use crate::world::{FILE, Tab, parquet};

/// The edges of the bins, and the rows between them, of a file with these fares.
fn distribution(fares: Vec<i64>) -> (Vec<f64>, Vec<u64>) {
    let n = fares.len();
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..n as i64).map(|row| row * 1_000_000)));
    let city: ArrayRef = Arc::new(StringArray::from_iter((0..n).map(|_| Some("Oslo"))));
    let fare: ArrayRef = Arc::new(Int64Array::from(fares));
    let host = MemoryHost::default();
    host.put_file(FILE, parquet(&RecordBatch::try_from_iter([("at", at), ("fare", fare), ("city", city)]).unwrap()), Some("\"1\""));
    let tab = Tab::open(&host);
    let request = OptionsRequest {
        seq: 1,
        page: "money".into(),
        filter: "fare".into(),
        selections: vec![],
        search: String::new(),
        offset: 0,
        limit: 0,
    };
    let rows = block_on(tab.runtime.options(&request)).rows.unwrap();
    let edge = |value: &Scalar| if let Scalar::Float(edge) = value { *edge } else { panic!("{value:?}") };
    let counts = rows.iter().map(|row| row.count).take(rows.len() - 1).collect();
    (rows.iter().map(|row| edge(&row.value)).collect(), counts)
}

#[test]
fn a_few_values_far_away_do_not_flatten_all_others() {
    let near = (0..10_000).map(|row| row % 100);
    let (edges, counts) = distribution(near.chain([5_000_000, -3_000, 40_000]).collect());
    assert!(edges.len() > 20, "{edges:?}");
    assert_eq!(counts.iter().sum::<u64>(), 10_003, "every row stands in a bin");
    assert_eq!((counts[0], *counts.last().unwrap()), (1, 2), "one bin on each side for what lies far away");
    assert!(edges[0] <= -3_000.0 && *edges.last().unwrap() > 5_000_000.0, "{edges:?}");
    // The first of them may begin a little before the values do.
    let inner = &counts[2..counts.len() - 1];
    assert!(inner.iter().all(|count| *count >= 100), "{counts:?}");
}

#[test]
fn values_that_lie_together_keep_even_bins() {
    let (edges, counts) = distribution((0..4_000).map(|row| row % 400).collect());
    let widths: Vec<f64> = edges.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(widths, [10.0; 40]);
    assert_eq!(counts, [100; 40]);
}

#[test]
fn one_value_alone_and_one_that_nearly_all_rows_have() {
    assert_eq!(distribution(vec![7; 50]).1, [50]);
    let (edges, counts) = distribution((0..10_000).map(|row| if row % 1_000 == 0 { row / 10 } else { 0 }).collect());
    assert_eq!(counts.iter().sum::<u64>(), 10_000);
    assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{edges:?}");
}
