use super::expression::{evaluate, next, truncate};
use super::{Failed, Rows, compare, compare_nullable};
use crate::{KeyBucket, Query, Test};
use std::cmp::Ordering;
use tarn_dashboard::{Aggregate, AggregateFunction, ColumnSearch, DataType, Order, OrderBy, Scalar};

/// Rows of keys and measures.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub rows: Vec<Vec<Scalar>>,
    /// Of a query with tops: the rest of the last one, by the other keys.
    pub other: Vec<Vec<Scalar>>,
    pub totals: Vec<Scalar>,
    /// By level of row groups, the outermost first.
    pub subtotals: Vec<Vec<Vec<Scalar>>>,
    pub n_groups: u64,
    pub rows_matched: u64,
}

pub(crate) fn run(rows: &Rows, query: &Query) -> Result<Answer, Failed> {
    let mut matching: Vec<&Vec<Scalar>> = Vec::new();
    for row in &rows.rows {
        let tests: Vec<Result<bool, Failed>> =
            query.clauses.iter().map(|clause| Ok(passes(&clause.test, &evaluate(&clause.expr, rows, row, &[])?))).collect();
        if tests.iter().all(|test| *test != Ok(false)) {
            tests.into_iter().collect::<Result<Vec<_>, _>>()?;
            matching.push(row);
        }
    }
    let measures = |members: &[&Vec<Scalar>]| {
        let measure = |measure: &std::sync::Arc<tarn_dashboard::Measure>| {
            let aggregates = measure.aggregates.iter().map(|one| aggregate(one, rows, members)).collect::<Result<Vec<_>, _>>()?;
            evaluate(&measure.value, rows, &[], &aggregates)
        };
        query.measures.iter().map(measure).collect::<Result<Vec<_>, _>>()
    };
    let with_measures = |(keys, members): Group<'_>| Ok((keys, measures(&members)?));
    // What an aggregate leaves out has to be known of every row that passes; its argument, of those that are in a group.
    for filter in query.measures.iter().flat_map(|measure| &measure.aggregates).filter_map(|one| one.filter.as_ref()) {
        matching.iter().try_for_each(|row| evaluate(filter, rows, row, &[]).map(drop))?;
    }
    let mut tops: Vec<(usize, Vec<Scalar>)> = Vec::new();
    let mut n_values = None;
    for top in &query.tops {
        let alone = Query { keys: vec![query.keys[top.key].clone()], order: by_first_measure(), ..query.clone() };
        let found = groups(&matching, &alone, rows, &|_| true)?;
        let n_rows = |(keys, members): &Group<'_>| (keys.clone(), vec![Scalar::Int(members.len() as i64)]);
        let counts: Vec<_> = found.iter().map(n_rows).collect();
        let mut values = found.into_iter().map(with_measures).collect::<Result<Vec<_>, _>>()?;
        if top.by_rows {
            values = counts;
        }
        values.sort_by(|a, b| order(&alone, &[], a, b));
        n_values = Some(values.len() as u64);
        values.truncate(top.limit as usize);
        if top.in_own_order {
            values.sort_by(|a, b| by_keys(&a.0, &b.0));
        }
        tops.push((top.key, values.into_iter().map(|(mut keys, _)| keys.remove(0)).collect()));
    }
    let shows =
        |(key, values): &(usize, Vec<Scalar>), keys: &[Scalar]| values.iter().any(|value| compare_nullable(value, &keys[*key]).is_eq());
    let found = groups(&matching, query, rows, &|keys| tops.iter().all(|top| shows(top, keys)))?;
    let mut result = found.into_iter().map(with_measures).collect::<Result<Vec<_>, _>>()?;
    let is_searched = !query.search.is_empty() && !query.keys.is_empty() && tops.is_empty();
    if is_searched {
        result.retain(|(keys, measures)| {
            query.search.iter().all(|(by, search)| match by {
                OrderBy::Key(key) => finds(search, &keys[*key as usize]),
                OrderBy::Measure(measure) => finds(search, &measures[*measure as usize]),
            })
        });
    }
    let n_matching = matching.len() as u64;
    if is_searched {
        let is_found = |row: &&Vec<Scalar>| {
            let keys = keys_of(query, rows, row).ok().flatten();
            keys.is_some_and(|keys| result.iter().any(|(own, _)| same(own, &keys)))
        };
        matching.retain(is_found);
    }
    let mut levels: Vec<Vec<(Vec<Scalar>, Vec<Scalar>)>> = Vec::new();
    for n_keys in 1..=query.n_levels() {
        let coarser = Query { keys: query.keys[..n_keys].to_vec(), ..query.clone() };
        levels.push(groups(&matching, &coarser, rows, &|_| true)?.into_iter().map(with_measures).collect::<Result<Vec<_>, _>>()?);
    }
    result.sort_by(|a, b| {
        let row_group = |level: &[(Vec<Scalar>, Vec<Scalar>)], (keys, _): &(Vec<Scalar>, Vec<Scalar>)| {
            let found = level.iter().find(|(own, _)| same(own, &keys[..own.len()]));
            found.cloned().unwrap_or_default()
        };
        let by_level = levels.iter().map(|level| order(query, &[], &row_group(level, a), &row_group(level, b)));
        by_level.chain([order(query, &tops, a, b)]).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    let n_groups = n_values.unwrap_or(result.len() as u64);
    result.truncate(query.limit.unwrap_or(u32::MAX) as usize);
    let mut other = Vec::new();
    if let (true, Some((last, before))) = (query.other, tops.split_last()) {
        let is_rest = |keys: &[Scalar]| !shows(last, keys) && before.iter().all(|top| shows(top, keys));
        let rest: Vec<&Vec<Scalar>> = matching
            .iter()
            .copied()
            .filter(|row| keys_of(query, rows, row).is_ok_and(|keys| keys.is_some_and(|keys| is_rest(&keys))))
            .collect();
        let by_others = Query { keys: query.keys[..query.keys.len() - 1].to_vec(), ..query.clone() };
        if !rest.is_empty() {
            let mut found = groups(&rest, &by_others, rows, &|_| true)?.into_iter().map(with_measures).collect::<Result<Vec<_>, _>>()?;
            found.sort_by(|a, b| by_keys(&a.0, &b.0));
            other = found;
        }
    }
    let mut subtotals: Vec<Vec<Vec<Scalar>>> = Vec::new();
    for level in &levels {
        let mut found: Vec<Vec<Scalar>> = Vec::new();
        for (keys, _) in &result {
            let own = level.iter().find(|(own, _)| same(own, &keys[..own.len()])).map(|(keys, measures)| [&keys[..], measures].concat());
            // As text, where NaN equals itself.
            found.extend(own.filter(|own| found.last().is_none_or(|last| format!("{last:?}") != format!("{own:?}"))));
        }
        subtotals.push(found);
    }
    let totals = if query.totals { measures(&matching)? } else { Vec::new() };
    let flat = |(mut keys, measures): (Vec<Scalar>, Vec<Scalar>)| {
        keys.extend(measures);
        keys
    };
    let (rows, other) = (result.into_iter().map(flat).collect(), other.into_iter().map(flat).collect());
    Ok(Answer { rows, other, totals, subtotals, n_groups, rows_matched: n_matching })
}

type Group<'a> = (Vec<Scalar>, Vec<&'a Vec<Scalar>>);

/// The rows by their keys, in the order of the keys; only those keys that are wanted.
fn groups<'a>(
    matching: &[&'a Vec<Scalar>],
    query: &Query,
    rows: &Rows,
    wanted: &dyn Fn(&[Scalar]) -> bool,
) -> Result<Vec<Group<'a>>, Failed> {
    let mut keyed: Vec<(Vec<Scalar>, &Vec<Scalar>)> = Vec::new();
    for row in matching {
        keyed.extend(keys_of(query, rows, row)?.filter(|keys| wanted(keys)).map(|keys| (keys, *row)));
    }
    // Stable: the rows of a group stay in their order.
    keyed.sort_by(|(a, _), (b, _)| by_keys(a, b));
    let mut groups: Vec<Group<'a>> = if query.keys.is_empty() { vec![(Vec::new(), Vec::new())] } else { Vec::new() };
    for (values, row) in keyed {
        match groups.last_mut().filter(|(own, _)| same(own, &values)) {
            Some((_, members)) => members.push(row),
            None => groups.push((values, vec![row])),
        }
    }
    fill(query, &mut groups);
    Ok(groups)
}

