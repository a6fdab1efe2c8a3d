//! What a table remembers of earlier queries: evaluated expressions, keys, masks. All of it can be made again.
use crate::bitmap::Bitmap;
use crate::cache::Cache;
use crate::codes::{Code as _, Codes, with_codes};
use crate::column::{Coded, Column, Data, Values};
use crate::column_builder::ColumnBuilder;
use crate::encode::densify;
use crate::eval::{Block, columns_of, evaluate};
use crate::group::Grouping;
use crate::index::Indexes;
use crate::mask::mask_of;
use crate::pass::{Counted as CountedPass, Formers};
use crate::{Clause, KeyBucket, Table, Test};
use std::sync::Arc;
use tarn_dashboard::{DataType, Expr, Node, Scalar, Zone};
use tarn_protocol::QueryError;

/// Rows that are evaluated at a time: small enough for their lanes to stay in the cache.
const BLOCK_ROWS: usize = 4096;

/// What a grouping is made from: its keys, without the filling of gaps.
pub(crate) type GroupInputs = Vec<(Expr, KeyBucket)>;

pub(crate) struct Derived {
    /// An expression that is more than a column.
    evaluated: Cache<Expr, Column>,
    /// The same, with codes to group by.
    dense: Cache<Expr, Column>,
    keys: Cache<(Expr, KeyBucket), Column>,
    pub groupings: Cache<GroupInputs, Grouping>,
    masks: Cache<(Expr, Test), Bitmap>,
    /// Least and greatest values over all rows.
    pub spans: Cache<Expr, (Scalar, Scalar)>,
    /// The most frequent values, most frequent first.
    pub frequent: Cache<Expr, Vec<Scalar>>,
    pub formers: Formers,
    pub indexes: Indexes,
}

impl Default for Derived {
    fn default() -> Self {
        Self {
            evaluated: Cache::new(64),
            dense: Cache::new(32),
            keys: Cache::new(32),
            groupings: Cache::new(32),
            masks: Cache::new(32),
            spans: Cache::new(64),
            frequent: Cache::new(16),
            formers: Formers::default(),
            indexes: Indexes::default(),
        }
    }
}

impl Derived {
    /// Together with the table's own columns: one that is under several headings is counted once.
    pub fn bytes<'a>(&'a self, own: impl Iterator<Item = &'a Arc<Column>>) -> usize {
        let mut counted = Counted::default();
        own.for_each(|column| counted.add_column(column));
        for cache in [&self.evaluated, &self.dense] {
            cache.values().for_each(|column| counted.add_column(column));
        }
        self.keys.values().for_each(|column| counted.add_column(column));
        self.indexes.columns().for_each(|column| counted.add_column(column));
        self.groupings.values().chain(self.indexes.groupings()).for_each(|grouping| counted.add_grouping(grouping));
        self.masks.values().for_each(|mask| counted.add_mask(mask));
        self.formers.whole.iter().for_each(|(pass, _)| counted.add_pass(pass));
        for (former, _) in &self.formers.lately {
            counted.add_mask(&former.mask);
            former.counted.iter().for_each(|pass| counted.add_pass(pass));
        }
        counted.bytes + self.indexes.bytes()
    }

    /// Makes all older by some runs, and gives up what has not been used for as many runs as `limit` says. Spans and most frequent
    /// values, which are small, stay.
    pub fn sweep(&mut self, older_by: u8, limit: u16) {
        self.evaluated.sweep(older_by, limit);
        self.dense.sweep(older_by, limit);
        self.keys.sweep(older_by, limit);
        self.groupings.sweep(older_by, limit);
        self.masks.sweep(older_by, limit);
        self.formers.sweep(older_by, limit);
        self.indexes.sweep(older_by, limit);
    }
}

/// Bytes of what is shared, each counted once.
#[derive(Default)]
struct Counted {
    /// Where they are, in order.
    places: Vec<*const ()>,
    bytes: usize,
}

impl Counted {
    #[inline(never)]
    fn add_column(&mut self, column: &Arc<Column>) {
        self.add(Arc::as_ptr(column).cast(), column.bytes());
    }

    #[inline(never)]
    fn add_grouping(&mut self, grouping: &Arc<Grouping>) {
        self.add(Arc::as_ptr(grouping).cast(), grouping.bytes());
        grouping.keys.iter().for_each(|key| self.add_column(key));
    }

