use crate::{Query, QueryResult, Table};
use tarn_protocol::QueryError;

/// Answers all queries of one change together, in their order. Queries with the same clauses share their passes.
pub fn run(_table: &mut Table, queries: &[Query]) -> Vec<Result<QueryResult, QueryError>> {
    queries.iter().map(|_| Err(QueryError::Unsupported { what: "queries".into() })).collect()
}
