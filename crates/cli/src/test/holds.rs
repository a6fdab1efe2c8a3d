use super::ask::Answers;
use crate::query::scalar;
use serde_json::Value;
use tarn_dashboard::Scalar;
use tarn_protocol::{ResultColumn, ResultTable};
use tarn_spec::{Check, Expected, Invariant, InvariantComparison as Comparison, Reduce, Sum, Term, Test, Tolerance, What};

/// Whether it holds; else what was found instead.
pub(super) fn check(test: &Test, check: &Check, answers: &Answers) -> Result<(), String> {
    match &check.what {
        What::Value { view, expected } => {
            let table = answers.view(test, view)?.table;
            // Behind the keys, of which a kpi has none.
            let n_keys = answers.n_keys(view);
            let column = table.columns.get(n_keys).ok_or("the view shows no measure")?;
            compare(&column.name, expected, &first(&table, column)?, test.tolerance)
        }
        What::Rows { view, expected } => {
            let n_rows = answers.view(test, view)?.table.n_rows;
            compare("rows", expected, &Scalar::Int(i64::from(n_rows)), test.tolerance)
        }
        What::Cell { view, keys, column, expected } => {
            let table = answers.view(test, view)?.table;
            let row = row_of(&table, keys)?;
            let named: Vec<String> = keys.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let what = if named.is_empty() { column.clone() } else { format!("{column} of {}", named.join(", ")) };
            compare(&what, expected, &find(&table, column)?.scalar(row), test.tolerance)
        }
        What::Total { view, column, expected } => {
            let totals = answers.view(test, view)?.totals.ok_or("the view has no totals")?;
            compare(&format!("total {column}"), expected, &find(&totals, column)?.scalar(0), test.tolerance)
        }
        What::Holds(invariant) => holds(test, invariant, answers),
        What::SourceRows { source, expected } => {
            let (rows, _) = answers.source(source)?;
            compare("rows", expected, &Scalar::Int(rows as i64), test.tolerance)
        }
        What::Newest { source, within_secs } => match answers.source(source)?.1 {
            None => Err("there is no value in its time column".into()),
            Some(age) if age <= i64::from(*within_secs) => Ok(()),
            Some(age) => Err(format!("the newest value is {} old, more than {}", duration(age), duration(i64::from(*within_secs)))),
        },
    }
}

fn compare(what: &str, expected: &Expected, found: &Scalar, tolerance: Tolerance) -> Result<(), String> {
    if is_as_expected(expected, found, tolerance) {
        return Ok(());
    }
    let found = match scalar(found) {
        Value::String(text) => format!("`{text}`"),
        other => other.to_string(),
    };
    Err(format!("{what}: expected {expected}, found {found}"))
}

fn is_as_expected(expected: &Expected, found: &Scalar, tolerance: Tolerance) -> bool {
    match expected {
        Expected::Null => found.is_null(),
        Expected::Boolean(expected) => *found == Scalar::Boolean(*expected),
        Expected::Number(expected) => match found {
            Scalar::String(text) => text.parse::<f64>().is_ok_and(|number| number == *expected),
            other => number(other).is_some_and(|found| tolerance.allows(*expected, found)),
        },
        Expected::Between { min, max } => {
            number(found).is_some_and(|found| min.is_none_or(|min| found >= min) && max.is_none_or(|max| found <= max))
        }
        Expected::Text(expected) => match (scalar(found), found) {
            (Value::String(text), Scalar::Date(_) | Scalar::Time(_) | Scalar::Timestamp(_)) => {
                // The end may be left out where it is zero.
                let expected = expected.replace(' ', "T");
                text.strip_prefix(&expected).is_some_and(|rest| rest.chars().all(|c| matches!(c, 'T' | ':' | '0' | '.')))
            }
            (Value::String(text), _) => text == *expected,
            _ => false,
        },
    }
}

fn number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value),
        Scalar::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        _ => None,
    }
}

fn find<'t>(table: &'t ResultTable, column: &str) -> Result<&'t ResultColumn, String> {
    table.column(column).ok_or_else(|| format!("the answer has no column `{column}`"))
}

