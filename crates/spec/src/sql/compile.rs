use super::{
    Scope, Sql,
    coerce::{self, common_type, common_type_of_all},
    literal,
    syntax::REFERENCE_QUOTE,
    type_name,
};
use crate::{Span, diagnostic::Report, suggest};
use sqlparser::ast::{self, Spanned as _, Value};
use tarn_dashboard::{Aggregate, DataType, Expr, Filter, Function, Node};

/// Of a compiled expression. The JSON has up to five levels for each, and readers of JSON stop at 128.
const MAX_LEVELS: usize = 20;
/// Nodes of a compiled expression, references expanded.
const MAX_NODES: usize = 2_000;

/// Where an expression stands decides what it may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// A dimension: columns, no aggregates.
    Row,
    /// A measure: aggregates and measures, no bare columns.
    Measure,
    /// Inside an aggregate of a measure: columns, no second aggregate.
    Aggregate,
}

/// Compiles one expression. `None` everywhere means: an error was reported.
pub(crate) struct Compiler<'a> {
    pub sql: &'a Sql<'a>,
    pub scope: &'a Scope<'a>,
    pub report: &'a mut Report,
    pub context: Context,
    /// What the measure's value refers to as [`Node::Aggregate`].
    pub aggregates: Vec<Aggregate>,
    levels: usize,
}

impl<'a> Compiler<'a> {
    pub fn new(sql: &'a Sql<'a>, scope: &'a Scope<'a>, context: Context, report: &'a mut Report) -> Self {
        Self { sql, scope, report, context, aggregates: vec![], levels: 0 }
    }

    /// Compiles the whole expression.
    pub fn compile(&mut self) -> Option<Expr> {
        let expr = self.expr(&self.sql.expr)?;
        let parts = self.aggregates.iter().flat_map(|aggregate| aggregate.argument.iter().chain(&aggregate.filter));
        let (levels, nodes) = parts.chain([&expr]).map(measure_size).fold((0, 0), |all, one| (all.0.max(one.0), all.1 + one.1));
        if levels > MAX_LEVELS || nodes > MAX_NODES {
            self.too_deep(self.sql.node.span);
            return None;
        }
        Some(expr)
    }

    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Option<Expr> {
        use ast::Expr as E;
        if self.levels > 3 * MAX_LEVELS {
            self.too_deep(self.sql.node.span);
            return None;
        }
        self.levels += 1;
        let compiled = match expr {
            E::Identifier(name) if name.quote_style == Some(REFERENCE_QUOTE) => self.reference(name),
            E::Identifier(name) => self.column(name),
            E::CompoundIdentifier(names) => self.qualified_column(names),
            E::Nested(inner) => self.expr(inner),
            E::Value(value) => self.value(value),
            E::BinaryOp { left, op, right } => self.binary(left, op, right, expr),
            E::UnaryOp { op, expr: inner } => self.unary(*op, inner, expr),
            E::Function(function) => self.function(function),
            other => self.special(other),
        };
        self.levels -= 1;
        compiled
    }