    fn add_mask(&mut self, mask: &Arc<Bitmap>) {
        self.add(Arc::as_ptr(mask).cast(), mask.bytes());
    }

    #[inline(never)]
    fn add_pass(&mut self, pass: &CountedPass) {
        self.add_grouping(&pass.grouping);
        pass.argument.iter().for_each(|column| self.add_column(column));
        self.add(Arc::as_ptr(&pass.partial).cast(), pass.partial.bytes());
    }

    #[inline(never)]
    fn add(&mut self, place: *const (), bytes: usize) {
        if let Err(at) = self.places.binary_search(&place) {
            self.places.insert(at, place);
            self.bytes += bytes;
        }
    }
}

impl Table {
    /// The values of an expression in all rows.
    pub(crate) fn evaluated(&mut self, expr: &Expr) -> Result<Arc<Column>, QueryError> {
        if let Node::Column(name) = &expr.node {
            return self.column(name).cloned().ok_or_else(|| missing(name));
        }
        if let Some(column) = self.derived.evaluated.get(expr) {
            return Ok(column);
        }
        let names = columns_of(expr);
        let inputs = names.iter().map(|name| Ok((*name, self.column(name).cloned().ok_or_else(|| missing(name))?)));
        let inputs = inputs.collect::<Result<Vec<_>, QueryError>>()?;
        let column = match inputs.as_slice() {
            [(name, input)] => match input.coded() {
                // Once per value instead of once per row.
                Some(coded) if coded.domain as usize <= self.n_rows() && input.failed.is_none() => {
                    let domain = coded.domain_column(input.data_type);
                    let results = evaluate_rows(expr, &[(name, &domain)], coded.domain as usize, &self.zone)?;
                    spread(coded, densify(&results).unwrap_or(results))
                }
                _ => evaluate_rows(expr, &[(name, input)], self.n_rows(), &self.zone)?,
            },
            inputs => {
                let inputs: Vec<(&str, &Column)> = inputs.iter().map(|(name, column)| (*name, column.as_ref())).collect();
                evaluate_rows(expr, &inputs, self.n_rows(), &self.zone)?
            }
        };
        Ok(self.derived.evaluated.insert(expr.clone(), column))
    }

    /// The expression's values with codes to group by.
    pub(crate) fn dense(&mut self, expr: &Expr) -> Result<Arc<Column>, QueryError> {
        if let Some(column) = self.derived.dense.get(expr) {
            return Ok(column);
        }
        let column = self.evaluated(expr)?;
        if column.coded().is_none() && expr.data_type == DataType::Interval {
            return Err(QueryError::Unsupported { what: "grouping by an interval".into() });
        }
        let dense = densify(&column).map_or(column, Arc::new);
        Ok(self.derived.dense.insert_shared(expr.clone(), dense))
    }

    /// The groups of a key as codes. For a bucket other than [`KeyBucket::Value`], code 0 is left out.
    pub(crate) fn key(&mut self, expr: &Expr, bucket: KeyBucket) -> Result<Arc<Column>, QueryError> {
        let inputs = (expr.clone(), bucket);
        if let Some(column) = self.derived.keys.get(&inputs) {
            return Ok(column);
        }
        let column = match bucket {
            KeyBucket::Value => self.dense(expr)?,
            KeyBucket::Time { unit, .. } => Arc::new(crate::bucket::time(self.evaluated(expr)?.as_ref(), unit)?),
            KeyBucket::Bins { from, to, width } => Arc::new(crate::bucket::bins(self.evaluated(expr)?.as_ref(), from, to, width)?),
        };
        Ok(self.derived.keys.insert_shared(inputs, column))
    }

    /// Rows that pass one clause.
    pub(crate) fn mask(&mut self, expr: &Expr, test: &Test) -> Result<Arc<Bitmap>, QueryError> {
        let inputs = (expr.clone(), test.clone());
        if let Some(mask) = self.derived.masks.get(&inputs) {
            return Ok(mask);
        }
        let column = self.evaluated(expr)?;
        let mask = mask_of(&column, test)?;
        Ok(self.derived.masks.insert(inputs, mask))
    }