/// `None`: the row is in no group.
fn keys_of(query: &Query, rows: &Rows, row: &[Scalar]) -> Result<Option<Vec<Scalar>>, Failed> {
    let values = query.keys.iter().map(|key| evaluate(&key.expr, rows, row, &[])).collect::<Result<Vec<_>, _>>()?;
    Ok(values.into_iter().zip(&query.keys).map(|(value, key)| bucket(key.bucket, value)).collect())
}

fn by_first_measure() -> Vec<Order> {
    vec![Order { by: OrderBy::Measure(0), descending: true }]
}

fn by_keys(a: &[Scalar], b: &[Scalar]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| compare_nullable(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn same(a: &[Scalar], b: &[Scalar]) -> bool {
    by_keys(a, b).is_eq()
}

fn order(query: &Query, tops: &[(usize, Vec<Scalar>)], a: &(Vec<Scalar>, Vec<Scalar>), b: &(Vec<Scalar>, Vec<Scalar>)) -> Ordering {
    let directed = |a: &Scalar, b: &Scalar, descending: bool| {
        let order = compare_nullable(a, b);
        if descending && !a.is_null() && !b.is_null() { order.reverse() } else { order }
    };
    let wanted = query.order.iter().map(|order| match order.by {
        // Row groups have the first keys only.
        OrderBy::Key(key) if key as usize >= a.0.len() => Ordering::Equal,
        OrderBy::Key(key) => directed(&a.0[key as usize], &b.0[key as usize], order.descending),
        OrderBy::Measure(measure) => directed(&a.1[measure as usize], &b.1[measure as usize], order.descending),
    });
    let keys = a.0.iter().zip(&b.0).enumerate().map(|(key, (a, b))| match tops.iter().find(|(top, _)| *top == key) {
        Some((_, values)) => {
            let rank = |value: &Scalar| values.iter().position(|shown| compare_nullable(shown, value).is_eq());
            rank(a).cmp(&rank(b))
        }
        None => compare_nullable(a, b),
    });
    wanted.chain(keys).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// By what a person would read there.
fn finds(search: &ColumnSearch, value: &Scalar) -> bool {
    let number = match value {
        Scalar::Int(value) => *value as f64,
        Scalar::Float(value) => *value,
        Scalar::Decimal { unscaled, scale } => *unscaled as f64 / 10f64.powi(i32::from(*scale)),
        _ => f64::NAN,
    };
    match search {
        ColumnSearch::Compares(_) => search.finds_number(number),
        ColumnSearch::Contains(part) => matches!(value, Scalar::String(text) if text.to_lowercase().contains(part)),
    }
}

fn passes(test: &Test, value: &Scalar) -> bool {
    if value.is_null() {
        return matches!(test, Test::Set(values) if values.contains(&Scalar::Null));
    }
    let number = |value: &Scalar| {
        Scalar::Float(match value {
            Scalar::Int(value) => *value as f64,
            Scalar::Float(value) => *value,
            Scalar::Decimal { unscaled, scale } => *unscaled as f64 / 10f64.powi(i32::from(*scale)),
            other => panic!("{other:?} is no number"),
        })
    };
    match test {
        Test::Range { from, to } => {
            from.is_none_or(|from| compare(&number(value), &Scalar::Float(from)).is_ge())
                && to.is_none_or(|to| compare(&number(value), &Scalar::Float(to)).is_lt())
        }
        Test::Instants { from, to } => {
            let at = match value {
                Scalar::Timestamp(at) => *at,
                Scalar::Date(days) => i64::from(*days) * 86_400_000_000,
                other => panic!("{other:?} is no instant"),
            };
            from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to)
        }
        Test::Set(values) => values.iter().any(|wanted| !wanted.is_null() && compare(value, wanted).is_eq()),
        Test::Contains(part) => matches!(value, Scalar::String(text) if text.to_lowercase().contains(&part.to_lowercase())),
        Test::Is(wanted) => *value == Scalar::Boolean(*wanted),
    }
}

fn bucket(bucket: KeyBucket, value: Scalar) -> Option<Scalar> {
    match (bucket, value) {
        (KeyBucket::Value, Scalar::Float(value)) => Some(Scalar::Float(value + 0.0)),
        (KeyBucket::Value, value) => Some(value),
        (_, Scalar::Null) => None,
        (KeyBucket::Time { unit, .. }, Scalar::Timestamp(at)) => Some(Scalar::Timestamp(truncate(unit, at))),
        (KeyBucket::Bins { from, to, width }, value) => {
            let value = match value {
                Scalar::Int(value) => value as f64,
                Scalar::Float(value) => value,
                other => panic!("{other:?} has no bin"),
            };
            (value >= from && value < to).then(|| Scalar::Float(from + ((value - from) / width).floor() * width))
        }
        other => panic!("{other:?} has no bucket"),
    }
}

/// `groups` are in the order of their keys.
fn fill(query: &Query, groups: &mut Vec<Group<'_>>) {
    let fills = |bucket: KeyBucket| matches!(bucket, KeyBucket::Bins { .. } | KeyBucket::Time { fill: true, .. });
    if query.keys.is_empty() || !query.keys.iter().any(|key| fills(key.bucket)) {
        return;
    }
    let mut combinations: Vec<Vec<Scalar>> = vec![Vec::new()];
    if !query.keys.iter().all(|key| fills(key.bucket)) {
        combinations = groups.iter().map(|(keys, _)| keys.clone()).collect();
    } else {
        combinations[0] = vec![Scalar::Null; query.keys.len()];
    }
    for (place, key) in query.keys.iter().enumerate() {
        let range: Vec<Scalar> = match key.bucket {
            KeyBucket::Bins { from, to, width } => {
                (0..).map(|bin| from + f64::from(bin) * width).take_while(|edge| *edge < to).map(Scalar::Float).collect()
            }
            KeyBucket::Time { unit, fill: true } => {
                let starts =
                    || groups.iter().map(|(keys, _)| if let Scalar::Timestamp(at) = keys[place] { at } else { panic!("no timestamp") });
                let last = starts().max();
                std::iter::successors(starts().min(), |at| Some(next(unit, *at)))
                    .take_while(|at| Some(*at) <= last)
                    .map(Scalar::Timestamp)
                    .collect()
            }
            _ => continue,
        };
        combinations = combinations
            .iter()
            .flat_map(|keys| {
                range.iter().map(|value| {
                    let mut keys = keys.clone();
                    keys[place] = value.clone();
                    keys
                })
            })
            .collect();
    }
    combinations.sort_by(|a, b| by_keys(a, b));
    combinations.dedup_by(|a, b| same(a, b));
    combinations.retain(|keys| groups.binary_search_by(|(own, _)| by_keys(own, keys)).is_err());
    groups.extend(combinations.into_iter().map(|keys| (keys, Vec::new())));
}

/// The non-null arguments of the rows that pass the aggregate's filter; `Boolean(true)` for `count(*)`.
fn arguments(aggregate: &Aggregate, rows: &Rows, members: &[&Vec<Scalar>]) -> Result<Vec<Scalar>, Failed> {
    let mut arguments = Vec::new();
    for row in members {
        let filter = aggregate.filter.as_ref().map_or(Ok(Scalar::Boolean(true)), |filter| evaluate(filter, rows, row, &[]))?;
        if filter != Scalar::Boolean(true) {
            continue;
        }
        let value = aggregate.argument.as_ref().map_or(Ok(Scalar::Boolean(true)), |argument| evaluate(argument, rows, row, &[]))?;
        if !value.is_null() {
            arguments.push(value);
        }
    }
    Ok(arguments)
}

fn aggregate(aggregate: &Aggregate, rows: &Rows, members: &[&Vec<Scalar>]) -> Result<Scalar, Failed> {
    use AggregateFunction as F;
    let mut values = arguments(aggregate, rows, members)?;
    let floats = |values: &[Scalar]| -> Vec<f64> {
        values
            .iter()
            .map(|value| match value {
                Scalar::Int(value) => *value as f64,
                Scalar::Float(value) => *value,
                Scalar::Decimal { unscaled, scale } => *unscaled as f64 / 10f64.powi(i32::from(*scale)),
                other => panic!("{other:?} is no number"),
            })
            .collect()
    };
    let exact = |values: &[Scalar]| -> Option<i128> {
        values
            .iter()
            .map(|value| match value {
                Scalar::Int(value) => Some(i128::from(*value)),
                Scalar::Decimal { unscaled, .. } => Some(*unscaled),
                _ => None,
            })
            .sum()
    };
    if values.is_empty() && !matches!(aggregate.function, F::Count | F::CountDistinct) {
        return Ok(Scalar::Null);
    }
    Ok(match aggregate.function {
        F::Count => Scalar::Int(values.len() as i64),
        F::CountDistinct => {
            values.sort_by(compare);
            values.dedup_by(|a, b| compare(a, b).is_eq());
            Scalar::Int(values.len() as i64)
        }
        F::Sum => match (exact(&values), aggregate.data_type) {
            (Some(sum), DataType::Decimal { scale, .. }) => Scalar::Decimal { unscaled: sum, scale },
            (Some(sum), _) => Scalar::Int(i64::try_from(sum).map_err(|_| Failed)?),
            (None, _) => Scalar::Float(floats(&values).iter().sum()),
        },
        F::Avg => {
            let scale = if let Scalar::Decimal { scale, .. } = values[0] { scale } else { 0 };
            let sum = exact(&values).map_or_else(|| floats(&values).iter().sum(), |sum| sum as f64);
            Scalar::Float(sum / 10f64.powi(i32::from(scale)) / values.len() as f64)
        }
        F::Min => values.into_iter().min_by(compare).unwrap(),
        F::Max => values.into_iter().max_by(compare).unwrap(),
        F::Median => {
            values.sort_by(compare);
            let values = floats(&values);
            let middle = (values.len() - 1) as f64 / 2.0;
            let (low, high) = (values[middle.floor() as usize], values[middle.ceil() as usize]);
            Scalar::Float(if middle.fract() == 0.0 { low } else { low + (high - low) * 0.5 })
        }
        F::Variance => {
            let (n, floats) = (values.len() as i128, floats(&values));
            if n < 2 {
                return Ok(Scalar::Null);
            }
            Scalar::Float(if let Some(sum) = exact(&values) {
                // Rounded once, as in the engine: variances that are equal stay equal, and their groups in order.
                let off = |value: &Scalar| if let Scalar::Int(value) = value { n * i128::from(*value) - sum } else { panic!("{value:?}") };
                (values.iter().map(|value| off(value).pow(2)).sum::<i128>() / n) as f64 / (n * (n - 1)) as f64
            } else {
                let mean = floats.iter().sum::<f64>() / n as f64;
                floats.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1) as f64
            })
        }
        F::AnyValue => values.swap_remove(0),
        other => panic!("the reference does not have {other:?}"),
    })
}
