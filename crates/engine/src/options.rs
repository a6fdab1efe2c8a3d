use crate::column::{Column, Values};
use crate::digits::sort_by_digits;
use crate::mask::contains_folded;
use crate::partial::Partial;
use crate::plan::Plan;
use crate::{Clause, KeyBucket, Table};
use std::ops::Range;
use std::sync::Arc;
use tarn_dashboard::{Expr, Scalar};
use tarn_protocol::{OptionRow, QueryError};

/// The values of an expression whose text contains `search` (without regard to case), with the number of rows that pass the
/// clauses: most frequent first, then by value, null last; of that list those within `window`. Values whose rows are all filtered out are listed with 0. Also
/// returns how many values match in all. A null matches the empty search only.
pub fn options(
    table: &mut Table,
    expr: &Expr,
    clauses: &[Clause],
    search: &str,
    window: Range<u32>,
) -> Result<(Vec<OptionRow>, u64), QueryError> {
    let (key, all) = table.counts(expr, &[])?;
    let Some(coded) = key.coded() else { return Ok((Vec::new(), 0)) };
    let search = search.to_lowercase();
    let mut matching: Vec<u32> = all.occurring().collect();
    if let (Values::Texts(texts), false) = (&coded.values, search.is_empty()) {
        matching.retain(|code| coded.value_index(*code).is_some_and(|index| contains_folded(texts.get(index), &search)));
    } else if !search.is_empty() {
        matching.retain(|code| match key.value(*code) {
            Scalar::Int(value) => value.to_string().contains(&search),
            Scalar::Boolean(value) => value.to_string().contains(&search),
            Scalar::Float(value) => value.to_string().contains(&search),
            _ => false,
        });
    }
    let counts = &table.counts(expr, clauses)?.1.rows;
    // The most frequent first, then by value.
    let place =
        |code: &u32| u64::from(!counts[*code as usize]) << 32 | coded.value_index(*code).map_or(u64::from(u32::MAX), |_| u64::from(*code));
    let mut placed: Vec<(u64, u32)> = matching.iter().map(|code| (place(code), *code)).collect();
    sort_by_digits(&mut placed);
    let to = placed.len().min(window.end as usize);
    let from = to.min(window.start as usize);
    let row = |code: u32| OptionRow { value: key.value(code), count: u64::from(counts[code as usize]) };
    Ok((placed[from..to].iter().map(|(_, code)| row(*code)).collect(), placed.len() as u64))
}

impl Table {
    /// The codes of an expression's values, and how many of the rows that pass the clauses have each of them.
    pub(crate) fn counts(&mut self, expr: &Expr, clauses: &[Clause]) -> Result<(Arc<Column>, Arc<Partial>), QueryError> {
        let counted = Plan::count(self, clauses, &vec![(expr.clone(), KeyBucket::Value)])?;
        Ok((self.dense(expr)?, counted))
    }
}
