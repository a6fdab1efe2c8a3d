#![allow(clippy::unwrap_used)]
use super::*;
use arrow_array::{Array as _, Int64Array, StringArray, cast::AsArray as _, types::Int64Type};
use arrow_schema::{Field, Schema};
use proptest::prelude::*;

type Row = (Option<i64>, Option<String>);

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("number", DataType::Int64, true), Field::new("text", DataType::Utf8, true)]))
}

fn batch(rows: &[Row]) -> RecordBatch {
    let numbers = Int64Array::from_iter(rows.iter().map(|row| row.0));
    let texts = StringArray::from_iter(rows.iter().map(|row| row.1.clone()));
    RecordBatch::try_new(schema(), vec![Arc::new(numbers), Arc::new(texts)]).unwrap()
}

fn rows(batches: impl Iterator<Item = Result<RecordBatch, PublishError>>) -> Vec<Row> {
    let mut all = vec![];
    for batch in batches {
        let batch = batch.unwrap();
        let (numbers, texts) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(1).as_string::<i32>());
        let text = |row| texts.is_valid(row).then(|| texts.value(row).to_owned());
        all.extend((0..batch.num_rows()).map(|row| (numbers.is_valid(row).then(|| numbers.value(row)), text(row))));
    }
    all
}

fn sorted(chunks: &[Vec<Row>], budget: usize) -> (Vec<Row>, usize) {
    let mut sorter = Sorter::new(schema(), &[1], budget).unwrap();
    chunks.iter().for_each(|chunk| sorter.push(batch(chunk)).unwrap());
    let n_runs = sorter.n_runs;
    (rows(sorter.finish().unwrap()), n_runs)
}

proptest! {
    #[test]
    fn runs_on_disk_give_what_memory_gives(chunks in prop::collection::vec(prop::collection::vec((prop::option::of(-9i64..9), prop::option::of("[a-c]{0,2}")), 0..40), 0..12)) {
        let mut expected: Vec<Row> = chunks.iter().flatten().cloned().collect();
        let last = |value: &Option<String>| (value.is_none(), value.clone());
        expected.sort_by_key(|(number, text)| (last(text), number.is_none(), *number));
        let (in_memory, n_runs) = sorted(&chunks, usize::MAX);
        prop_assert_eq!(n_runs, 0);
        prop_assert_eq!(&in_memory, &expected);
        let (merged, n_runs) = sorted(&chunks, 1);
        prop_assert_eq!(n_runs, chunks.iter().filter(|chunk| !chunk.is_empty()).count());
        prop_assert_eq!(&merged, &expected);
    }
}

#[test]
fn a_merge_spans_many_batches() {
    let chunks: Vec<Vec<Row>> = (0..3).map(|run| (0..40_000).map(|row| (Some(row * 3 + run), Some("same".to_owned()))).collect()).collect();
    let (merged, n_runs) = sorted(&chunks, 1);
    assert_eq!(n_runs, 3);
    assert!(merged.iter().map(|row| row.0.unwrap()).eq(0..120_000));
}
