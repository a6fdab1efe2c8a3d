use super::{Block, compare, evaluate};
use crate::texts::Texts;
use crate::vector::{Lanes, Vector, power_of_ten, scale_of};
use std::cmp::Ordering;
use tarn_dashboard::{DataType, Expr, Function};
use tarn_protocol::QueryError;

/// Each row takes the first branch whose condition is true; failures of branches not taken do not count.
#[inline(never)]
pub(super) fn case(expr: &Expr, whens: &[(Expr, Expr)], otherwise: Option<&Expr>, block: &Block) -> Result<Vector, QueryError> {
    const UNDECIDED: u32 = u32::MAX;
    let mut taken = vec![UNDECIDED; block.len];
    let mut conditions = Vec::new();
    let mut branches = Vec::new();
    for (index, (when, then)) in whens.iter().enumerate() {
        let condition = evaluate(when, block)?;
        let Lanes::Bool(lanes) = &condition.lanes else { return Err(super::unsupported("a condition that is not boolean")) };
        for row in 0..block.len {
            if taken[row] == UNDECIDED && lanes[row] && condition.is_valid(row) {
                taken[row] = index as u32;
            }
        }
        branches.push((then.data_type, evaluate(then, block)?));
        conditions.push(condition);
    }
    branches.push(match otherwise {
        Some(otherwise) => (otherwise.data_type, evaluate(otherwise, block)?),
        None => (expr.data_type, Vector::nulls(expr.data_type, block.len)),
    });
    let last = branches.len() as u32 - 1;
    let choices: Vec<u32> = taken.iter().map(|taken| (*taken).min(last)).collect();
    let mut result =
        choose(expr.data_type, &branches, &choices).ok_or_else(|| super::unsupported("a case whose branches differ in type"))?;
    for (index, condition) in conditions.iter().enumerate() {
        result.inherit_failures(condition, |row| taken[row] > index as u32);
    }
    Ok(result)
}

#[inline(never)]
pub(super) fn call(expr: &Expr, function: Function, arguments: &[Expr], values: &[Vector]) -> Option<Vector> {
    let len = values.first()?.len();
    let typed: Vec<(DataType, Vector)> = arguments.iter().map(|argument| argument.data_type).zip(values.iter().cloned()).collect();
    match function {
        Function::Coalesce => {
            let first_valid = |row: usize| values.iter().position(|value| value.is_valid(row)).unwrap_or(values.len() - 1) as u32;
            let choices: Vec<u32> = (0..len).map(first_valid).collect();
            let mut result = choose(expr.data_type, &typed, &choices)?;
            for (index, value) in values.iter().enumerate() {
                result.inherit_failures(value, |row| choices[row] >= index as u32);
            }
            Some(result)
        }
        Function::Nullif => {
            let [left, right] = values else { return None };
            let orders = compare::orders((arguments[0].data_type, left), (arguments[1].data_type, right))?;
            let mut result = choose(expr.data_type, &typed[..1], &vec![0; len])?;
            for (row, _) in orders.iter().enumerate().filter(|(_, order)| order.is_eq()) {
                if left.is_valid(row) && right.is_valid(row) {
                    result.invalidate(row);
                }
            }
            result.inherit_failures(right, |_| true);
            Some(result)
        }
        _ => extreme(expr, &typed, if function == Function::Least { Ordering::Less } else { Ordering::Greater }),
    }
}

/// `least` and `greatest` skip nulls.
fn extreme(expr: &Expr, values: &[(DataType, Vector)], wanted: Ordering) -> Option<Vector> {
    let mut best = values.first()?.clone();
    for (data_type, value) in &values[1..] {
        let orders = compare::orders((*data_type, value), (best.0, &best.1))?;
        let better = |row: usize| value.is_valid(row) && (!best.1.is_valid(row) || orders[row] == wanted);
        let choices: Vec<u32> = (0..orders.len()).map(|row| u32::from(better(row))).collect();
        let mut chosen = choose(expr.data_type, &[best.clone(), (*data_type, value.clone())], &choices)?;
        chosen.inherit_failures(&best.1, |_| true);
        chosen.inherit_failures(value, |_| true);
        best = (expr.data_type, chosen);
    }
    Some(best.1)
}

/// In every row the value of the vector that `choices` names, with its nulls and failures.
fn choose(data_type: DataType, values: &[(DataType, Vector)], choices: &[u32]) -> Option<Vector> {
    macro_rules! pick {
        ($form:ident) => {{
            let lanes = |value: &(DataType, Vector)| match &value.1.lanes {
                Lanes::$form(lanes) => Some(lanes.clone()),
                _ if value.0 == DataType::Null => Some(vec![Default::default(); choices.len()]),
                _ => None,
            };
            let lanes = values.iter().map(lanes).collect::<Option<Vec<_>>>()?;
            Lanes::$form(choices.iter().enumerate().map(|(row, choice)| lanes[*choice as usize][row]).collect())
        }};
    }
    let lanes = match data_type {
        DataType::Null | DataType::Boolean => pick!(Bool),
        DataType::Float64 => pick!(Float),
        DataType::Interval => pick!(Interval),
        DataType::Decimal { .. } => {
            let rescaled = values.iter().map(|(own, value)| Some((*own, rescale(value, scale_of(*own), scale_of(data_type))?)));
            let values = rescaled.collect::<Option<Vec<_>>>()?;
            let lanes: Vec<&Vec<i128>> =
                values.iter().filter_map(|(_, value)| if let Lanes::Decimal(lanes) = &value.lanes { Some(lanes) } else { None }).collect();
            if lanes.len() != values.len() {
                return None;
            }
            Lanes::Decimal(choices.iter().enumerate().map(|(row, choice)| lanes[*choice as usize][row]).collect())
        }
        DataType::String | DataType::Binary => {
            let text = |(row, choice): (usize, &u32)| match &values[*choice as usize].1.lanes {
                Lanes::Text(texts) => Some(texts.get(row)),
                _ if values[*choice as usize].0 == DataType::Null => Some(""),
                _ => None,
            };
            Lanes::Text(choices.iter().enumerate().map(text).collect::<Option<Texts>>()?)
        }
        _ => pick!(Int),
    };
    let mut result = Vector::new(lanes);
    if values.iter().any(|(_, value)| value.valid.is_some()) {
        result.valid = Some(choices.iter().enumerate().map(|(row, choice)| values[*choice as usize].1.is_valid(row)).collect());
    }
    for (index, (_, value)) in values.iter().enumerate() {
        result.inherit_failures(value, |row| choices[row] == index as u32);
    }
    Some(result)
}

/// A decimal with other decimals; `None` when it is none or when a value does not fit.
fn rescale(value: &Vector, from: u8, to: u8) -> Option<Vector> {
    let lanes = match &value.lanes {
        Lanes::Decimal(lanes) if from == to => lanes.clone(),
        Lanes::Decimal(lanes) => {
            let factor = power_of_ten(to.checked_sub(from)?)?;
            lanes.iter().map(|lane| lane.checked_mul(factor)).collect::<Option<_>>()?
        }
        lanes => vec![0; lanes.len()],
    };
    Some(Vector { lanes: Lanes::Decimal(lanes), ..value.clone() })
}
