//! Expressions, evaluated for a block of rows at a time over typed lanes.
mod arithmetic;
mod cast;
mod compare;
mod conditional;
mod logic;
mod name;
mod numeric;
mod parse;
mod temporal;
mod text;

pub(crate) use name::{columns_of, text as text_of};

use crate::vector::Vector;
use tarn_dashboard::{Expr, Function, Node, Zone};
use tarn_protocol::QueryError;

/// What an expression can refer to.
pub(crate) struct Block<'a> {
    pub len: usize,
    /// `None` for a column that the table does not have.
    pub column: &'a dyn Fn(&str) -> Option<Vector>,
    /// Results of a measure's aggregates, a row per group.
    pub aggregates: &'a [Vector],
    /// On whose calendar instants are.
    pub zone: &'a Zone,
}

/// The expression's value in every row of the block. Rows whose evaluation fails are marked in the vector; the error here is
/// for what this engine does not run at all.
pub(crate) fn evaluate(expr: &Expr, block: &Block) -> Result<Vector, QueryError> {
    match &expr.node {
        Node::Column(name) => (block.column)(name).ok_or_else(|| unsupported(&format!("column `{name}`, which is not loaded"))),
        Node::Literal(value) => Ok(Vector::repeat(expr.data_type, value, block.len)),
        Node::Aggregate(index) => block.aggregates.get(*index as usize).cloned().ok_or_else(|| unsupported("an aggregate in this place")),
        Node::Parameter(name) => Err(unsupported(&format!("the parameter `{name}` without a value"))),
        Node::Cast(argument) => cast::cast(expr, argument.data_type, &evaluate(argument, block)?, block.zone),
        Node::Case { whens, otherwise } => conditional::case(expr, whens, otherwise.as_deref(), block),
        Node::Call(function, arguments) => {
            let values = arguments.iter().map(|argument| evaluate(argument, block)).collect::<Result<Vec<_>, _>>()?;
            call(expr, *function, arguments, &values, block.zone)
        }
    }
}

/// The families are functions of their own, never inlined: a hot loop within all of them together would make the browser compile
/// them all anew while data loads.
fn call(expr: &Expr, function: Function, arguments: &[Expr], values: &[Vector], zone: &Zone) -> Result<Vector, QueryError> {
    use Function as F;
    let result = match function {
        F::And | F::Or | F::Not | F::IsNull | F::IsNotNull => logic::call(function, values),
        F::Equal | F::NotEqual | F::Less | F::LessOrEqual | F::Greater | F::GreaterOrEqual | F::In | F::Between => {
            compare::call(function, arguments, values)
        }
        F::Coalesce | F::Nullif | F::Least | F::Greatest => conditional::call(expr, function, arguments, values),
        F::Add | F::Subtract | F::Multiply | F::Divide | F::IntegerDivide | F::Modulo | F::Negate => {
            arithmetic::call(expr, function, arguments, values, zone)
        }
        F::Abs | F::Round | F::Floor | F::Ceil | F::Sign | F::Ln | F::Exp | F::Power | F::Sqrt => {
            numeric::call(expr, function, arguments, values)
        }
        F::Extract(_) | F::DateTrunc(_) | F::DateDiff(_) | F::Strftime => temporal::call(expr, function, arguments, values, zone),
        F::Like
        | F::Ilike
        | F::Concat
        | F::Lower
        | F::Upper
        | F::Trim
        | F::Substring
        | F::Length
        | F::Replace
        | F::StartsWith
        | F::Contains
        | F::SplitPart => text::call(function, values),
    };
    result.ok_or_else(|| unsupported(&name::signature(function, arguments)))
}

fn unsupported(what: &str) -> QueryError {
    QueryError::Unsupported { what: what.to_owned() }
}

fn overflow(expr: &Expr) -> QueryError {
    QueryError::Overflow { expression: name::text(expr) }
}
