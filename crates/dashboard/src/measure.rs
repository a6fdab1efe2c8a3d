use crate::{DataType, Direction, Expr, Node, NumberFormat};
use serde::{Deserialize, Serialize};

/// A named number: arithmetic over aggregates, evaluated at the grain of whatever row or total shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    pub name: String,
    pub label: String,
    pub aggregates: Vec<Aggregate>,
    /// Over [`crate::Node::Aggregate`], literals and scalar functions; never over columns.
    pub value: Expr,
    pub format: NumberFormat,
    /// Which direction of change is good, where the author said so.
    pub good: Option<Direction>,
    /// Over the steps of a time axis; its values then take the place of `value`'s. Only a line shows such a measure.
    #[serde(default)]
    pub window: Option<Window>,
    /// The author's SQL with its references expanded, for people who ask how a number is made.
    pub sql: String,
}

impl Measure {
    /// `count(*)`, for what the page itself asks.
    pub fn row_count() -> Self {
        let aggregate = Aggregate { function: AggregateFunction::Count, argument: None, filter: None, data_type: DataType::Int64 };
        Self {
            name: "rows".into(),
            label: String::new(),
            aggregates: vec![aggregate],
            value: Expr { data_type: DataType::Int64, node: Node::Aggregate(0) },
            format: NumberFormat::default(),
            good: None,
            window: None,
            sql: "count(*)".into(),
        }
    }

    /// Whether the values of parts add up to that of the whole: a sum or a count.
    pub fn adds_up(&self) -> bool {
        let function = |at: u32| self.aggregates.get(at as usize).map(|aggregate| aggregate.function);
        matches!(self.value.node, Node::Aggregate(at) if matches!(function(at), Some(AggregateFunction::Count | AggregateFunction::Sum)))
    }

    pub fn data_type(&self) -> DataType {
        if let Some(Window::Moving(_)) = self.window { DataType::Float64 } else { self.value.data_type }
    }
}

/// What is made of a measure's values along a time axis, gaps included. Nulls are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The sum of all values so far; exact for integers and decimals.
    Running,
    /// The average of this value and those before it, so many in all; of fewer where the axis starts.
    Moving(u32),
}

/// One pass over the rows of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    pub function: AggregateFunction,
    /// `None` for `count(*)` alone.
    pub argument: Option<Expr>,
    /// `filter (where …)`: only rows for which it is true.
    pub filter: Option<Expr>,
    #[serde(rename = "type")]
    pub data_type: DataType,
}

/// Over no rows, counts are 0 and everything else is null. Nulls of the argument are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateFunction {
    /// Rows, or rows with a non-null argument.
    Count,
    CountDistinct,
    /// Exact for integers and decimals; a result beyond the type is an error.
    Sum,
    /// A double, from the exact sum.
    Avg,
    Min,
    Max,
    Median,
    /// Continuous quantile, the fraction in 0..=1.
    QuantileCont(f64),
    /// Sample standard deviation; null below two rows.
    Stddev,
    /// Sample variance; null below two rows.
    Variance,
    /// The argument in the row with the least value of the source's time column; ties by row order.
    First,
    Last,
    /// The first non-null value in row order.
    AnyValue,
}
