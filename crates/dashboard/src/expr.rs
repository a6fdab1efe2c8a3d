use crate::{DataType, Scalar, TimeUnit};
use serde::{Deserialize, Serialize};

/// A typed SQL expression with DuckDB's semantics. Arguments already have the type that the function works on: the
/// compiler inserts [`Node::Cast`] where SQL would cast implicitly, so an evaluator never guesses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    #[serde(rename = "type")]
    pub data_type: DataType,
    pub node: Node,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A column of the source's contract.
    Column(String),
    Literal(Scalar),
    /// In a measure's value only: the result of its n-th aggregate.
    Aggregate(u32),
    Call(Function, Vec<Expr>),
    /// To the type of the enclosing [`Expr`]. A value that does not fit is an error, as in DuckDB's `cast`.
    Cast(Box<Expr>),
    /// `case when .0 then .1 … else otherwise end`; without `otherwise`, null.
    Case {
        whens: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    /// What the viewer chose of a parameter, by its name. Whoever asks the engine puts the value in its place.
    Parameter(String),
}

/// Scalar functions and operators, named as DuckDB names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    Add,
    Subtract,
    Multiply,
    /// `/`: always a double; null when the divisor is zero.
    Divide,
    /// `//`: truncates towards zero; null when the divisor is zero.
    IntegerDivide,
    /// `%`: the sign of the dividend; null when the divisor is zero.
    Modulo,
    Negate,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Three-valued.
    And,
    /// Three-valued.
    Or,
    Not,
    IsNull,
    IsNotNull,
    /// First argument in the rest.
    In,
    /// First argument between the second and the third, both included.
    Between,
    Like,
    /// `like` without regard to case.
    Ilike,
    Concat,
    Coalesce,
    Nullif,
    Lower,
    Upper,
    Trim,
    /// 1-based, in characters.
    Substring,
    /// In characters.
    Length,
    Replace,
    StartsWith,
    Contains,
    /// 1-based.
    SplitPart,
    Abs,
    /// Half away from zero; the optional second argument is the number of decimals.
    Round,
    Floor,
    Ceil,
    Sign,
    Ln,
    Exp,
    Power,
    Sqrt,
    Least,
    Greatest,
    /// `extract(part from x)`: an Int64.
    Extract(DatePart),
    /// `date_trunc`: a Date from a date, else a timestamp of the argument's type. Weeks start on Monday.
    DateTrunc(TimeUnit),
    /// `date_diff(unit, a, b)`: unit boundaries between a and b.
    DateDiff(TimeUnit),
    /// `strftime(x, format)`, the format a literal.
    Strftime,
}

/// What `extract` takes from a date or timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePart {
    Year,
    Quarter,
    Month,
    /// ISO week of the year.
    Week,
    Day,
    /// 0 = Sunday, as DuckDB's `dow`.
    DayOfWeek,
    /// 1 = Monday, 7 = Sunday.
    IsoDayOfWeek,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Epoch,
}
