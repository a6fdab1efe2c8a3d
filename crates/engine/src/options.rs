use crate::mask::contains_folded;
use crate::partial::Accumulator;
use crate::selection::for_each_chunk;
use crate::{Clause, Table};
use std::ops::Range;
use tarn_dashboard::{Expr, Scalar};
use tarn_decode::sort_numbers;
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
    let key = table.dense(expr)?;
    let Some(coded) = key.coded() else { return Ok((Vec::new(), 0)) };
    let mask = table.mask_of_all(clauses)?;
    let search = search.to_lowercase();
    let mut matching: Vec<u32> = table.counts(&key).into_iter().map(|(code, _)| code).collect();
    if !search.is_empty() {
        matching.retain(|code| match key.value(*code) {
            Scalar::String(text) => contains_folded(&text, &search),
            Scalar::Int(value) => value.to_string().contains(&search),
            Scalar::Boolean(value) => value.to_string().contains(&search),
            Scalar::Float(value) => value.to_string().contains(&search),
            _ => false,
        });
    }
    let mut counts = Accumulator::new(coded.domain as usize, false);
    for_each_chunk(mask.as_ref(), table.n_rows(), |_, selected| counts.add(selected, Some(&coded.codes), None));
    let counts = counts.finish().rows;
    let n_matching = matching.len() as u64;
    let place = |code: u32| (std::cmp::Reverse(counts[code as usize]), coded.value_index(code).is_none(), code);
    sort_numbers(&mut matching, &mut |a, b| place(a).cmp(&place(b)));
    let to = matching.len().min(window.end as usize);
    let from = to.min(window.start as usize);
    let row = |code: u32| OptionRow { value: key.value(code), count: u64::from(counts[code as usize]) };
    Ok((matching[from..to].iter().map(|code| row(*code)).collect(), n_matching))
}
