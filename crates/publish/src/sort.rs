//! Sorts rows of any number in bounded memory: sorted runs on disk, then one merge.
//!
//! Rows are ordered by the given columns and then by all others, so that the same set of rows comes out in the same order
//! however it came in: equal data makes equal files.
use crate::PublishError;
use arrow_array::{RecordBatch, UInt32Array};
use arrow_ipc::{
    CompressionType,
    reader::FileReader,
    writer::{FileWriter, IpcWriteOptions},
};
use arrow_row::{OwnedRow, RowConverter, Rows, SortField};
use arrow_schema::{DataType, SchemaRef, SortOptions};
use arrow_select::{concat::concat_batches, interleave::interleave_record_batch, take::take_record_batch};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{BufReader, BufWriter},
    sync::Arc,
};
use tempfile::TempDir;

/// Rows of a merged batch, and of the batches of a run.
const BATCH_ROWS: usize = 16_384;

/// Takes batches in any order; [`Sorter::finish`] gives them back sorted.
pub(crate) struct Sorter {
    schema: SchemaRef,
    /// Positions of the columns that can be ordered, the chosen ones first.
    order: Vec<usize>,
    held: Vec<RecordBatch>,
    held_bytes: usize,
    budget_bytes: usize,
    folder: TempDir,
    n_runs: usize,
}

impl Sorter {
    /// `by` are positions in the schema. `budget_bytes` bounds the rows held at a time; sorting them takes about twice that.
    pub fn new(schema: SchemaRef, by: &[usize], budget_bytes: usize) -> Result<Self, PublishError> {
        let mut order = by.to_vec();
        // Nested values have no order of their own; they stay with their row.
        let rest = (0..schema.fields().len()).filter(|at| !by.contains(at) && !schema.field(*at).data_type().is_nested());
        order.extend(rest);
        let folder = TempDir::new().map_err(PublishError::scratch)?;
        Ok(Self { schema, order, held: vec![], held_bytes: 0, budget_bytes, folder, n_runs: 0 })
    }

    pub fn push(&mut self, batch: RecordBatch) -> Result<(), PublishError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.held_bytes += batch.get_array_memory_size();
        self.held.push(batch);
        if self.held_bytes > self.budget_bytes { self.spill() } else { Ok(()) }
    }

    /// The rows in order. What fits the budget never touches the disk.
    pub fn finish(mut self) -> Result<Sorted, PublishError> {
        if self.n_runs == 0 {
            let batches = match self.sort_held()? {
                Some(batch) => slices(&batch),
                None => vec![],
            };
            return Ok(Sorted::Held(batches.into_iter()));
        }
        if !self.held.is_empty() {
            self.spill()?;
        }
        let runs = (0..self.n_runs).map(|run| Run::open(&self.path(run), &self.schema, &self.order));
        let runs = runs.collect::<Result<Vec<Run>, PublishError>>()?;
        Ok(Sorted::Merged(Box::new(Merge::new(self.schema.clone(), runs, self.folder)?)))
    }

    fn path(&self, run: usize) -> std::path::PathBuf {
        self.folder.path().join(format!("run-{run}.arrow"))
    }

    fn spill(&mut self) -> Result<(), PublishError> {
        let Some(sorted) = self.sort_held()? else { return Ok(()) };
        let file = File::create(self.path(self.n_runs)).map_err(PublishError::scratch)?;
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let mut writer = FileWriter::try_new_with_options(BufWriter::new(file), &self.schema, options)?;
        for batch in slices(&sorted) {
            writer.write(&batch)?;
        }
        writer.finish()?;
        self.n_runs += 1;
        Ok(())
    }

    fn sort_held(&mut self) -> Result<Option<RecordBatch>, PublishError> {
        let held = std::mem::take(&mut self.held);
        self.held_bytes = 0;
        if held.is_empty() {
            return Ok(None);
        }
        let batch = concat_batches(&self.schema, &held)?;
        drop(held);
        let rows = rows_of(&converter(&self.schema, &self.order)?, &batch, &self.order)?;
        let mut indices: Vec<u32> = (0..batch.num_rows() as u32).collect();
        // Most exports are sorted already.
        let in_order = (1..batch.num_rows()).all(|at| rows.row(at - 1) <= rows.row(at));
        if in_order {
            return Ok(Some(batch));
        }
        indices.sort_unstable_by(|a, b| rows.row(*a as usize).cmp(&rows.row(*b as usize)));
        drop(rows);
        Ok(Some(take_record_batch(&batch, &UInt32Array::from(indices))?))
    }
}

fn slices(batch: &RecordBatch) -> Vec<RecordBatch> {
    let starts = (0..batch.num_rows()).step_by(BATCH_ROWS);
    starts.map(|start| batch.slice(start, BATCH_ROWS.min(batch.num_rows() - start))).collect()
}

