//! What must hold of the rows before a snapshot is switched to.
use crate::{
    Break, PublishError,
    sort::{Sorted, Sorter},
};
use arrow_array::{Array as _, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_row::{OwnedRow, RowConverter, SortField};
use arrow_schema::{Schema, SchemaRef};
use std::{collections::BTreeMap, sync::Arc};
use tarn_spec::Checks;

/// Values that are told of a break.
const SHOWN: usize = 5;

/// Watches the rows as they pass.
pub(crate) struct Watch {
    checks: Checks,
    schema: SchemaRef,
    /// Of each unique key: its columns' positions, and their values to be sorted.
    keys: Vec<(Vec<usize>, Sorter)>,
    /// Unaccepted texts and how often they occur, by column.
    unaccepted: BTreeMap<String, BTreeMap<String, u64>>,
}

/// What the last snapshot was like.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Before {
    pub n_rows: Option<u64>,
}

impl Watch {
    pub fn new(checks: &Checks, schema: &SchemaRef, budget_bytes: usize) -> Result<Self, PublishError> {
        let position = |name: &String| {
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            let hint = format!("columns: {}", names.join(", "));
            schema
                .index_of(name)
                .map_err(|_| PublishError::configuration(format!("`checks` names column `{name}`, which is not published"), hint))
        };
        let mut keys = vec![];
        for unique in &checks.unique {
            let columns = unique.iter().map(position).collect::<Result<Vec<usize>, _>>()?;
            let fields: Vec<_> = columns.iter().map(|at| schema.field(*at).clone()).collect();
            let order: Vec<usize> = (0..fields.len()).collect();
            keys.push((columns, Sorter::new(Arc::new(Schema::new(fields)), &order, budget_bytes)?));
        }
        for (name, _) in &checks.accepted_values {
            position(name)?;
        }
        Ok(Self { checks: checks.clone(), schema: Arc::clone(schema), keys, unaccepted: BTreeMap::new() })
    }

    pub fn batch(&mut self, batch: &RecordBatch) -> Result<(), PublishError> {
        for (columns, sorter) in &mut self.keys {
            sorter.push(batch.project(columns)?)?;
        }
        let options = FormatOptions::default();
        for (name, accepted) in &self.checks.accepted_values {
            let Some(column) = batch.column_by_name(name) else { continue };
            let values = ArrayFormatter::try_new(column.as_ref(), &options)?;
            for row in (0..column.len()).filter(|row| column.is_valid(*row)) {
                let value = values.value(row).to_string();
                if !accepted.contains(&value) {
                    *self.unaccepted.entry(name.clone()).or_default().entry(value).or_default() += 1;
                }
            }
        }
        Ok(())
    }

    /// All breaks. `newest_ms` is the newest value of the source's time, and `now_ms` the clock of this machine.
    pub fn finish(self, n_rows: u64, before: Before, newest_ms: Option<i64>, now_ms: i64) -> Result<Vec<Break>, PublishError> {
        let mut breaks = row_breaks(&self.checks, n_rows, before);
        for (name, values) in &self.unaccepted {
            let n: u64 = values.values().sum();
            let shown: Vec<String> = values.keys().take(SHOWN).map(|value| format!("`{value}`")).collect();
            let more = if values.len() > SHOWN { format!(" and {} more", values.len() - SHOWN) } else { String::new() };
            breaks.push(Break {
                what: format!("column `{name}`"),
                message: format!("{n} rows have values that are not accepted: {}{more}", shown.join(", ")),
                hint: None,
            });
        }
        for (columns, sorter) in self.keys {
            let names: Vec<&str> = columns.iter().map(|at| self.schema.field(*at).name().as_str()).collect();
            let (n, example) = duplicates(sorter.finish()?)?;
            if n > 0 {
                breaks.push(Break {
                    what: format!("unique key `{}`", names.join(", ")),
                    message: format!("{n} rows repeat the key of another, such as {example}"),
                    hint: None,
                });
            }
        }
        if let Some(within) = self.checks.fresh_within_secs {
            let age_secs = newest_ms.map(|newest| (now_ms - newest) / 1000);
            if age_secs.is_none_or(|age| age > i64::from(within)) {
                let message = match age_secs {
                    Some(age) => format!("the newest row is {} h old, and at most {} h are allowed", age / 3600, within / 3600),
                    None => "no row has a time".to_owned(),
                };
                breaks.push(Break { what: "freshness".to_owned(), message, hint: Some("has the job upstream run?".to_owned()) });
            }
        }
        Ok(breaks)
    }
}

