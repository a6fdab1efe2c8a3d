//! Tables with more rows than travel at once: the stretches of one are those of the whole.

use crate::world::{compile, parquet, rows};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use std::sync::Arc;
use tarn_dashboard::FilterValue;
use tarn_protocol::{FIRST_ROWS, Request, Rows, RowsRequest, Run, ViewRequest, ViewResult};
use tarn_runtime::{MemoryHost, Runtime, block_on};

const FILE: &str = "https://store/users.parquet";
const USERS: &str = "
title: Users
data:
  users:
    source: users.parquet
    ttl: 5m
    schema: { name: string!, amount: int64! }
    measures: { visits: count(*), spent: sum(amount) }
filters:
  amount: { field: users.amount, type: range }
pages:
  - title: Only
    filters: [amount]
    rows:
      - [{ table: [spent, visits], by: [name], limit: 4000000, id: users, style: { spent: { bar: true } } }]
      - [{ table: [spent, visits], by: [name], limit: 110000, totals: true, id: most }]
";
const N_USERS: i64 = 130_000;

fn users(base: i64) -> RecordBatch {
    let name: ArrayRef = Arc::new(StringArray::from_iter_values((0..N_USERS).map(|row| format!("user {row:06}"))));
    let amount: ArrayRef = Arc::new(Int64Array::from_iter_values((0..N_USERS).map(|row| base + row * 7_919 % 10_007)));
    RecordBatch::try_from_iter([("name", name), ("amount", amount)]).unwrap()
}

fn world() -> (MemoryHost, Runtime<MemoryHost>) {
    let host = MemoryHost::default();
    host.advance_ms(1e12);
    host.put_file(FILE, parquet(&users(0)), Some("\"1\""));
    let runtime = Runtime::new(host.clone(), compile(USERS), "https://store/", |_| {});
    (host, runtime)
}

fn question(order: &[(u32, bool)], in_parts: bool) -> Run {
    let view = ViewRequest { id: "users".into(), order: order.to_vec(), in_parts, ..ViewRequest::default() };
    Run { seq: 1, page: "only".into(), selections: vec![], comparisons: vec![], views: vec![view] }
}

fn answer(runtime: &Runtime<MemoryHost>, run: &Run) -> ViewResult {
    block_on(runtime.run(run)).views.remove(0).1.unwrap()
}

fn stretch(runtime: &Runtime<MemoryHost>, run: &Run, token: u64, from: u32, n_rows: u32) -> Option<Vec<String>> {
    let Rows { table, .. } = block_on(runtime.rows(&RowsRequest { seq: 1, run: run.clone(), token, from, n_rows, behind: None }));
    table.map(|table| rows(&table))
}

#[test]
fn stretches_in_any_order_are_those_of_the_whole() {
    let (_, runtime) = world();
    for order in [&[][..], &[(0, true)], &[(1, false)], &[(2, true), (1, true), (0, true)]] {
        let whole = answer(&runtime, &question(order, false));
        assert_eq!((whole.long.is_none(), whole.n_rows()), (true, N_USERS as u32));
        let run = question(order, true);
        let long = answer(&runtime, &run);
        let expected = rows(&whole.table);
        assert_eq!((long.table.n_rows, long.n_rows(), long.n_groups), (FIRST_ROWS, N_USERS as u32, N_USERS as u64));
        assert_eq!(rows(&long.table), expected[..FIRST_ROWS as usize]);
        assert_eq!((&long.totals, long.rows_matched), (&whole.totals, whole.rows_matched));
        let known = long.long.unwrap();
        assert_eq!(known.maxima, [0.0, 10_006.0, 0.0], "of the column with bars alone");
        for (from, n_rows) in [(0, 3), (64_999, 500), (N_USERS as u32 - 5, 100), (N_USERS as u32, 7), (u32::MAX, 7)] {
            let there = expected.len().min(from as usize)..expected.len().min(from.saturating_add(n_rows) as usize);
            assert_eq!(stretch(&runtime, &run, known.token, from, n_rows).unwrap(), expected[there], "{order:?} from {from}");
        }
    }
}

/// A table that is held is put in another order without its query: beyond a limit and under a search it says what the query would.
#[test]
fn another_order_is_that_of_the_query() {
    let orders = [&[][..], &[(0, false)], &[(0, true)], &[(1, true)], &[(1, false), (0, true)], &[(2, false), (1, true)]];
    for (id, search) in
        [("most", vec![]), ("most", vec![(1, "> 7".to_owned())]), ("users", vec![(0, "0".to_owned()), (1, "<9900".to_owned())])]
    {
        let (_, held) = world();
        for order in orders {
            let mut run = question(order, true);
            (run.views[0].id, run.views[0].search) = (id.to_owned(), search.clone());
            let fresh = answer(&world().1, &run);
            let found = answer(&held, &run);
            assert_eq!(found, fresh, "{id} by {order:?}");
            let token = found.long.expect("long").token;
            let end = fresh.n_rows() - 3;
            assert_eq!(stretch(&held, &run, token, end, 9), stretch(&world().1, &run, token, end, 9), "{id} by {order:?}");
            run.views[0].in_parts = false;
            let whole = rows(&answer(&held, &run).table);
            assert_eq!(rows(&found.table), whole[..FIRST_ROWS as usize], "{id} by {order:?}");
        }
    }
}

#[test]
fn rows_are_never_of_another_answer() {
    let (host, runtime) = world();
    let run = question(&[], true);
    let token = |run: &Run| answer(&runtime, run).long.unwrap().token;
    let first = token(&run);
    let expected = stretch(&runtime, &run, first, 50_000, 3).unwrap();
    // Others push it out; it is made again for its own question.
    let mut narrowed = run.clone();
    for from in 0..6 {
        narrowed.selections = vec![("amount".into(), FilterValue::Range { from: Some(f64::from(from)), to: None })];
        assert_ne!(token(&narrowed), first);
    }
    assert_eq!(stretch(&runtime, &run, first, 50_000, 3).unwrap(), expected);
    let other = token(&question(&[(0, false)], true));
    assert_ne!(other, first, "another order is another answer");
    // A new snapshot, once the rows of the old one are pushed out, has other rows and no more of those.
    host.advance_ms(300_000.0);
    host.put_file(FILE, parquet(&users(5)), Some("\"2\""));
    block_on(runtime.handle(Request::Revalidate { source: "users".into() }));
    for from in 0..6 {
        narrowed.selections = vec![("amount".into(), FilterValue::Range { from: Some(f64::from(from)), to: None })];
        token(&narrowed);
    }
    assert_eq!(stretch(&runtime, &run, first, 50_000, 3), None);
    assert_ne!(token(&run), first);
}
