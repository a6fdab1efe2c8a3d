use crate::column::Values;
use crate::digits::sort_by_digits;
use crate::mask::contains_folded;
use crate::partial::Accumulator;
use crate::selection::for_each_chunk;
use crate::{Clause, Table};
use std::ops::Range;
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
    let key = table.dense(expr)?;
    let Some(coded) = key.coded() else { return Ok((Vec::new(), 0)) };
    let mask = table.mask_of_all(clauses)?;
    let search = search.to_lowercase();
    let all = table.counts(&key);
    let mut matching: Vec<u32> = all.iter().map(|(code, _)| *code).collect();
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
    let mut counts = Accumulator::new(coded.domain as usize, false);
    if mask.is_some() {
        for_each_chunk(mask.as_ref(), table.n_rows(), |_, selected| counts.add(selected, Some(&coded.codes), None));
    }
    let mut counts = counts.finish().rows;
    if mask.is_none() {
        all.iter().for_each(|(code, n)| counts[*code as usize] = *n as u32);
    }
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
