use crate::TableError;
use crate::codes::{Code as _, with_codes};
use crate::column::{Coded, Column};
use crate::column_builder::ColumnBuilder;
use crate::derived::Derived;
use crate::intake;
use std::sync::Arc;
use tarn_dashboard::{Column as ContractColumn, Expr, Scalar, Zone};
use tarn_decode::{Block, Field};
use tarn_protocol::QueryError;

/// Collects decoded blocks into a [`Table`].
pub struct TableBuilder {
    columns: Vec<(ContractColumn, ColumnBuilder)>,
    n_rows: u64,
}

impl TableBuilder {
    /// The columns to keep, with the types of the contract.
    pub fn new(columns: &[ContractColumn]) -> Self {
        let builder = |column: &ContractColumn| (column.clone(), ColumnBuilder::new(column.column_type.data_type()));
        Self { columns: columns.iter().map(builder).collect(), n_rows: 0 }
    }

    /// Announces rows, whose values every column has to be given.
    pub fn add_rows(&mut self, n_rows: usize) -> Result<(), TableError> {
        self.n_rows += n_rows as u64;
        if self.n_rows >= u64::from(u32::MAX) {
            return Err(TableError::RowCount { expected: u64::from(u32::MAX) - 1, found: self.n_rows });
        }
        Ok(())
    }

    /// The next rows of one of the columns, by its position. After an error the builder is of no use.
    #[inline(never)]
    pub fn append(&mut self, column: usize, field: &Field, block: Block) -> Result<(), TableError> {
        let Some((column, builder)) = self.columns.get_mut(column) else {
            return Err(TableError::MissingColumn { column: field.name.clone() });
        };
        intake::append(builder, column, field, block)
    }

    /// The next rows of one of the columns, which all have this value.
    pub fn append_value(&mut self, column: usize, value: &Scalar, n_rows: usize) -> Result<(), TableError> {
        let Some((column, builder)) = self.columns.get_mut(column) else {
            return Err(TableError::MissingColumn { column: String::new() });
        };
        intake::append_value(builder, column, value, n_rows)
    }

    /// Bytes of the columns so far.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|(_, builder)| builder.bytes()).sum()
    }

    /// Fails when a column has not been given as many rows as were announced.
    pub fn finish(self) -> Result<Table, TableError> {
        let mut columns = Vec::with_capacity(self.columns.len());
        // One after the other, so that only one column exists twice.
        for (column, builder) in self.columns {
            let finished = builder.finish();
            if finished.len() as u64 != self.n_rows {
                return Err(TableError::RowCount { expected: self.n_rows, found: finished.len() as u64 });
            }
            columns.push((column.name, Arc::new(finished)));
        }
        let (n_rows, zone) = (self.n_rows as usize, Arc::default());
        Ok(Table { columns, n_rows, zone, whole: None, derived: Derived::default() })
    }
}

/// Least and greatest value; both null when there is none.
pub type Span = (Scalar, Scalar);

/// Immutable columns, and what earlier queries derived from them.
pub struct Table {
    columns: Vec<(String, Arc<Column>)>,
    n_rows: usize,
    pub(crate) zone: Arc<Zone>,
    /// Least and greatest values over the whole, of which this table has only a part of the rows.
    whole: Option<Vec<(Expr, Span)>>,
    pub(crate) derived: Derived,
}

impl Table {
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The zone whose calendar instants are on: UTC unless said otherwise.
    pub fn set_zone(&mut self, zone: Arc<Zone>) {
        if self.zone != zone {
            self.zone = zone;
            self.derived = Derived::default();
        }
    }

    pub fn has_column(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// Bytes of columns and of everything derived from them.
    pub fn memory_bytes(&self) -> usize {
        self.derived.bytes(self.columns.iter().map(|(_, column)| column))
    }

    /// Gives up what queries have left behind and none of the last `n_runs` runs has used: it is made again when it is needed.
    pub fn forget_unused(&mut self, n_runs: u16) {
        self.derived.sweep(0, n_runs);
    }

    /// Drops the other columns, and all that was derived. Queries of dropped columns fail until they are added again.
    pub fn keep_columns(&mut self, needed: impl Fn(&str) -> bool) {
        if self.columns.iter().any(|(name, _)| !needed(name)) {
            self.forget_unused(0);
            self.columns.retain(|(name, _)| needed(name));
        }
    }

    /// Takes over the columns of a table with the same rows. A column that is here already is kept.
    pub fn add_columns(&mut self, other: Table) -> Result<(), TableError> {
        if other.n_rows != self.n_rows {
            return Err(TableError::RowCount { expected: self.n_rows as u64, found: other.n_rows as u64 });
        }
        for (name, column) in other.columns {
            if !self.has_column(&name) {
                self.columns.push((name, column));
            }
        }
        Ok(())
    }

    /// Says that rows are missing, with the spans of the whole that are known: others cannot be asked for.
    pub fn is_part_of(&mut self, spans: Vec<(Expr, Span)>) {
        self.whole = Some(spans);
    }

    /// Gives place to a table with more of the same rows. While some are missing, the spans of the whole stay known.
    pub fn give_place(&mut self, other: Table, complete: bool) {
        let (whole, zone) = (self.whole.take().filter(|_| !complete), self.zone.clone());
        *self = Table { whole, zone, ..other };
    }

    /// Least and greatest value over all rows, also those that a part of a table has not. Looked for once per expression.
    pub fn min_max(&mut self, expr: &Expr) -> Result<Span, QueryError> {
        if let Some(whole) = &self.whole {
            let known = whole.iter().find(|(known, _)| known == expr).map(|(_, span)| span.clone());
            return known.ok_or_else(|| QueryError::Unsupported { what: "the span of values of which only a part is here".into() });
        }
        if let Some(span) = self.derived.spans.get(expr) {
            return Ok(span.as_ref().clone());
        }
        let key = self.dense(expr)?;
        let codes = key.coded().and_then(|coded| code_span(coded, key.zones()));
        let span = codes.map_or((Scalar::Null, Scalar::Null), |(least, greatest)| (key.value(least), key.value(greatest)));
        self.derived.spans.insert(expr.clone(), span.clone());
        Ok(span)
    }

    /// How many distinct values there are over all rows, null not counted.
    pub fn distinct_count(&mut self, expr: &Expr) -> Result<u64, QueryError> {
        let (key, counts) = self.counts(expr, &[])?;
        let Some(coded) = key.coded() else { return Ok(0) };
        Ok(counts.occurring().filter(|code| coded.value_index(*code).is_some()).count() as u64)
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.columns.iter().find(|(own, _)| own == name).map(|(_, column)| column)
    }
}

/// The least and greatest code of a value; codes are in the order of values.
fn code_span(coded: &Coded, zones: &[(u32, u32)]) -> Option<(u32, u32)> {
    let first = u32::from(coded.nullable);
    let greatest = zones.iter().map(|(_, high)| *high).max().filter(|code| *code >= first)?;
    let least = if coded.nullable {
        // Zones with nulls do not tell their least value.
        with_codes!(&coded.codes, codes => codes.iter().map(|code| code.wide()).filter(|code| *code != 0).min())
    } else {
        zones.iter().map(|(low, _)| *low).min()
    };
    Some((least?, greatest))
}
