//! What footers say of values, in the words of queries.
use crate::open::OpenFile;
use std::cmp::Ordering;
use tarn_dashboard::{DataType, Expr, Node, Scalar};
use tarn_decode::Values;
use tarn_engine::{Clause, Span, Test};
use tarn_snapshot::folder_scalar;

/// Beyond it not every whole number is a double.
const EXACT: u64 = 1 << 53;

/// Whether rows of the row group can pass all clauses. Where nothing is known they can.
pub(crate) fn can_match(file: &OpenFile, row_group: usize, clauses: &[Clause]) -> bool {
    clauses.iter().all(|clause| match (&clause.expr.node, &clause.test) {
        (Node::Column(name), Test::Set(values)) if file.folder_value(name) == Some(None) => values.iter().any(Scalar::is_null),
        _ => bounds(file, row_group, &clause.expr).is_none_or(|bounds| passes(&bounds, &clause.test)),
    })
}

/// Least and greatest value over all files. `None` where a row group does not tell them exactly.
pub(crate) fn span(files: &[OpenFile], expr: &Expr) -> Option<Span> {
    if !matches!(expr.data_type, DataType::Int64 | DataType::Date | DataType::Timestamp | DataType::TimestampTz) {
        return None;
    }
    let mut whole: Option<Span> = None;
    for file in files {
        for row_group in 0..file.footer.n_row_groups() {
            let (least, greatest) = bounds(file, row_group, expr)?;
            whole = Some(match whole.take() {
                None => (least, greatest),
                Some((low, high)) => (
                    if compare(&least, &low) == Some(Ordering::Less) { least } else { low },
                    if compare(&greatest, &high) == Some(Ordering::Greater) { greatest } else { high },
                ),
            });
        }
    }
    whole
}

/// Of a plain column: other expressions need not keep the order of their columns.
fn bounds(file: &OpenFile, row_group: usize, expr: &Expr) -> Option<Span> {
    let Node::Column(name) = &expr.node else { return None };
    if let Some(value) = file.folder_value(name) {
        let value = folder_scalar(&value?, expr.data_type)?;
        return Some((value.clone(), value));
    }
    let values = file.footer.bounds(row_group, name)?;
    let value = |at: usize| {
        Some(match (&values, expr.data_type) {
            (Values::Ints(values), DataType::Int64) => Scalar::Int(*values.get(at)?),
            (Values::Ints(values), DataType::Boolean) => Scalar::Boolean(*values.get(at)? != 0),
            (Values::Ints(values), DataType::Date) => Scalar::Date(i32::try_from(*values.get(at)?).ok()?),
            (Values::Ints(values), DataType::Timestamp | DataType::TimestampTz) => Scalar::Timestamp(*values.get(at)?),
            (Values::Floats(values), DataType::Float64) => Scalar::Float(*values.get(at)?),
            (Values::Texts(texts), DataType::String) => Scalar::String(texts.get(at).to_owned()),
            _ => return None,
        })
    };
    value(0).zip(value(1)).filter(|(least, greatest)| matches!(compare(least, greatest), Some(Ordering::Less | Ordering::Equal)))
}

/// Whether a value between the bounds can pass.
fn passes((least, greatest): &Span, test: &Test) -> bool {
    match test {
        Test::Instants { from, to } => match (crate::source::instant(least), crate::source::instant(greatest)) {
            (Some(least), Some(greatest)) => from.is_none_or(|from| greatest >= from) && to.is_none_or(|to| least < to),
            _ => true,
        },
        Test::Range { from, to } => match (least, greatest) {
            (Scalar::Int(least), Scalar::Int(greatest)) if least.unsigned_abs().max(greatest.unsigned_abs()) <= EXACT => {
                from.is_none_or(|from| *greatest as f64 >= from) && to.is_none_or(|to| (*least as f64) < to)
            }
            // NaN passes where the range has no end.
            (Scalar::Float(least), Scalar::Float(greatest)) => to.is_none_or(|to| *least < to && from.is_none_or(|from| *greatest >= from)),
            _ => true,
        },
        // Values of another kind, and null, of which the bounds say nothing, have no order with them.
        Test::Set(values) => values.iter().any(|value| {
            let (low, high) = (compare(value, least), compare(value, greatest));
            low != Some(Ordering::Less) && high != Some(Ordering::Greater)
        }),
        Test::Is(value) => {
            !matches!((least, greatest), (Scalar::Boolean(least), Scalar::Boolean(greatest)) if least == greatest && least != value)
        }
        Test::Contains(_) => true,
    }
}

fn compare(a: &Scalar, b: &Scalar) -> Option<Ordering> {
    match (a, b) {
        (Scalar::Int(a), Scalar::Int(b)) | (Scalar::Timestamp(a), Scalar::Timestamp(b)) => Some(a.cmp(b)),
        (Scalar::Date(a), Scalar::Date(b)) => Some(a.cmp(b)),
        (Scalar::Float(a), Scalar::Float(b)) => a.partial_cmp(b),
        (Scalar::Boolean(a), Scalar::Boolean(b)) => Some(a.cmp(b)),
        (Scalar::String(a), Scalar::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
