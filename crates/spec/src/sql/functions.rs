use super::{
    Compiler, aggregates::is_aggregate, coerce::is_literal, compile::call, literal, operators::balanced, time::date_part, type_name,
};
use crate::{Span, suggest};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, FunctionArguments};
use tarn_dashboard::{DataType, Expr, Function, Node, Scalar};

/// Every scalar function that an author may write, for "did you mean". Names of date parts are functions too.
const SCALARS: [&str; 48] = [
    "abs",
    "round",
    "floor",
    "ceil",
    "ceiling",
    "sign",
    "ln",
    "exp",
    "power",
    "pow",
    "sqrt",
    "mod",
    "least",
    "greatest",
    "coalesce",
    "ifnull",
    "nullif",
    "if",
    "lower",
    "lcase",
    "upper",
    "ucase",
    "trim",
    "substring",
    "substr",
    "left",
    "right",
    "length",
    "len",
    "replace",
    "starts_with",
    "prefix",
    "contains",
    "split_part",
    "concat",
    "date_trunc",
    "datetrunc",
    "date_diff",
    "datediff",
    "date_part",
    "datepart",
    "strftime",
    "epoch",
    "year",
    "month",
    "day",
    "hour",
    "minute",
];

/// What other databases call them.
const ELSEWHERE: [(&str, &str); 13] = [
    ("average", "avg(x)"),
    ("approx_count_distinct", "count(distinct x), which is exact"),
    ("countd", "count(distinct x)"),
    ("percentile_cont", "quantile_cont(x, 0.9)"),
    ("percentile", "quantile_cont(x, 0.9)"),
    ("quantile", "quantile_cont(x, 0.9)"),
    ("std", "stddev(x)"),
    ("nvl", "coalesce(a, b)"),
    ("iif", "if(condition, a, b)"),
    ("to_char", "strftime(date, '%Y-%m')"),
    ("dateadd", "date + interval '3 days'"),
    ("date_add", "date + interval '3 days'"),
    ("safe_divide", "a / b, which is null where b is zero"),
];

