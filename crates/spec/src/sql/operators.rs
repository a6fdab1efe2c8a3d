use super::{Compiler, coerce::digits, compile::call, literal, type_name};
use crate::Span;
use sqlparser::ast::{self, BinaryOperator as Op, UnaryOperator};
use tarn_dashboard::{DataType, Expr, Function, Node, Scalar};

impl Compiler<'_> {
    pub(super) fn binary(&mut self, left: &ast::Expr, op: &Op, right: &ast::Expr, whole: &ast::Expr) -> Option<Expr> {
        if let Some(function) = chained(op) {
            return self.chain(function, op, whole);
        }
        let (left, right) = (self.expr(left), self.expr(right));
        let (left, right) = (left?, right?);
        let span = self.span(whole);
        match op {
            Op::Plus => self.add(left, right, span),
            Op::Minus => self.subtract(left, right, span),
            Op::Multiply => self.multiply(left, right, span),
            Op::Divide => {
                let (left, right) = (self.operand(left, "/", span)?, self.operand(right, "/", span)?);
                self.doubles(Function::Divide, vec![left, right], span)
            }
            Op::DuckIntegerDivide | Op::MyIntegerDivide => self.integers(Function::IntegerDivide, left, right, span),
            Op::Modulo => self.modulo(left, right, span),
            Op::PGExp | Op::BitwiseXor | Op::PGBitwiseXor => self.doubles(Function::Power, vec![left, right], span),
            Op::Eq => self.compare(Function::Equal, left, right, span),
            Op::NotEq => self.compare(Function::NotEqual, left, right, span),
            Op::Lt => self.compare(Function::Less, left, right, span),
            Op::LtEq => self.compare(Function::LessOrEqual, left, right, span),
            Op::Gt => self.compare(Function::Greater, left, right, span),
            Op::GtEq => self.compare(Function::GreaterOrEqual, left, right, span),
            other => self.unsupported(&format!("the operator `{other}`"), "write it with the operators of SQL's basics", whole),
        }
    }

    pub(super) fn unary(&mut self, op: UnaryOperator, inner: &ast::Expr, whole: &ast::Expr) -> Option<Expr> {
        let span = self.span(inner);
        // A written minus belongs to its number.
        if let (UnaryOperator::Minus, ast::Expr::Value(value)) = (op, inner)
            && let ast::Value::Number(digits, _) = &value.value
            && let Some(negative) = negative_literal(digits)
        {
            return Some(negative);
        }
        let value = self.expr(inner)?;
        match op {
            UnaryOperator::Plus => self.operand(value, "+", span),
            UnaryOperator::Minus if value.data_type == DataType::Interval => Some(call(DataType::Interval, Function::Negate, vec![value])),
            UnaryOperator::Minus => {
                let value = self.operand(value, "-", span)?;
                Some(call(value.data_type, Function::Negate, vec![value]))
            }
            UnaryOperator::Not => {
                let value = self.condition(value, span)?;
                Some(not(value))
            }
            other => self.unsupported(&format!("the operator `{other}`"), "write it with the operators of SQL's basics", whole),
        }
    }

    /// `and`, `or` and `||`: long chains become balanced trees, so that a list of conditions does not nest.
    fn chain(&mut self, function: Function, op: &Op, whole: &ast::Expr) -> Option<Expr> {
        let mut operands = vec![];
        let mut current = whole;
        while let ast::Expr::BinaryOp { left, op: inner, right } = current
            && inner == op
        {
            operands.push(right.as_ref());
            current = left;
        }
        operands.push(current);
        operands.reverse();
        let typed: Vec<Option<Expr>> = operands.into_iter().map(|operand| self.chained_operand(function, operand)).collect();
        let typed: Vec<Expr> = typed.into_iter().collect::<Option<_>>()?;
        let data_type = if function == Function::Concat { DataType::String } else { DataType::Boolean };
        balanced(function, data_type, typed)
    }

    fn chained_operand(&mut self, function: Function, operand: &ast::Expr) -> Option<Expr> {
        let value = self.expr(operand)?;
        let span = self.span(operand);
        if function == Function::Concat { self.cast(value, DataType::String, span) } else { self.condition(value, span) }
    }

    /// A boolean; DuckDB's cast from numbers hides more mistakes than it helps.
    pub(super) fn condition(&mut self, value: Expr, span: Span) -> Option<Expr> {
        match value.data_type {
            DataType::Boolean => Some(value),
            DataType::Null => self.cast(value, DataType::Boolean, span),
            other => {
                let message = format!("expected a condition (true or false), found {}", type_name(other));
                self.report.error(span, message).hint("compare it with something, as in `delay > 15`");
                None
            }
        }
    }

    /// A number, or null as one.
    pub(super) fn operand(&mut self, value: Expr, symbol: &str, span: Span) -> Option<Expr> {
        match value.data_type {
            data_type if data_type.is_numeric() => Some(value),
            DataType::Null => self.cast(value, DataType::Int64, span),
            other => {
                let hint = if other == DataType::Boolean {
                    "count rows with count(*) filter (where …), or cast(… as int64)".to_owned()
                } else {
                    "cast it first, as in cast(… as double)".to_owned()
                };
                self.report.error(span, format!("`{symbol}` needs numbers, found {}", type_name(other))).hint(hint);
                None
            }
        }
    }

    pub(super) fn doubles(&mut self, function: Function, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let arguments: Option<Vec<Expr>> = arguments.into_iter().map(|argument| self.argument(argument, DataType::Float64, span)).collect();
        Some(call(DataType::Float64, function, arguments?))
    }

    pub(super) fn add(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        use DataType as T;
        match (left.data_type, right.data_type) {
            (T::Interval, T::Interval) => Some(call(T::Interval, Function::Add, vec![left, right])),
            (T::Date, T::Int64) => Some(call(T::Date, Function::Add, vec![left, right])),
            (T::Int64, T::Date) => Some(call(T::Date, Function::Add, vec![right, left])),
            (_, T::Interval) => self.shift(Function::Add, left, right, span),
            (T::Interval, _) => self.shift(Function::Add, right, left, span),
            _ => self.arithmetic(Function::Add, "+", left, right, span),
        }
    }

    fn subtract(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        use DataType as T;
        match (left.data_type, right.data_type) {
            (T::Interval, T::Interval) => Some(call(T::Interval, Function::Subtract, vec![left, right])),
            (T::Date, T::Int64) => Some(call(T::Date, Function::Subtract, vec![left, right])),
            (T::Date, T::Date) => Some(call(T::Int64, Function::Subtract, vec![left, right])),
            (_, T::Interval) => self.shift(Function::Subtract, left, right, span),
            (a, b) if a.is_temporal() && b.is_temporal() => {
                let (left, right) = self.unified(left, right, span)?;
                Some(call(T::Interval, Function::Subtract, vec![left, right]))
            }
            _ => self.arithmetic(Function::Subtract, "-", left, right, span),
        }
    }

    /// A date, time or timestamp moved by an interval; a date becomes a timestamp, as in DuckDB.
    fn shift(&mut self, function: Function, at: Expr, by: Expr, span: Span) -> Option<Expr> {
        let at = match at.data_type {
            DataType::Timestamp | DataType::TimestampTz | DataType::Time => at,
            DataType::Date | DataType::Null => self.cast(at, DataType::Timestamp, span)?,
            other => {
                let message = format!("an interval cannot be added to {}", type_name(other));
                self.report.error(span, message).hint("intervals move dates and timestamps, as in `date + interval '3 days'`");
                return None;
            }
        };
        Some(call(at.data_type, function, vec![at, by]))
    }

    /// Addition and subtraction of numbers: both sides get the result's type.
    fn arithmetic(&mut self, function: Function, symbol: &str, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (left, right) = (self.operand(left, symbol, span)?, self.operand(right, symbol, span)?);
        let data_type = match (digits(&left), digits(&right)) {
            (Some(_), Some(_)) if left.data_type == DataType::Int64 && right.data_type == DataType::Int64 => DataType::Int64,
            (Some((p1, s1)), Some((p2, s2))) => {
                let scale = s1.max(s2);
                DataType::Decimal { precision: ((p1 - s1).max(p2 - s2) + scale + 1).min(38), scale }
            }
            _ => DataType::Float64,
        };
        let (left, right) = (self.cast(left, data_type, span)?, self.cast(right, data_type, span)?);
        Some(call(data_type, function, vec![left, right]))
    }

    /// Decimals keep their own scales, which add up.
    fn multiply(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (left, right) = (self.operand(left, "*", span)?, self.operand(right, "*", span)?);
        let (Some((p1, s1)), Some((p2, s2))) = (digits(&left), digits(&right)) else {
            return self.doubles(Function::Multiply, vec![left, right], span);
        };
        if left.data_type == DataType::Int64 && right.data_type == DataType::Int64 {
            return Some(call(DataType::Int64, Function::Multiply, vec![left, right]));
        }
        if s1 + s2 > 38 {
            self.report.error(span, "the product has more than 38 decimals").hint("cast one side: cast(… as double)");
            return None;
        }
        let data_type = DataType::Decimal { precision: (p1 + p2).min(38), scale: s1 + s2 };
        let left = self.cast(left, DataType::Decimal { precision: p1, scale: s1 }, span)?;
        let right = self.cast(right, DataType::Decimal { precision: p2, scale: s2 }, span)?;
        Some(call(data_type, Function::Multiply, vec![left, right]))
    }

    pub(super) fn modulo(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (left, right) = (self.operand(left, "%", span)?, self.operand(right, "%", span)?);
        let (left, right) = self.unified(left, right, span)?;
        Some(call(left.data_type, Function::Modulo, vec![left, right]))
    }

    fn integers(&mut self, function: Function, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        for data_type in [left.data_type, right.data_type] {
            if !matches!(data_type, DataType::Int64 | DataType::Null) {
                let message = format!("`//` divides whole numbers, found {}", type_name(data_type));
                self.report.error(span, message).hint("write floor(a / b)");
                return None;
            }
        }
        let (left, right) = (self.cast(left, DataType::Int64, span)?, self.cast(right, DataType::Int64, span)?);
        Some(call(DataType::Int64, function, vec![left, right]))
    }

    pub(super) fn compare(&mut self, function: Function, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (left, right) = self.unified(left, right, span)?;
        Some(call(DataType::Boolean, function, vec![left, right]))
    }
}

pub(super) fn not(value: Expr) -> Expr {
    call(DataType::Boolean, Function::Not, vec![value])
}

fn chained(op: &Op) -> Option<Function> {
    match op {
        Op::And => Some(Function::And),
        Op::Or => Some(Function::Or),
        Op::StringConcat => Some(Function::Concat),
        _ => None,
    }
}

/// A tree of the least depth over operands of an associative function, in their order.
pub(super) fn balanced(function: Function, data_type: DataType, mut operands: Vec<Expr>) -> Option<Expr> {
    if operands.len() <= 1 {
        return operands.pop();
    }
    let right = operands.split_off(operands.len().div_ceil(2));
    Some(call(data_type, function, vec![balanced(function, data_type, operands)?, balanced(function, data_type, right)?]))
}

fn negative_literal(digits: &str) -> Option<Expr> {
    if let Ok(value) = format!("-{digits}").parse() {
        return Some(literal::int(value));
    }
    let mut number = literal::number(digits)?;
    match &mut number.node {
        Node::Literal(Scalar::Float(value)) => *value = -*value,
        Node::Literal(Scalar::Decimal { unscaled, .. }) => *unscaled = -*unscaled,
        _ => return None,
    }
    Some(number)
}
