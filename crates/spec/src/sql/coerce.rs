use super::literal;
use tarn_dashboard::{DataType, Expr, Node, Scalar, Zone};

/// The type in which values of both can be compared or mixed without an explicit cast. A text that is written out takes
/// the type of the other side, as in `date > '2001-06-01'`.
pub(super) fn common_type(a: &Expr, b: &Expr) -> Option<DataType> {
    use DataType as T;
    match (a.data_type, b.data_type) {
        (a, b) if a == b => Some(a),
        (T::Null, other) | (other, T::Null) => Some(other),
        (T::Float64, other) | (other, T::Float64) if other.is_numeric() => Some(T::Float64),
        (left, right) if left.is_numeric() && right.is_numeric() => {
            let ((p1, s1), (p2, s2)) = (digits(a)?, digits(b)?);
            // Where 38 digits are too few, those behind the point give way.
            let whole = (p1 - s1).max(p2 - s2);
            let scale = s1.max(s2).min(38 - whole);
            Some(T::Decimal { precision: whole + scale, scale })
        }
        (T::Date, T::Timestamp) | (T::Timestamp, T::Date) => Some(T::Timestamp),
        (T::TimestampTz, T::Date | T::Timestamp) | (T::Date | T::Timestamp, T::TimestampTz) => Some(T::TimestampTz),
        (T::String, other) if is_literal(a) && other != T::Binary => Some(other),
        (other, T::String) if is_literal(b) && other != T::Binary => Some(other),
        _ => None,
    }
}

/// The type that all of them can take.
pub(super) fn common_type_of_all(exprs: &[Expr]) -> Result<DataType, (DataType, DataType)> {
    let mut rest = exprs.iter();
    let Some(first) = rest.next() else { return Ok(DataType::Null) };
    let mut common = first.clone();
    for expr in rest {
        let data_type = common_type(&common, expr).ok_or((common.data_type, expr.data_type))?;
        if data_type != common.data_type {
            // Stands for everything seen so far: no longer a literal unless all were texts.
            common = Expr { data_type, node: Node::Column(String::new()) };
        }
    }
    Ok(common.data_type)
}

/// Precision and scale of a number as a decimal. A written integer that fits 32 bits has ten digits, others nineteen.
pub(super) fn digits(expr: &Expr) -> Option<(u8, u8)> {
    match (expr.data_type, &expr.node) {
        (DataType::Int64, Node::Literal(Scalar::Int(value))) if i32::try_from(*value).is_ok() => Some((10, 0)),
        (DataType::Int64, _) => Some((19, 0)),
        (DataType::Decimal { precision, scale }, _) => Some((precision, scale)),
        _ => None,
    }
}

pub(super) fn is_literal(expr: &Expr) -> bool {
    matches!(expr.node, Node::Literal(_))
}

/// The expression in another type: unchanged, a converted literal, or a cast. `Err` with the literal's text when it has
/// no value in that type.
pub(super) fn cast(expr: Expr, to: DataType, zone: &Zone) -> Result<Expr, String> {
    if expr.data_type == to {
        return Ok(expr);
    }
    if let Node::Literal(value) = &expr.node {
        match literal::convert(value, expr.data_type, to, zone) {
            Ok(Some(converted)) => return Ok(literal::literal(to, converted)),
            Ok(None) => {}
            Err(()) => return Err(if let Scalar::String(text) = value { text.clone() } else { "this number".into() }),
        }
    }
    Ok(Expr { data_type: to, node: Node::Cast(Box::new(expr)) })
}
