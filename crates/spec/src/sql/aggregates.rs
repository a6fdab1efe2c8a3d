use super::{Compiler, Context, compile::call, literal, type_name};
use crate::Span;
use sqlparser::ast::{self, DuplicateTreatment, FunctionArg, FunctionArgExpr, FunctionArguments};
use tarn_dashboard::{Aggregate, AggregateFunction, DataType, Expr, Node, Scalar, Zone};

pub(super) const NAMES: [&str; 19] = [
    "count",
    "count_if",
    "countif",
    "sum",
    "avg",
    "mean",
    "min",
    "max",
    "median",
    "quantile_cont",
    "stddev",
    "stddev_samp",
    "variance",
    "var_samp",
    "first",
    "last",
    "any_value",
    "arbitrary",
    "count_star",
];

pub(super) fn is_aggregate(name: &str) -> bool {
    NAMES.contains(&name)
}

/// An aggregate and the type that its argument must have.
struct Typed {
    function: AggregateFunction,
    argument: DataType,
    result: DataType,
}

impl Compiler<'_> {
    pub(super) fn aggregate(&mut self, name: &str, function: &ast::Function, span: Span) -> Option<Expr> {
        match self.context {
            Context::Measure => {}
            Context::Aggregate => {
                let hint = "an aggregate of an aggregate has no meaning within one group; compute the inner one upstream";
                self.report.error(span, format!("`{name}` stands inside another aggregate")).hint(hint);
                return None;
            }
            Context::Row => {
                let message = format!("the aggregate `{name}` cannot be used in a dimension");
                self.report.error(span, message).hint("a dimension has a value for every row; aggregates belong in `measures:`");
                return None;
            }
        }
        self.context = Context::Aggregate;
        let compiled = self.aggregate_inside(name, function, span);
        self.context = Context::Measure;
        let aggregate = compiled?;
        let data_type = aggregate.data_type;
        Some(Expr { data_type, node: Node::Aggregate(self.aggregate_position(aggregate)) })
    }

    fn aggregate_inside(&mut self, name: &str, function: &ast::Function, span: Span) -> Option<Aggregate> {
        let filter = function.filter.as_ref().map(|filter| {
            let filter_span = self.span(filter);
            self.expr(filter).and_then(|filter| self.condition(filter, filter_span))
        });
        let (list, distinct): (&[FunctionArg], bool) = match &function.args {
            FunctionArguments::List(list) if list.clauses.is_empty() && function.within_group.is_empty() => {
                (&list.args, list.duplicate_treatment == Some(DuplicateTreatment::Distinct))
            }
            FunctionArguments::None => (&[], false),
            _ => {
                self.report
                    .error(span, format!("`{name}` takes no `order by` or other clause here"))
                    .hint("first and last follow the source's `time:`");
                return None;
            }
        };
        if distinct && name != "count" {
            let hint = "only count(distinct x) is; min and max need no distinct";
            self.report.error(span, format!("`distinct` is not supported in `{name}`")).hint(hint);
            return None;
        }
        let wildcard = matches!(list, [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]);
        if (name == "count" && (wildcard || list.is_empty()) && !distinct) || (name == "count_star" && list.is_empty()) {
            let filter = filter.map_or(Some(None), |filter| filter.map(Some))?;
            return Some(Aggregate { function: AggregateFunction::Count, argument: None, filter, data_type: DataType::Int64 });
        }
        let arguments = self.plain_arguments(list, name, span);
        let filter = filter.map_or(Some(None), |filter| filter.map(Some))?;
        let mut arguments = arguments?;
        let expected = if name == "quantile_cont" { 2 } else { 1 };
        if arguments.len() != expected {
            let message = format!("`{name}` takes {expected} argument{}, found {}", if expected == 1 { "" } else { "s" }, arguments.len());
            self.report.error(span, message).hint("check the brackets and commas");
            return None;
        }
        let fraction = if name == "quantile_cont" { Some(self.fraction(arguments.pop()?, span)?) } else { None };
        let argument = arguments.pop()?;
        if matches!(name, "count_if" | "countif") {
            let condition = self.condition(argument, span)?;
            let filter = match filter {
                Some(filter) => call(DataType::Boolean, tarn_dashboard::Function::And, vec![condition, filter]),
                None => condition,
            };
            return Some(Aggregate {
                function: AggregateFunction::Count,
                argument: None,
                filter: Some(filter),
                data_type: DataType::Int64,
            });
        }
        let typed = self.typed_aggregate(name, distinct, fraction, &argument, span)?;
        let argument = self.cast(argument, typed.argument, span)?;
        Some(Aggregate { function: typed.function, argument: Some(argument), filter, data_type: typed.result })
    }

    fn typed_aggregate(&mut self, name: &str, distinct: bool, fraction: Option<f64>, argument: &Expr, span: Span) -> Option<Typed> {
        use AggregateFunction as A;
        use DataType as T;
        let own = if argument.data_type == T::Null { T::Int64 } else { argument.data_type };
        let same = |function| Some(Typed { function, argument: own, result: own });
        match name {
            "count" => Some(Typed { function: if distinct { A::CountDistinct } else { A::Count }, argument: own, result: T::Int64 }),
            "sum" => match own {
                // As in DuckDB, the sum of a condition counts the rows in which it holds.
                T::Int64 | T::Boolean => Some(Typed { function: A::Sum, argument: T::Int64, result: T::Int64 }),
                T::Float64 => same(A::Sum),
                T::Decimal { scale, .. } => Some(Typed { function: A::Sum, argument: own, result: T::Decimal { precision: 38, scale } }),
                other => self.needs_numbers(name, other, span),
            },
            "avg" | "mean" if own.is_numeric() => Some(Typed { function: A::Avg, argument: own, result: T::Float64 }),
            "stddev" | "stddev_samp" | "variance" | "var_samp" if own.is_numeric() => {
                let function = if name.starts_with("std") { A::Stddev } else { A::Variance };
                Some(Typed { function, argument: T::Float64, result: T::Float64 })
            }
            "median" | "quantile_cont" => {
                let function = fraction.map_or(A::Median, A::QuantileCont);
                match own {
                    T::Int64 | T::Float64 => Some(Typed { function, argument: T::Float64, result: T::Float64 }),
                    T::Decimal { .. } | T::Timestamp | T::TimestampTz => same(function),
                    T::Date => Some(Typed { function, argument: T::Timestamp, result: T::Timestamp }),
                    other => self.needs_numbers(name, other, span),
                }
            }
            "min" if own != T::Interval => same(A::Min),
            "max" if own != T::Interval => same(A::Max),
            "first" | "last" if self.scope.time.is_none() => {
                let message = format!("`{name}` needs to know the order in time");
                self.report.error(span, message).hint(format!("name the time column of `{}` with `time:`", self.scope.source));
                None
            }
            "first" => same(A::First),
            "last" => same(A::Last),
            "any_value" | "arbitrary" => same(A::AnyValue),
            _ => self.needs_numbers(name, own, span),
        }
    }

    fn needs_numbers(&mut self, name: &str, found: DataType, span: Span) -> Option<Typed> {
        let hint = match found {
            DataType::String => "cast it, as in cast(… as double), or count(distinct …)",
            DataType::Boolean => "average a condition with avg(case when … then 1 else 0 end)",
            _ => "cast it, as in cast(… as double)",
        };
        self.report.error(span, format!("`{name}` needs numbers, found {}", type_name(found))).hint(hint);
        None
    }

    fn fraction(&mut self, value: Expr, span: Span) -> Option<f64> {
        let fraction = match &value.node {
            Node::Literal(Scalar::Float(fraction)) => Some(*fraction),
            Node::Literal(scalar) => match literal::convert(scalar, value.data_type, DataType::Float64, &Zone::default()) {
                Ok(Some(Scalar::Float(fraction))) => Some(fraction),
                _ => None,
            },
            _ => None,
        };
        let fraction = fraction.filter(|fraction| (0.0..=1.0).contains(fraction));
        if fraction.is_none() {
            self.report.error(span, "the quantile must be a written number from 0 to 1").hint("as in quantile_cont(delay, 0.9)");
        }
        fraction
    }
}
