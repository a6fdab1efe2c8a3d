use crate::{Clause, Table};
use tarn_dashboard::Expr;
use tarn_protocol::{OptionRow, QueryError};

/// The values of an expression whose text contains `search` (without regard to case), with the number of rows that pass the
/// clauses: most frequent first, then by value. Values whose rows are all filtered out are listed with 0. Also returns how
/// many values match in all.
pub fn options(_table: &mut Table, _expr: &Expr, _clauses: &[Clause], _search: &str, _limit: u32) -> Result<(Vec<OptionRow>, u64), QueryError> {
    Err(QueryError::Unsupported { what: "options".into() })
}