    /// Compiles all, so that every argument's errors are told.
    pub(super) fn all<'b>(&mut self, exprs: impl IntoIterator<Item = &'b ast::Expr>) -> Option<Vec<Expr>> {
        let compiled: Vec<Option<Expr>> = exprs.into_iter().map(|expr| self.expr(expr)).collect();
        compiled.into_iter().collect()
    }

    fn column(&mut self, name: &ast::Ident) -> Option<Expr> {
        let span = self.sql.span_of(name.span);
        let Some(column) = self.scope.column(&name.value) else {
            if self.scope.broken.contains(&name.value) {
                return None;
            }
            let message = format!("unknown column `{}`", name.value);
            self.scope.explain_unknown_column(&name.value, self.report.error(span, message));
            return None;
        };
        if self.context == Context::Measure {
            let message = format!("column `{}` stands outside an aggregate", column.name);
            let hint =
                format!("a measure is one number for many rows: write sum({0}), avg({0}), max({0}) or another aggregate", column.name);
            self.report.error(span, message).hint(hint);
            return None;
        }
        Some(Expr { data_type: column.column_type.data_type(), node: Node::Column(column.name.clone()) })
    }

    fn qualified_column(&mut self, names: &[ast::Ident]) -> Option<Expr> {
        match names {
            [source, column] if source.value == self.scope.source => self.column(column),
            _ => {
                let span = names.first().map_or(self.sql.node.span, |name| self.sql.span_of(name.span));
                let hint = format!("an expression sees the columns of `{}` only; join upstream", self.scope.source);
                self.report.error(span, "a column of another table cannot be used").hint(hint);
                None
            }
        }
    }

    fn reference(&mut self, name: &ast::Ident) -> Option<Expr> {
        let span = self.sql.span_of(name.span);
        if self.context != Context::Measure {
            let message = format!("`{{{}}}` cannot be used here", name.value);
            let hint = match self.context {
                Context::Aggregate => "an aggregate works on columns; combine measures outside of it",
                _ => "a dimension has a value for every row; measures only exist for groups of rows",
            };
            self.report.error(span, message).hint(hint);
            return None;
        }
        let Some(measure) = self.scope.measures.get(&name.value) else {
            let hint = self.scope.hint_measure(&name.value);
            self.report.error(span, format!("unknown measure `{}`", name.value)).hint(hint);
            return None;
        };
        let measure = measure.as_ref()?;
        if measure.window.is_some() {
            let hint = "running and moving measures exist along a time axis only; refer to the measure that they are made of";
            self.report.error(span, format!("`{{{}}}` cannot be used in another expression", name.value)).hint(hint);
            return None;
        }
        if measure.aggregates.len() + self.aggregates.len() > MAX_NODES || measure_size(&measure.value).1 > MAX_NODES {
            self.too_deep(span);
            return None;
        }
        let positions: Vec<u32> = measure.aggregates.iter().map(|aggregate| self.aggregate_position(aggregate.clone())).collect();
        Some(renumbered(&measure.value, &positions))
    }

    /// The position of the aggregate in the measure; the same one is computed once.
    pub(super) fn aggregate_position(&mut self, aggregate: Aggregate) -> u32 {
        let found = self.aggregates.iter().position(|known| *known == aggregate);
        found.unwrap_or_else(|| {
            self.aggregates.push(aggregate);
            self.aggregates.len() - 1
        }) as u32
    }

    fn value(&mut self, value: &ast::ValueWithSpan) -> Option<Expr> {
        let span = self.sql.span_of(value.span);
        match &value.value {
            Value::Number(digits, _) => {
                let number = literal::number(digits);
                if number.is_none() {
                    self.report.error(span, "this number has too many digits").hint("at most 38 digits; write 1e40 for a double");
                }
                number
            }
            Value::SingleQuotedString(text) => Some(literal::text(text)),
            Value::Boolean(value) => Some(literal::literal(DataType::Boolean, tarn_dashboard::Scalar::Boolean(*value))),
            Value::Null => Some(literal::null(DataType::Null)),
            Value::Placeholder(text) => self.parameter(text, span),
            _ => {
                self.report.error(span, "this kind of literal is not supported").hint("texts stand in single quotes: 'ATL'");
                None
            }
        }
    }

    /// `$name`, as DuckDB writes the parameters of prepared statements.
    fn parameter(&mut self, text: &str, span: Span) -> Option<Expr> {
        let name = text.strip_prefix('$').unwrap_or(text);
        let known = || self.scope.parameters.iter().filter(|(_, filter)| filter.as_ref().is_none_or(Filter::is_parameter));
        let Some((id, filter)) = known().find(|(known, _)| known.eq_ignore_ascii_case(name)) else {
            let hint = match known().next() {
                Some(_) => suggest::hint(name, "parameters", known().map(|(known, _)| known.as_str())),
                None => "declare it, as in `parameters: { threshold: { type: integer, default: 15 } }`".to_owned(),
            };
            self.report.error(span, format!("unknown parameter `{text}`")).hint(hint);
            return None;
        };
        let data_type = filter.as_ref()?.expr.data_type;
        Some(Expr { data_type, node: Node::Parameter(id.clone()) })
    }

    /// Inserts the cast that SQL does silently, or reports that there is none.
    pub(super) fn cast(&mut self, expr: Expr, to: DataType, span: Span) -> Option<Expr> {
        match coerce::cast(expr, to, &self.scope.calendar.zone) {
            Ok(expr) => Some(expr),
            Err(text) => {
                let message = format!("'{text}' is not a valid {}", type_name(to));
                let hint = match to {
                    DataType::Date => "dates are written '2001-06-30'",
                    DataType::Timestamp | DataType::TimestampTz => "timestamps are written '2001-06-30 14:05:00'",
                    DataType::Interval => "intervals are written '3 days' or '1 month'",
                    _ => "check the value, or cast the other side",
                };
                self.report.error(span, message).hint(hint);
                None
            }
        }
    }

    /// An argument that must have this type, or one that SQL casts to it silently.
    pub(super) fn argument(&mut self, expr: Expr, to: DataType, span: Span) -> Option<Expr> {
        let fits = expr.data_type == to
            || expr.data_type == DataType::Null
            || (to == DataType::Float64 && expr.data_type.is_numeric())
            || (expr.data_type == DataType::String && coerce::is_literal(&expr));
        if fits {
            return self.cast(expr, to, span);
        }
        let message = format!("expected {}, found {}", type_name(to), type_name(expr.data_type));
        self.report.error(span, message).hint(format!("cast it: cast(… as {})", type_name(to)));
        None
    }

    /// Both in the type in which they can be compared.
    pub(super) fn unified(&mut self, a: Expr, b: Expr, span: Span) -> Option<(Expr, Expr)> {
        let Some(common) = common_type(&a, &b) else {
            self.report_mixed(a.data_type, b.data_type, span);
            return None;
        };
        Some((self.cast(a, common, span)?, self.cast(b, common, span)?))
    }

    pub(super) fn unified_all(&mut self, exprs: Vec<Expr>, span: Span) -> Option<Vec<Expr>> {
        match common_type_of_all(&exprs) {
            Ok(common) => exprs.into_iter().map(|expr| self.cast(expr, common, span)).collect(),
            Err((a, b)) => {
                self.report_mixed(a, b, span);
                None
            }
        }
    }

    fn report_mixed(&mut self, a: DataType, b: DataType, span: Span) {
        let message = format!("{} and {} cannot be compared or mixed", type_name(a), type_name(b));
        self.report.error(span, message).hint(format!("cast one of them, as in cast(… as {})", type_name(a)));
    }

    pub(super) fn unsupported(&mut self, what: &str, hint: &str, expr: &ast::Expr) -> Option<Expr> {
        let span = self.sql.span(expr);
        self.report.error(span, format!("{what} is not supported")).hint(hint);
        None
    }

    pub(super) fn span(&self, expr: &ast::Expr) -> Span {
        self.sql.span_of(expr.span())
    }

    fn too_deep(&mut self, span: Span) {
        let hint = "compute a part of it upstream, or as a measure of its own where that makes it shorter";
        self.report.error(span, "the expression is too large, with its references expanded").hint(hint);
    }
}