fn row_breaks(checks: &Checks, n_rows: u64, before: Before) -> Vec<Break> {
    let mut messages = vec![];
    if let Some(min) = checks.rows.min.filter(|min| n_rows < *min) {
        messages.push(format!("there are {n_rows}, and at least {min} are expected"));
    }
    if let Some(max) = checks.rows.max.filter(|max| n_rows > *max) {
        messages.push(format!("there are {n_rows}, and at most {max} are expected"));
    }
    if let (Some(change), Some(before)) = (checks.rows.change, before.n_rows.filter(|before| *before > 0)) {
        let found = (n_rows as f64 - before as f64) / before as f64;
        if found.abs() > change {
            messages.push(format!(
                "there are {n_rows}, {:+.0} % beside the last snapshot's {before}; at most {:.0} % are allowed",
                found * 100.0,
                change * 100.0
            ));
        }
    }
    messages.into_iter().map(|message| Break { what: "rows".to_owned(), message, hint: None }).collect()
}

/// How many rows have the key of the row before them, and one such key. A key with a null in it is no duplicate, as in SQL.
fn duplicates(sorted: Sorted) -> Result<(u64, String), PublishError> {
    let (mut n, mut example) = (0, String::new());
    let mut converter: Option<RowConverter> = None;
    let mut last: Option<OwnedRow> = None;
    for batch in sorted {
        let batch = batch?;
        let converter = match &converter {
            Some(converter) => converter,
            None => {
                let fields = batch.schema().fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
                converter.insert(RowConverter::new(fields)?)
            }
        };
        let rows = converter.convert_columns(batch.columns())?;
        for row in 0..batch.num_rows() {
            let whole = batch.columns().iter().all(|column| column.is_valid(row));
            let same =
                if row > 0 { rows.row(row) == rows.row(row - 1) } else { last.as_ref().is_some_and(|last| last.row() == rows.row(row)) };
            if same && whole {
                n += 1;
                if example.is_empty() {
                    example = shown(&batch, row)?;
                }
            }
        }
        last = batch.num_rows().checked_sub(1).map(|row| rows.row(row).owned());
    }
    Ok((n, example))
}

fn shown(batch: &RecordBatch, row: usize) -> Result<String, PublishError> {
    let options = FormatOptions::default();
    let values = batch.columns().iter().map(|column| Ok(ArrayFormatter::try_new(column.as_ref(), &options)?.value(row).to_string()));
    Ok(format!("`{}`", values.collect::<Result<Vec<_>, PublishError>>()?.join(", ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use arrow_array::{Int64Array, StringArray};
    use arrow_schema::{DataType, Field};
    use tarn_spec::RowBounds;

    fn found(checks: Checks, chunks: &[&[(Option<i64>, &str)]], before: Option<u64>) -> Vec<String> {
        let schema: SchemaRef =
            Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true), Field::new("region", DataType::Utf8, true)]));
        let mut watch = Watch::new(&checks, &schema, 1).unwrap();
        for chunk in chunks {
            let ids = Int64Array::from_iter(chunk.iter().map(|row| row.0));
            let regions = StringArray::from_iter_values(chunk.iter().map(|row| row.1));
            watch.batch(&RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(ids), Arc::new(regions)]).unwrap()).unwrap();
        }
        let n_rows = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        let breaks = watch.finish(n_rows, Before { n_rows: before }, Some(0), 7_200_000).unwrap();
        breaks.into_iter().map(|one| format!("{}: {}", one.what, one.message)).collect()
    }

    #[test]
    fn keys_are_unique_across_batches_and_nulls_are_no_keys() {
        let unique =
            |columns: &[&str]| Checks { unique: vec![columns.iter().map(|name| (*name).to_owned()).collect()], ..Checks::default() };
        let rows: &[&[(Option<i64>, &str)]] = &[&[(Some(1), "EU"), (None, "EU")], &[(Some(2), "EU"), (Some(1), "US"), (None, "EU")]];
        assert_eq!(found(unique(&["id"]), rows, None), ["unique key `id`: 1 rows repeat the key of another, such as `1`"]);
        assert_eq!(found(unique(&["id", "region"]), rows, None), [""; 0]);
    }

    #[test]
    fn values_rows_and_age_are_held_to_their_bounds() {
        let checks = Checks {
            accepted_values: vec![("region".to_owned(), vec!["EU".to_owned()])],
            rows: RowBounds { min: Some(5), max: None, change: Some(0.5) },
            fresh_within_secs: Some(3_600),
            ..Checks::default()
        };
        let told = found(checks, &[&[(Some(1), "EU"), (Some(2), "USA")], &[(Some(3), "USA")]], Some(10));
        assert_eq!(
            told,
            [
                "rows: there are 3, and at least 5 are expected",
                "rows: there are 3, -70 % beside the last snapshot's 10; at most 50 % are allowed",
                "column `region`: 2 rows have values that are not accepted: `USA`",
                "freshness: the newest row is 2 h old, and at most 1 h are allowed",
            ]
        );
    }
}
