use crate::bitmap::Bitmap;
use crate::run::result_column;
use crate::{Clause, Table};
use tarn_dashboard::Expr;
use tarn_protocol::{QueryError, ResultTable};

/// The rows that pass all clauses, in the table's order: the values of these expressions. It looks each value up by its row, so it
/// is for rows of which a query has told that they are few.
pub fn list(table: &mut Table, columns: &[(String, Expr)], clauses: &[Clause]) -> Result<ResultTable, QueryError> {
    let mask = table.mask_of_all(clauses)?;
    let rows: Vec<usize> = match &mask {
        None => (0..table.n_rows()).collect(),
        Some(mask) => set_bits(mask).collect(),
    };
    let one = |(name, expr): &(String, Expr)| {
        let column = table.evaluated(expr)?;
        if let Some((failed, error)) = &column.failed
            && rows.iter().any(|row| failed.get(*row))
        {
            return Err(error.clone());
        }
        let values = rows.iter().map(|row| column.read(*row..*row + 1).scalar(column.data_type, 0));
        Ok(result_column(name, column.data_type, values))
    };
    let columns = columns.iter().map(one).collect::<Result<_, _>>()?;
    Ok(ResultTable { columns, n_rows: rows.len() as u32 })
}

fn set_bits(mask: &Bitmap) -> impl Iterator<Item = usize> {
    mask.words().iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            left &= left.checked_sub(1)?;
            Some(at * 64 + bit)
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::reference::random::{Random, measure_of};
    use crate::{KeyBucket, Query, QueryKey, run};
    use std::collections::BTreeMap;
    use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Node};

    /// The listed rows, counted, are the groups of a query by their values.
    #[test]
    fn listed_rows_are_those_that_a_query_counts() {
        let mut n_listed = 0;
        for seed in 0..300 {
            let mut random = Random::new(seed);
            let (mut table, _) = random.table(200);
            let clauses = random.query().clauses;
            let column = |name: &str, data_type| (name.to_owned(), Expr { data_type, node: Node::Column(name.into()) });
            let columns = [column("b", DataType::Int64), column("s", DataType::String)];
            let key = |(name, expr): &(String, Expr)| QueryKey { name: name.clone(), expr: expr.clone(), bucket: KeyBucket::Value };
            let count = Aggregate { function: AggregateFunction::Count, argument: None, filter: None, data_type: DataType::Int64 };
            let query = Query {
                keys: columns.iter().map(key).collect(),
                measures: vec![measure_of("n", count).into()],
                clauses: clauses.clone(),
                ..Query::default()
            };
            let grouped = run(&mut table, &[query]).remove(0);
            let listed = list(&mut table, &columns, &clauses);
            assert_eq!(grouped.is_err(), listed.is_err(), "seed {seed}");
            let (Ok(grouped), Ok(listed)) = (grouped, listed) else { continue };
            let row = |table: &ResultTable, row: usize| format!("{:?}", [table.columns[0].scalar(row), table.columns[1].scalar(row)]);
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            for at in 0..listed.n_rows as usize {
                *counts.entry(row(&listed, at)).or_default() += 1.0;
            }
            let expected = 0..grouped.table.n_rows as usize;
            let expected: BTreeMap<String, f64> =
                expected.map(|at| (row(&grouped.table, at), grouped.table.columns[2].number(at).unwrap())).collect();
            assert_eq!(counts, expected, "seed {seed}");
            n_listed += listed.n_rows;
        }
        assert!(n_listed > 1000, "{n_listed} rows");
    }
}