pub(super) fn call(data_type: DataType, function: Function, arguments: Vec<Expr>) -> Expr {
    Expr { data_type, node: Node::Call(function, arguments) }
}

fn renumbered(expr: &Expr, positions: &[u32]) -> Expr {
    let inner = |expr: &Expr| renumbered(expr, positions);
    let node = match &expr.node {
        Node::Aggregate(at) => Node::Aggregate(positions.get(*at as usize).copied().unwrap_or(*at)),
        Node::Call(function, arguments) => Node::Call(*function, arguments.iter().map(inner).collect()),
        Node::Cast(argument) => Node::Cast(Box::new(inner(argument))),
        Node::Case { whens, otherwise } => Node::Case {
            whens: whens.iter().map(|(when, then)| (inner(when), inner(then))).collect(),
            otherwise: otherwise.as_ref().map(|otherwise| Box::new(inner(otherwise))),
        },
        leaf @ (Node::Column(_) | Node::Literal(_) | Node::Parameter(_)) => leaf.clone(),
    };
    Expr { data_type: expr.data_type, node }
}

/// Levels and nodes.
fn measure_size(expr: &Expr) -> (usize, usize) {
    let children: Vec<&Expr> = match &expr.node {
        Node::Column(_) | Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => vec![],
        Node::Call(_, arguments) => arguments.iter().collect(),
        Node::Cast(argument) => vec![argument],
        Node::Case { whens, otherwise } => whens.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref()).collect(),
    };
    let sizes = children.into_iter().map(measure_size);
    let (levels, nodes) = sizes.fold((0, 0), |all, one| (all.0.max(one.0), all.1 + one.1));
    (levels + 1, nodes + 1)
}
