//! All rows into local files: what is wrong with them is known before anything is sent to the store.
use crate::{
    PublishError,
    calendar::{Boundaries, days, is_calendar, newest_ms},
    checks::{Before, Watch},
    conform::Conform,
    files::{FileWriter, WrittenFile},
    input,
    publish::{Event, Run},
    sort::{Sorter, is_sortable},
};
use std::collections::BTreeMap;
use tarn_snapshot::SnapshotDocument;
use tarn_spec::Publication;
use tempfile::TempDir;

/// All rows, in files of this machine.
pub(crate) struct LaidOut {
    /// In the order of their rows.
    pub files: Vec<WrittenFile>,
    /// Holds the files.
    pub folder: TempDir,
    /// The calendar unit by which `split: auto` divided them.
    pub split: Option<&'static str>,
}

/// Reads, checks, sorts and writes all rows to local files.
pub(crate) fn lay_out(run: &Run<'_>, before: Option<&SnapshotDocument>) -> Result<LaidOut, PublishError> {
    let Publication { layout, checks, input, .. } = run.publication;
    let columns = &run.source.columns;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let rows = input::open(input, run.base, run.patience, &names, run.environment)?;
    let mut conform = Conform::new(&rows.schema, columns)?;
    let schema = conform.schema.clone();
    let positions = |wanted: &[String], key: &str| -> Result<Vec<usize>, PublishError> {
        let position = |name: &String| {
            let found = schema.index_of(name).ok().filter(|at| is_sortable(schema.field(*at).data_type()));
            found.ok_or_else(|| {
                PublishError::configuration(
                    format!("`{key}` names `{name}`, which is no column of the contract"),
                    format!("columns: {}", names.join(", ")),
                )
            })
        };
        wanted.iter().map(position).collect()
    };
    let partition_by = positions(&layout.partition_by, "partition_by")?;
    let sort = if layout.sort.is_empty() { run.source.time.iter().cloned().collect() } else { layout.sort.clone() };
    let sort = positions(&sort, "sort")?;
    let time = run.source.time.as_ref().and_then(|time| schema.index_of(time).ok());
    let split_by = sort.first().copied().filter(|at| is_calendar(schema.field(*at).data_type()));

    let mut order = partition_by.clone();
    order.extend(sort.iter().filter(|at| !partition_by.contains(at)));
    let mut sorter = Sorter::new(schema.clone(), &order, run.memory_bytes)?;
    let mut watch = Watch::new(checks, &schema, run.memory_bytes / 4)?;
    let mut rows_by_day: BTreeMap<i32, u64> = BTreeMap::new();
    let mut newest: Option<i64> = None;
    let mut told = 0;
    for batch in rows.batches {
        let Some(batch) = conform.batch(&batch?)? else { continue };
        watch.batch(&batch)?;
        if let Some(split_by) = split_by {
            days(&batch, split_by).into_iter().flatten().for_each(|day| *rows_by_day.entry(day).or_default() += 1);
        }
        newest = newest.max(time.and_then(|time| newest_ms(&batch, time)));
        sorter.push(batch)?;
        if conform.n_rows() >= told + 1_000_000 {
            told = conform.n_rows();
            (run.log)(&Event::Read { rows: told });
        }
    }
    let mut breaks = conform.breaks();
    breaks.extend(watch.finish(conform.n_rows(), Before { n_rows: before.map(|before| before.rows) }, newest, run.now_ms as i64)?);
    if !breaks.is_empty() {
        return Err(PublishError::Broken(breaks));
    }
    (run.log)(&Event::Checked { rows: conform.n_rows() });
    let boundaries = Boundaries::new(layout.split, &rows_by_day, before.and_then(|before| before.split.as_deref()));
    let split = boundaries.auto_unit();
    let mut writer = FileWriter::new(schema, partition_by, split_by, boundaries, layout.row_group_rows)?;
    for batch in sorter.finish()? {
        writer.write(&batch?)?;
    }
    let (files, folder) = writer.finish()?;
    Ok(LaidOut { files, folder, split })
}