fn converter(schema: &SchemaRef, order: &[usize]) -> Result<RowConverter, PublishError> {
    // Nulls last, as DuckDB sorts; NaN is greater than every number in both.
    let options = SortOptions { descending: false, nulls_first: false };
    let fields = order.iter().map(|at| SortField::new_with_options(schema.field(*at).data_type().clone(), options));
    Ok(RowConverter::new(fields.collect())?)
}

fn rows_of(converter: &RowConverter, batch: &RecordBatch, order: &[usize]) -> Result<Rows, PublishError> {
    let columns: Vec<_> = order.iter().map(|at| Arc::clone(batch.column(*at))).collect();
    Ok(converter.convert_columns(&columns)?)
}

/// Sorted batches, one after the other.
pub(crate) enum Sorted {
    Held(std::vec::IntoIter<RecordBatch>),
    Merged(Box<Merge>),
}

impl Iterator for Sorted {
    type Item = Result<RecordBatch, PublishError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Held(batches) => batches.next().map(Ok),
            Self::Merged(merge) => merge.next_batch().transpose(),
        }
    }
}

/// One sorted run on disk, and its batch at hand.
struct Run {
    reader: FileReader<BufReader<File>>,
    converter: RowConverter,
    order: Vec<usize>,
    batch: Option<(RecordBatch, Rows)>,
    at: usize,
}

impl Run {
    fn open(path: &std::path::Path, schema: &SchemaRef, order: &[usize]) -> Result<Self, PublishError> {
        let file = BufReader::new(File::open(path).map_err(PublishError::scratch)?);
        let mut run = Self {
            reader: FileReader::try_new(file, None)?,
            converter: converter(schema, order)?,
            order: order.to_vec(),
            batch: None,
            at: 0,
        };
        run.read()?;
        Ok(run)
    }

    fn read(&mut self) -> Result<(), PublishError> {
        self.at = 0;
        self.batch = match self.reader.next() {
            Some(batch) => {
                let batch = batch?;
                let rows = rows_of(&self.converter, &batch, &self.order)?;
                Some((batch, rows))
            }
            None => None,
        };
        Ok(())
    }

    fn key(&self) -> Option<OwnedRow> {
        self.batch.as_ref().map(|(_, rows)| rows.row(self.at).owned())
    }
}

pub(crate) struct Merge {
    schema: SchemaRef,
    runs: Vec<Run>,
    /// The least row of each run; of equal ones the earlier run's first.
    heap: BinaryHeap<Reverse<(OwnedRow, usize)>>,
    /// Holds the runs until the merge ends.
    _folder: TempDir,
}

impl Merge {
    fn new(schema: SchemaRef, runs: Vec<Run>, folder: TempDir) -> Result<Self, PublishError> {
        let heap = runs.iter().enumerate().filter_map(|(at, run)| Some(Reverse((run.key()?, at)))).collect();
        Ok(Self { schema, runs, heap, _folder: folder })
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, PublishError> {
        let mut sources: Vec<RecordBatch> = vec![];
        // By run, where its current batch stands among the sources.
        let mut place: Vec<Option<usize>> = vec![None; self.runs.len()];
        let mut picks: Vec<(usize, usize)> = Vec::with_capacity(BATCH_ROWS);
        while picks.len() < BATCH_ROWS {
            let Some(Reverse((_, at))) = self.heap.pop() else { break };
            let run = &mut self.runs[at];
            let Some((batch, rows)) = &run.batch else { continue };
            let source = *place[at].get_or_insert_with(|| {
                sources.push(batch.clone());
                sources.len() - 1
            });
            // As long as this run stays ahead of the others, its rows need no heap.
            let limit = self.heap.peek().map(|Reverse((row, other))| (row.row(), *other));
            loop {
                picks.push((source, run.at));
                run.at += 1;
                let ahead = run.at < rows.num_rows() && limit.is_none_or(|(row, other)| (rows.row(run.at), at) < (row, other));
                if !ahead || picks.len() == BATCH_ROWS {
                    break;
                }
            }
            if run.at == rows.num_rows() {
                run.read()?;
                place[at] = None;
            }
            if let Some(key) = run.key() {
                self.heap.push(Reverse((key, at)));
            }
        }
        if picks.is_empty() {
            return Ok(None);
        }
        let sources: Vec<&RecordBatch> = sources.iter().collect();
        let merged = interleave_record_batch(&sources, &picks)?;
        debug_assert_eq!(merged.schema(), self.schema);
        Ok(Some(merged))
    }
}

/// Whether rows can be sorted by a column of this type.
pub(crate) fn is_sortable(data_type: &DataType) -> bool {
    !data_type.is_nested() && !matches!(data_type, DataType::Null)
}

#[cfg(test)]
#[path = "sort_tests.rs"]
mod tests;