    /// Rows that pass all clauses; `None`: all rows do.
    pub(crate) fn mask_of_all(&mut self, clauses: &[Clause]) -> Result<Option<Arc<Bitmap>>, QueryError> {
        let mut passing: Option<Arc<Bitmap>> = None;
        let mut failures: Vec<(Bitmap, QueryError)> = Vec::new();
        for clause in clauses {
            let mut mask = self.mask(&clause.expr, &clause.test)?;
            if let Some((failed, error)) = &self.evaluated(&clause.expr)?.failed {
                // A row that fails to evaluate is an error unless another clause keeps it out.
                mask = Arc::new(mask.or(failed));
                failures.push((failed.clone(), error.clone()));
            }
            passing = Some(passing.map_or_else(|| mask.clone(), |passing| Arc::new(passing.and(&mask))));
        }
        match (&passing, failures.into_iter().find(|(failed, _)| passing.as_ref().is_some_and(|passing| passing.intersects(failed)))) {
            (_, Some((_, error))) => Err(error),
            _ => Ok(passing),
        }
    }
}

fn missing(name: &str) -> QueryError {
    QueryError::Unsupported { what: format!("column `{name}`, which is not loaded") }
}

fn evaluate_rows(expr: &Expr, inputs: &[(&str, &Column)], n_rows: usize, zone: &Zone) -> Result<Column, QueryError> {
    let mut builder = ColumnBuilder::new(expr.data_type);
    for start in (0..n_rows).step_by(BLOCK_ROWS) {
        let rows = start..(start + BLOCK_ROWS).min(n_rows);
        let column = |wanted: &str| inputs.iter().find(|(name, _)| *name == wanted).map(|(_, column)| column.read(rows.clone()));
        builder.append(&evaluate(expr, &Block { len: rows.len(), column: &column, aggregates: &[], zone })?);
    }
    Ok(builder.finish())
}

/// The results for each code of `input`, row by row.
fn spread(input: &Coded, results: Column) -> Column {
    let failed = results.failed.as_ref().and_then(|(failed, error)| {
        let mut rows = Bitmap::none(input.codes.len());
        with_codes!(&input.codes, codes => {
            for (row, _) in codes.iter().enumerate().filter(|(_, code)| failed.get(code.wide() as usize)) {
                rows.set(row);
            }
        });
        (rows.count() > 0).then(|| (rows, error.clone()))
    });
    let data = match results.data {
        Data::Coded(Coded { codes, nullable, domain, values }) => {
            let mut table = vec![0; codes.len()];
            codes.read(0, &mut table);
            Data::Coded(Coded { codes: input.codes.translate(&table, u64::from(domain)), nullable, domain, values })
        }
        // Only intervals have no codes.
        Data::Plain { .. } => {
            let domain = Column::new(results.data_type, results.data);
            let mut builder = ColumnBuilder::new(results.data_type);
            for row in 0..input.codes.len() {
                let code = input.codes.get(row) as usize;
                builder.append(&domain.read(code..code + 1));
            }
            builder.finish().data
        }
    };
    let mut column = Column::new(results.data_type, data);
    column.failed = failed;
    column
}

/// A key whose codes are made by `classify`: `None` for rows to leave out, which get code 0.
pub(crate) fn recode(
    column: &Column,
    values: Values,
    n_values: u32,
    classify: &dyn Fn(&crate::vector::Vector, usize) -> Option<u32>,
) -> Column {
    let domain = u64::from(n_values) + 1;
    let classes = |column: &Column, out: &mut Vec<u32>| {
        for start in (0..column.len()).step_by(BLOCK_ROWS) {
            let block = column.read(start..(start + BLOCK_ROWS).min(column.len()));
            out.extend(
                (0..block.len()).map(|row| if block.is_valid(row) { classify(&block, row).map_or(0, |class| class + 1) } else { 0 }),
            );
        }
    };
    let mut all = Vec::new();
    let codes = match column.coded() {
        Some(coded) if coded.domain as usize <= coded.codes.len() => {
            classes(&coded.domain_column(column.data_type), &mut all);
            coded.codes.translate(&all, domain)
        }
        _ => {
            classes(column, &mut all);
            Codes::collect(domain, all.into_iter())
        }
    };
    let mut key = Column::new(column.data_type, Data::Coded(Coded { codes, nullable: true, domain: domain as u32, values }));
    key.failed.clone_from(&column.failed);
    key
}