impl Compiler<'_> {
    pub(super) fn function(&mut self, function: &ast::Function) -> Option<Expr> {
        let span = self.sql.span(&ast::Expr::Function(function.clone()));
        let name = function.name.to_string().to_ascii_lowercase();
        if function.over.is_some() {
            self.report.error(span, "window functions are not supported").hint("compute them upstream, in dbt or the warehouse");
            return None;
        }
        if is_aggregate(&name) {
            return self.aggregate(&name, function, span);
        }
        let FunctionArguments::List(list) = &function.args else {
            return self.unknown_function(&name, span);
        };
        if function.filter.is_some() || list.duplicate_treatment.is_some() || !list.clauses.is_empty() || !function.within_group.is_empty()
        {
            let hint = "`filter`, `distinct` and `order by` belong to aggregates";
            self.report.error(span, format!("`{name}` is not an aggregate")).hint(hint);
            return None;
        }
        if !SCALARS.contains(&name.as_str()) && date_part(&name).is_none() {
            return self.unknown_function(&name, span);
        }
        let arguments = self.plain_arguments(&list.args, &name, span)?;
        self.scalar(&name, arguments, span)
    }

    pub(super) fn plain_arguments(&mut self, arguments: &[FunctionArg], name: &str, span: Span) -> Option<Vec<Expr>> {
        let mut plain = vec![];
        for argument in arguments {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument else {
                self.report.error(span, format!("`{name}` takes plain arguments only")).hint("only count can take `*`");
                return None;
            };
            plain.push(argument);
        }
        self.all(plain)
    }

    fn unknown_function(&mut self, name: &str, span: Span) -> Option<Expr> {
        let hint = match name {
            "now" | "today" | "current_date" | "current_timestamp" | "get_current_timestamp" => {
                "a result depends on the data alone: use a relative period in a filter, such as `last 28 days`".to_owned()
            }
            _ if ELSEWHERE.iter().any(|(other, _)| *other == name) => {
                ELSEWHERE.iter().filter(|(other, _)| *other == name).map(|(_, ours)| format!("write {ours}")).collect()
            }
            "row_number" | "rank" | "lag" | "lead" => "compute it upstream, in dbt or the warehouse".to_owned(),
            _ => {
                let known = SCALARS.iter().chain(&super::aggregates::NAMES).copied();
                match suggest::closest(name, known) {
                    Some(found) => format!("did you mean `{found}`?"),
                    None => "compute it upstream, in dbt or the warehouse, and use the column".to_owned(),
                }
            }
        };
        self.report.error(span, format!("unknown function `{name}`")).hint(hint);
        None
    }

    fn scalar(&mut self, name: &str, mut arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        use DataType as T;
        let n = arguments.len();
        let (least, most) = match name {
            "coalesce" | "least" | "greatest" | "concat" => (1, 100),
            "round" => (1, 2),
            "substring" | "substr" => (2, 3),
            "power" | "pow" | "mod" | "ifnull" | "nullif" | "left" | "right" | "starts_with" | "prefix" | "contains" | "strftime" => (2, 2),
            "date_trunc" | "datetrunc" | "date_part" | "datepart" => (2, 2),
            "replace" | "split_part" | "date_diff" | "datediff" | "if" => (3, 3),
            _ => (1, 1),
        };
        if !(least..=most).contains(&n) {
            let expected = if least == most { least.to_string() } else { format!("{least} to {most}") };
            self.report.error(span, format!("`{name}` takes {expected} arguments, found {n}")).hint("check the brackets and commas");
            return None;
        }
        match name {
            "abs" | "sign" => {
                let value = self.operand(arguments.pop()?, name, span)?;
                let (function, data_type) = if name == "abs" { (Function::Abs, value.data_type) } else { (Function::Sign, T::Int64) };
                Some(call(data_type, function, vec![value]))
            }
            "round" => self.round(arguments, span),
            "floor" => self.floor_or_ceil(Function::Floor, arguments.pop()?, span),
            "ceil" | "ceiling" => self.floor_or_ceil(Function::Ceil, arguments.pop()?, span),
            "ln" => self.doubles(Function::Ln, arguments, span),
            "exp" => self.doubles(Function::Exp, arguments, span),
            "sqrt" => self.doubles(Function::Sqrt, arguments, span),
            "power" | "pow" => self.doubles(Function::Power, arguments, span),
            "mod" => {
                let right = arguments.pop()?;
                self.modulo(arguments.pop()?, right, span)
            }
            "least" => self.same(Function::Least, arguments, span),
            "greatest" => self.same(Function::Greatest, arguments, span),
            "coalesce" | "ifnull" => self.same(Function::Coalesce, arguments, span),
            "nullif" => self.nullif(arguments, span),
            "if" => {
                let otherwise = arguments.pop()?;
                let then = arguments.pop()?;
                let when = self.condition(arguments.pop()?, span)?;
                self.typed_case(vec![(when, then)], Some(otherwise), span)
            }
            "lower" | "lcase" => self.texts(T::String, Function::Lower, arguments, span),
            "upper" | "ucase" => self.texts(T::String, Function::Upper, arguments, span),
            "trim" => self.texts(T::String, Function::Trim, arguments, span),
            "length" | "len" => self.texts(T::Int64, Function::Length, arguments, span),
            "replace" => self.texts(T::String, Function::Replace, arguments, span),
            "starts_with" | "prefix" => self.texts(T::Boolean, Function::StartsWith, arguments, span),
            "contains" => self.texts(T::Boolean, Function::Contains, arguments, span),
            "substring" | "substr" => self.substring(arguments, span),
            "left" | "right" => self.end_of(name, arguments, span),
            "split_part" => {
                let at = self.argument(arguments.pop()?, T::Int64, span)?;
                let mut typed = self.texts_only(arguments, span)?;
                typed.push(at);
                Some(call(T::String, Function::SplitPart, typed))
            }
            "concat" => self.concat(arguments, span),
            "date_trunc" | "datetrunc" => {
                let from = arguments.pop()?;
                let unit = self.time_unit(&arguments.pop()?, span)?;
                self.date_trunc(unit, from, span)
            }
            "date_diff" | "datediff" => {
                let (to, from) = (arguments.pop()?, arguments.pop()?);
                let unit = self.time_unit(&arguments.pop()?, span)?;
                self.date_diff(unit, from, to, span)
            }
            "date_part" | "datepart" => {
                let from = arguments.pop()?;
                let Node::Literal(Scalar::String(part)) = arguments.pop()?.node else {
                    self.report.error(span, "the part must be written out").hint("as in date_part('hour', date)");
                    return None;
                };
                self.extract(&part, from, span)
            }
            "strftime" => self.strftime(arguments, span),
            part => self.extract(part, arguments.pop()?, span),
        }
    }

    /// All arguments and the result have one type.
    fn same(&mut self, function: Function, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let arguments = self.unified_all(arguments, span)?;
        Some(call(arguments.first()?.data_type, function, arguments))
    }

    /// Has the type of the first argument, in which the other one may not even fit.
    fn nullif(&mut self, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        if arguments.iter().all(|argument| argument.data_type == arguments[0].data_type) {
            return self.same(Function::Nullif, arguments, span);
        }
        let same = call(DataType::Boolean, Function::Equal, self.unified_all(arguments.clone(), span)?);
        let null = Expr { data_type: DataType::Null, node: Node::Literal(Scalar::Null) };
        self.typed_case(vec![(same, null)], arguments.into_iter().next(), span)
    }

    fn texts(&mut self, data_type: DataType, function: Function, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let arguments = self.texts_only(arguments, span)?;
        Some(call(data_type, function, arguments))
    }

    fn texts_only(&mut self, arguments: Vec<Expr>, span: Span) -> Option<Vec<Expr>> {
        arguments.into_iter().map(|argument| self.argument(argument, DataType::String, span)).collect()
    }

    fn round(&mut self, mut arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let decimals = if arguments.len() == 2 { Some(arguments.pop()?) } else { None };
        let value = self.operand(arguments.pop()?, "round", span)?;
        let written = match decimals.as_ref().map(|decimals| &decimals.node) {
            None => Some(0),
            Some(Node::Literal(Scalar::Int(decimals))) => Some(*decimals),
            Some(_) => None,
        };
        let data_type = match (value.data_type, written) {
            (DataType::Decimal { precision, scale }, Some(decimals)) => {
                DataType::Decimal { precision, scale: decimals.clamp(0, i64::from(scale)) as u8 }
            }
            (DataType::Decimal { .. }, None) => {
                self.report.error(span, "the number of decimals must be written out").hint("as in round(price, 2)");
                return None;
            }
            (other, _) => other,
        };
        let mut typed = vec![value];
        if let Some(decimals) = decimals {
            typed.push(self.argument(decimals, DataType::Int64, span)?);
        }
        Some(call(data_type, Function::Round, typed))
    }

    /// The first or last characters; a negative count, which DuckDB reads from the other end, is not supported.
    fn end_of(&mut self, name: &str, mut arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let count = match arguments.pop()?.node {
            Node::Literal(Scalar::Int(count)) if (0..=i64::from(i32::MAX)).contains(&count) => count,
            _ => {
                let message = format!("`{name}` needs a written number of characters");
                self.report.error(span, message).hint(format!("as in {name}(origin, 2)"));
                return None;
            }
        };
        let from = if name == "left" || count == 0 { 1 } else { -count };
        self.substring(vec![arguments.pop()?, literal::int(from), literal::int(count)], span)
    }

    /// Unlike `||`, skips nulls.
    fn concat(&mut self, arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let mut parts = vec![];
        for argument in arguments {
            let part = self.cast(argument, DataType::String, span)?;
            parts.push(if is_literal(&part) && part.node != Node::Literal(Scalar::Null) {
                part
            } else {
                call(DataType::String, Function::Coalesce, vec![part, literal::text("")])
            });
        }
        balanced(Function::Concat, DataType::String, parts)
    }

    fn strftime(&mut self, mut arguments: Vec<Expr>, span: Span) -> Option<Expr> {
        let (second, first) = (arguments.pop()?, arguments.pop()?);
        // DuckDB takes them in both orders.
        let (value, format) = if first.data_type.is_temporal() { (first, second) } else { (second, first) };
        if format.data_type != DataType::String || !is_literal(&format) {
            let message = format!("the format must be a written text, found {}", type_name(format.data_type));
            self.report.error(span, message).hint("as in strftime(date, '%Y-%m')");
            return None;
        }
        let value = self.temporal(value, span)?;
        Some(call(DataType::String, Function::Strftime, vec![value, format]))
    }
}
