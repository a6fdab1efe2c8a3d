use super::axis::compare_floats;
use std::cmp::Ordering;
use tarn_dashboard::{DataType, Expr, Function, Node, Scalar};

/// A number of a measure, or null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Int(i64),
    Float(f64),
    Decimal(i128),
}

impl Value {
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// Of two that are not null.
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => compare_floats(a, b),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(&b),
            _ => Ordering::Equal,
        }
    }
}

/// Whether [`evaluate`] knows everything that is in the expression.
pub fn can_evaluate(expr: &Expr) -> bool {
    use DataType as D;
    match &expr.node {
        Node::Literal(_) => matches!(expr.data_type, D::Int64 | D::Float64),
        Node::Aggregate(_) => matches!(expr.data_type, D::Int64 | D::Float64 | D::Decimal { .. }),
        Node::Cast(argument) => {
            expr.data_type == D::Float64
                && matches!(argument.data_type, D::Int64 | D::Float64 | D::Decimal { .. })
                && can_evaluate(argument)
        }
        Node::Call(function, arguments) => {
            let is_known = match function {
                Function::Add | Function::Subtract | Function::Multiply | Function::Divide => arguments.len() == 2,
                Function::Coalesce | Function::Nullif => true,
                _ => false,
            };
            let is_number = |argument: &Expr| matches!(argument.data_type, D::Int64 | D::Float64) && can_evaluate(argument);
            let same = arguments.windows(2).all(|pair| pair[0].data_type == pair[1].data_type);
            is_known && same && arguments.iter().all(is_number)
        }
        Node::Column(_) | Node::Case { .. } | Node::Parameter(_) => false,
    }
}

/// The value of a measure's expression over its aggregates, as the engine has it. `None` where that fails.
pub(super) fn evaluate(expr: &Expr, aggregates: &[Value]) -> Option<Value> {
    match &expr.node {
        Node::Literal(value) => match (value, expr.data_type) {
            (Scalar::Null, _) => Some(Value::Null),
            (Scalar::Int(value), DataType::Int64) => Some(Value::Int(*value)),
            (Scalar::Int(value), DataType::Float64) => Some(Value::Float(*value as f64)),
            (Scalar::Float(value), DataType::Float64) => Some(Value::Float(*value)),
            _ => None,
        },
        Node::Aggregate(index) => aggregates.get(*index as usize).copied(),
        Node::Cast(argument) => Some(match (evaluate(argument, aggregates)?, argument.data_type) {
            (Value::Int(value), _) => Value::Float(value as f64),
            (Value::Decimal(value), DataType::Decimal { scale, .. }) => Value::Float(float_from_decimal(value, scale)),
            (value, _) => value,
        }),
        Node::Call(Function::Coalesce, arguments) => {
            let values = arguments.iter().map(|argument| evaluate(argument, aggregates)).collect::<Option<Vec<_>>>()?;
            Some(values.into_iter().find(|value| !value.is_null()).unwrap_or(Value::Null))
        }
        Node::Call(function, arguments) => {
            let [left, right] = arguments.as_slice() else { return None };
            let (a, b) = (evaluate(left, aggregates)?, evaluate(right, aggregates)?);
            if *function == Function::Nullif {
                return Some(if !a.is_null() && !b.is_null() && a.compare(b).is_eq() { Value::Null } else { a });
            }
            match (a, b) {
                (Value::Null, _) | (_, Value::Null) => Some(Value::Null),
                (Value::Int(a), Value::Int(b)) => match function {
                    Function::Add => a.checked_add(b).map(Value::Int),
                    Function::Subtract => a.checked_sub(b).map(Value::Int),
                    Function::Multiply => a.checked_mul(b).map(Value::Int),
                    _ if b == 0 => Some(Value::Null),
                    _ => Some(Value::Float(a as f64 / b as f64)),
                },
                (Value::Float(a), Value::Float(b)) => Some(match function {
                    Function::Add => Value::Float(a + b),
                    Function::Subtract => Value::Float(a - b),
                    Function::Multiply => Value::Float(a * b),
                    _ if b == 0.0 => Value::Null,
                    _ => Value::Float(a / b),
                }),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(super) fn float_from_decimal(unscaled: i128, scale: u8) -> f64 {
    if scale == 0 { unscaled as f64 } else { unscaled as f64 / 10f64.powi(i32::from(scale)) }
}
