use super::{Compiler, compile::call, interval, literal, operators::not, type_name};
use crate::{Span, column_type, suggest};
use sqlparser::ast::{self, CastKind, CeilFloorKind, DateTimeField, InTarget};
use tarn_dashboard::{DataType, Expr, Function, Node, Scalar};

/// What has a grammar of its own.
impl Compiler<'_> {
    pub(super) fn special(&mut self, expr: &ast::Expr) -> Option<Expr> {
        use ast::Expr as E;
        let span = self.span(expr);
        match expr {
            E::IsNull(inner) => self.test(Function::IsNull, inner),
            E::IsNotNull(inner) => self.test(Function::IsNotNull, inner),
            E::IsTrue(inner) => self.truth(inner, true),
            E::IsNotTrue(inner) => self.truth(inner, true).map(not),
            E::IsFalse(inner) => self.truth(inner, false),
            E::IsNotFalse(inner) => self.truth(inner, false).map(not),
            E::IsDistinctFrom(left, right) => self.distinct(left, right, span),
            E::IsNotDistinctFrom(left, right) => self.distinct(left, right, span).map(not),
            E::Between { expr, negated, low, high } => {
                let arguments = self.all([expr.as_ref(), low, high])?;
                let arguments = self.unified_all(arguments, span)?;
                Some(negate_if(*negated, call(DataType::Boolean, Function::Between, arguments)))
            }
            E::In { expr, target: InTarget::List(list), negated, .. } if !list.is_empty() => {
                let arguments = self.all(std::iter::once(expr.as_ref()).chain(list))?;
                let arguments = self.unified_all(arguments, span)?;
                Some(negate_if(*negated, call(DataType::Boolean, Function::In, arguments)))
            }
            E::Like { negated, any: false, expr, pattern, escape_char: None } => self.like(Function::Like, expr, pattern, *negated),
            E::ILike { negated, any: false, expr, pattern, escape_char: None } => self.like(Function::Ilike, expr, pattern, *negated),
            E::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
                let value = self.expr(expr);
                let to = self.cast_type(data_type, span);
                let (value, to) = (value?, to?);
                self.explicit_cast(value, to, span)
            }
            E::Cast { .. } => self.unsupported("try_cast", "clean the values upstream, or use case when … then cast(…) end", expr),
            E::TypedString(typed) => {
                let to = self.cast_type(&typed.data_type, span)?;
                let text = typed.value.clone().into_string().unwrap_or_default();
                self.cast(literal::text(&text), to, span)
            }
            E::Interval(parts) => self.interval(parts, span),
            E::Extract { field, expr, .. } => {
                let from = self.expr(expr)?;
                self.extract(&field_name(field), from, span)
            }
            E::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => self.rounded(Function::Ceil, expr),
            E::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => self.rounded(Function::Floor, expr),
            E::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let arguments: Vec<&ast::Expr> =
                    [Some(expr), Some(from), substring_for.as_ref()].into_iter().flatten().map(Box::as_ref).collect();
                let arguments = self.all(arguments)?;
                self.substring(arguments, span)
            }
            E::Substring { .. } => self.unsupported("substring without a start", "as in substring(origin, 1, 2)", expr),
            E::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
                let argument = self.expr(expr)?;
                let argument = self.argument(argument, DataType::String, span)?;
                Some(call(DataType::String, Function::Trim, vec![argument]))
            }
            E::Case { operand, conditions, else_result, .. } => self.case(operand.as_deref(), conditions, else_result.as_deref(), span),
            E::Subquery(_) | E::Exists { .. } | E::In { .. } => {
                self.unsupported("a subquery", "joins and subqueries belong upstream, in dbt or the warehouse", expr)
            }
            E::Wildcard(_) => self.unsupported("`*` alone", "count rows with count(*)", expr),
            E::AtTimeZone { .. } => self.unsupported("`at time zone`", "convert upstream, and store wall time", expr),
            _ => self.unsupported("this expression", "see the list of functions in the documentation", expr),
        }
    }

    fn test(&mut self, function: Function, inner: &ast::Expr) -> Option<Expr> {
        let value = self.expr(inner)?;
        Some(call(DataType::Boolean, function, vec![value]))
    }

    /// Unequal, where null is a value like any other.
    fn distinct(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Option<Expr> {
        let arguments = self.all([left, right])?;
        let arguments = self.unified_all(arguments, span)?;
        let null = |at: usize| call(DataType::Boolean, Function::IsNull, vec![arguments[at].clone()]);
        let present = |at: usize| call(DataType::Boolean, Function::IsNotNull, vec![arguments[at].clone()]);
        let truth = literal::literal(DataType::Boolean, Scalar::Boolean(true));
        let whens = vec![(null(0), present(1)), (null(1), truth)];
        let otherwise = Some(Box::new(call(DataType::Boolean, Function::NotEqual, arguments.clone())));
        Some(Expr { data_type: DataType::Boolean, node: Node::Case { whens, otherwise } })
    }

    /// `is true`, `is false`: null is neither.
    fn truth(&mut self, inner: &ast::Expr, expected: bool) -> Option<Expr> {
        let value = self.expr(inner)?;
        let span = self.span(inner);
        let value = self.condition(value, span)?;
        let value = if expected { value } else { not(value) };
        let otherwise = literal::literal(DataType::Boolean, Scalar::Boolean(false));
        Some(call(DataType::Boolean, Function::Coalesce, vec![value, otherwise]))
    }

    fn like(&mut self, function: Function, value: &ast::Expr, pattern: &ast::Expr, negated: bool) -> Option<Expr> {
        let spans = [self.span(value), self.span(pattern)];
        let arguments = self.all([value, pattern])?;
        let arguments: Option<Vec<Expr>> =
            arguments.into_iter().zip(spans).map(|(argument, span)| self.argument(argument, DataType::String, span)).collect();
        Some(negate_if(negated, call(DataType::Boolean, function, arguments?)))
    }

    fn rounded(&mut self, function: Function, inner: &ast::Expr) -> Option<Expr> {
        let value = self.expr(inner)?;
        let span = self.span(inner);
        self.floor_or_ceil(function, value, span)
    }

    /// Decimals stay exact and lose their decimals; everything else is a double, whole numbers too, as in DuckDB.
    pub(super) fn floor_or_ceil(&mut self, function: Function, value: Expr, span: Span) -> Option<Expr> {
        if let DataType::Decimal { precision, .. } = value.data_type {
            return Some(call(DataType::Decimal { precision, scale: 0 }, function, vec![value]));
        }
        self.doubles(function, vec![value], span)
    }

    pub(super) fn substring(&mut self, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let mut typed = vec![];
        for (at, argument) in arguments.into_iter().enumerate() {
            typed.push(self.argument(argument, if at == 0 { DataType::String } else { DataType::Int64 }, span)?);
        }
        Some(call(DataType::String, Function::Substring, typed))
    }

    fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
        span: Span,
    ) -> Option<Expr> {
        let mut whens = vec![];
        for condition in conditions {
            let when_span = self.span(&condition.condition);
            let when = match operand {
                Some(operand) => {
                    let (left, right) = (self.expr(operand), self.expr(&condition.condition));
                    left.zip(right).and_then(|(left, right)| self.compare(Function::Equal, left, right, when_span))
                }
                None => self.expr(&condition.condition).and_then(|when| self.condition(when, when_span)),
            };
            whens.push((when, self.expr(&condition.result)));
        }
        let otherwise = otherwise.map(|otherwise| self.expr(otherwise));
        let whens: Vec<(Expr, Expr)> = whens.into_iter().map(|(when, then)| when.zip(then)).collect::<Option<_>>()?;
        let otherwise = otherwise.map_or(Some(None), |otherwise| otherwise.map(Some))?;
        self.typed_case(whens, otherwise, span)
    }

    /// Gives all branches one type.
    pub(super) fn typed_case(&mut self, whens: Vec<(Expr, Expr)>, otherwise: Option<Expr>, span: Span) -> Option<Expr> {
        let (whens, mut results): (Vec<Expr>, Vec<Expr>) = whens.into_iter().unzip();
        let has_otherwise = otherwise.is_some();
        results.extend(otherwise);
        let mut results = self.unified_all(results, span)?;
        let data_type = results.first()?.data_type;
        let otherwise = if has_otherwise { results.pop().map(Box::new) } else { None };
        Some(Expr { data_type, node: Node::Case { whens: whens.into_iter().zip(results).collect(), otherwise } })
    }

    fn interval(&mut self, parts: &ast::Interval, span: Span) -> Option<Expr> {
        let text = match parts.value.as_ref() {
            ast::Expr::Value(value) => match &value.value {
                ast::Value::Number(digits, _) => Some(digits.clone()),
                ast::Value::SingleQuotedString(text) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        };
        let value = match (&text, &parts.leading_field) {
            (Some(text), Some(unit)) => interval::single(text, &field_name(unit)),
            (Some(text), None) => interval::parse(text),
            (None, _) => None,
        };
        let Some(value) = value else {
            self.report.error(span, "this is not a valid interval").hint("intervals are written interval '3 days' or interval 3 day");
            return None;
        };
        Some(literal::literal(DataType::Interval, value))
    }

    fn cast_type(&mut self, data_type: &ast::DataType, span: Span) -> Option<DataType> {
        let name = data_type.to_string().to_ascii_lowercase();
        let found = match name.as_str() {
            "interval" => Some(DataType::Interval),
            "decimal" | "numeric" => Some(DataType::Decimal { precision: 18, scale: 3 }),
            "timestamp with time zone" => Some(DataType::TimestampTz),
            "double precision" => Some(DataType::Float64),
            name => column_type::parse(name).map(tarn_dashboard::ColumnType::data_type),
        };
        if found.is_none() {
            let hint = suggest::hint(&name, "types", column_type::NAMES.iter().map(|(name, _)| *name));
            self.report.error(span, format!("unknown type `{name}`")).hint(hint);
        }
        found
    }

    fn explicit_cast(&mut self, value: Expr, to: DataType, span: Span) -> Option<Expr> {
        use DataType as T;
        let from = value.data_type;
        let possible = from == to
            || from == T::Null
            || (from == T::String && (to != T::Interval || super::coerce::is_literal(&value)))
            || (to == T::String && !matches!(from, T::Binary | T::Interval))
            || (from.is_numeric() && (to.is_numeric() || to == T::Boolean))
            || (from == T::Boolean && to.is_numeric())
            || (from.is_temporal() && to.is_temporal())
            || (from == T::Timestamp && to == T::Time);
        if !possible || to == T::Binary {
            let message = format!("{} cannot be cast to {}", type_name(from), type_name(to));
            let hint = match (from, to) {
                (T::TimestampTz, T::Time) => "cast it to a timestamp first: cast(cast(… as timestamp) as time)",
                (T::String, T::Interval) => "only a written text: interval '3 days'",
                _ => "convert it upstream",
            };
            self.report.error(span, message).hint(hint);
            return None;
        }
        self.cast(value, to, span)
    }
}

fn negate_if(negated: bool, value: Expr) -> Expr {
    if negated { not(value) } else { value }
}

/// The field's name without quotes, in the parser's spelling.
fn field_name(field: &DateTimeField) -> String {
    match field {
        DateTimeField::Custom(name) => name.value.to_ascii_lowercase(),
        other => other.to_string().to_ascii_lowercase(),
    }
}