fn first(table: &ResultTable, column: &ResultColumn) -> Result<Scalar, String> {
    if table.n_rows == 0 { Err("the view shows no rows".into()) } else { Ok(column.scalar(0)) }
}

/// The one row with these keys.
fn row_of(table: &ResultTable, keys: &[(String, Expected)]) -> Result<usize, String> {
    let columns = keys.iter().map(|(name, expected)| Ok((find(table, name)?, expected))).collect::<Result<Vec<_>, String>>()?;
    let matches =
        |row: &usize| columns.iter().all(|(column, expected)| is_as_expected(expected, &column.scalar(*row), Tolerance::Rounding));
    let mut rows = (0..table.n_rows as usize).filter(matches);
    let named: Vec<String> = keys.iter().map(|(name, value)| format!("{name} {value}")).collect();
    match (rows.next(), rows.count()) {
        (Some(row), 0) => Ok(row),
        (None, _) => {
            Err(format!("none of {} rows has {}\nhint: rows beyond the view's limit are not shown", table.n_rows, named.join(", ")))
        }
        (Some(_), more) => Err(format!("{} rows have {}\nhint: name all keys of the row", more + 1, named.join(", "))),
    }
}

fn holds(test: &Test, invariant: &Invariant, answers: &Answers) -> Result<(), String> {
    let (left, right) = (sum(test, &invariant.left, answers)?, sum(test, &invariant.right, answers)?);
    let equal = test.tolerance.allows(right, left);
    let holds = match invariant.comparison {
        Comparison::Equal => equal,
        Comparison::NotEqual => !equal,
        Comparison::Less => left < right && !equal,
        Comparison::LessOrEqual => left <= right || equal,
        Comparison::Greater => left > right && !equal,
        Comparison::GreaterOrEqual => left >= right || equal,
    };
    if holds { Ok(()) } else { Err(format!("`{}` does not hold: {left} on the left, {right} on the right", invariant.text)) }
}

fn sum(test: &Test, sum: &Sum, answers: &Answers) -> Result<f64, String> {
    let mut total = 0.0;
    for (subtracted, product) in sum {
        let mut value = 1.0;
        for (divides, factor) in product {
            let factor = term(test, factor, answers)?;
            value = if *divides { value / factor } else { value * factor };
        }
        total += if *subtracted { -value } else { value };
    }
    Ok(total)
}

fn term(test: &Test, term: &Term, answers: &Answers) -> Result<f64, String> {
    let (view, column, reduce) = match term {
        Term::Number(number) => return Ok(*number),
        Term::Column { view, column, reduce } => (view, column, *reduce),
    };
    let result = answers.view(test, view)?;
    let table = if reduce == Reduce::Total { result.totals.as_ref().ok_or("the view has no totals")? } else { &result.table };
    let found = find(table, column)?;
    let n_rows = table.n_rows as usize;
    let at = |row: usize| number(&found.scalar(row)).ok_or_else(|| format!("{view}.{column} is no number in row {}", row + 1));
    let values = || (0..n_rows).filter_map(|row| number(&found.scalar(row)));
    match reduce {
        Reduce::Count => Ok((0..n_rows).filter(|row| !found.scalar(*row).is_null()).count() as f64),
        Reduce::Sum => Ok(values().sum()),
        _ if n_rows == 0 => Err(format!("the view `{view}` shows no rows")),
        Reduce::Only if n_rows > 1 => {
            Err(format!("the view `{view}` shows {n_rows} rows\nhint: say which, as in sum({view}.{column}), first(…), max(…)"))
        }
        Reduce::Only | Reduce::First | Reduce::Total => at(0),
        Reduce::Last => at(n_rows - 1),
        Reduce::Min => values().reduce(f64::min).ok_or_else(|| format!("{view}.{column} has no numbers")),
        Reduce::Max => values().reduce(f64::max).ok_or_else(|| format!("{view}.{column} has no numbers")),
        Reduce::Avg => Ok(values().sum::<f64>() / values().count() as f64),
    }
}

/// "2 d 3 h", "45 min".
fn duration(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}
