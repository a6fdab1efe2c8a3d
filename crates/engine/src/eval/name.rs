use std::fmt::Write as _;
use tarn_dashboard::{DataType, DatePart, Expr, Function, Node, Scalar};

/// Names of the columns in an expression, each once.
pub(crate) fn columns_of(expr: &Expr) -> Vec<&str> {
    let mut names = Vec::new();
    collect(expr, &mut names);
    names
}

fn collect<'a>(expr: &'a Expr, names: &mut Vec<&'a str>) {
    match &expr.node {
        Node::Column(name) if !names.contains(&name.as_str()) => names.push(name),
        Node::Column(_) | Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => {}
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| collect(argument, names)),
        Node::Cast(argument) => collect(argument, names),
        Node::Case { whens, otherwise } => {
            for (when, then) in whens {
                collect(when, names);
                collect(then, names);
            }
            otherwise.iter().for_each(|otherwise| collect(otherwise, names));
        }
    }
}

/// The expression as people know it from SQL, for messages.
pub(crate) fn text(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, &mut out);
    out
}

/// A function with the types that it was called with.
pub(super) fn signature(function: Function, arguments: &[Expr]) -> String {
    let types: Vec<&str> = arguments.iter().map(|argument| type_name(argument.data_type)).collect();
    format!("{}({})", function_name(function), types.join(", "))
}

fn write(expr: &Expr, out: &mut String) {
    match &expr.node {
        Node::Column(name) => out.push_str(name),
        Node::Aggregate(index) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "aggregate {}", index + 1);
        }
        Node::Literal(Scalar::Int(value)) => {
            let _ = write!(out, "{value}");
        }
        Node::Literal(Scalar::String(value)) => {
            let _ = write!(out, "'{value}'");
        }
        Node::Literal(_) => out.push('…'),
        Node::Cast(argument) => {
            out.push_str("cast(");
            write(argument, out);
            let _ = write!(out, " as {})", type_name(expr.data_type));
        }
        Node::Case { .. } => out.push_str("case …"),
        Node::Parameter(name) => {
            let _ = write!(out, "${name}");
        }
        Node::Call(function, arguments) => {
            let name = function_name(*function);
            if let ([left, right], false) = (arguments.as_slice(), name.starts_with(char::is_alphabetic)) {
                write(left, out);
                let _ = write!(out, " {name} ");
                return write(right, out);
            }
            out.push_str(name);
            for (index, argument) in arguments.iter().enumerate() {
                out.push_str(if index == 0 { "(" } else { ", " });
                write(argument, out);
            }
            out.push(')');
        }
    }
}

pub(super) fn type_name(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Null => "null",
        DataType::Boolean => "boolean",
        DataType::Int64 => "bigint",
        DataType::Float64 => "double",
        DataType::Decimal { .. } => "decimal",
        DataType::Date => "date",
        DataType::Time => "time",
        DataType::Timestamp => "timestamp",
        DataType::TimestampTz => "timestamptz",
        DataType::Interval => "interval",
        DataType::String => "varchar",
        DataType::Binary => "blob",
    }
}

fn function_name(function: Function) -> &'static str {
    use Function as F;
    match function {
        F::Add => "+",
        F::Subtract | F::Negate => "-",
        F::Multiply => "*",
        F::Divide => "/",
        F::IntegerDivide => "//",
        F::Modulo => "%",
        F::Equal => "=",
        F::NotEqual => "<>",
        F::Less => "<",
        F::LessOrEqual => "<=",
        F::Greater => ">",
        F::GreaterOrEqual => ">=",
        F::And => "and",
        F::Or => "or",
        F::Not => "not",
        F::IsNull => "is null",
        F::IsNotNull => "is not null",
        F::In => "in",
        F::Between => "between",
        F::Like => "like",
        F::Ilike => "ilike",
        F::Concat => "||",
        F::Coalesce => "coalesce",
        F::Nullif => "nullif",
        F::Lower => "lower",
        F::Upper => "upper",
        F::Trim => "trim",
        F::Substring => "substring",
        F::Length => "length",
        F::Replace => "replace",
        F::StartsWith => "starts_with",
        F::Contains => "contains",
        F::SplitPart => "split_part",
        F::Abs => "abs",
        F::Round => "round",
        F::Floor => "floor",
        F::Ceil => "ceil",
        F::Sign => "sign",
        F::Ln => "ln",
        F::Exp => "exp",
        F::Power => "pow",
        F::Sqrt => "sqrt",
        F::Least => "least",
        F::Greatest => "greatest",
        F::Extract(DatePart::Epoch) => "epoch",
        F::Extract(_) => "extract",
        F::DateTrunc(_) => "date_trunc",
        F::DateDiff(_) => "date_diff",
        F::Strftime => "strftime",
    }
}
