use std::fmt;

/// Why a batch or a column does not fit into a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableError {
    /// A column that the table needs is not in the batch.
    MissingColumn { column: String },
    /// The batch's type cannot be widened to the contract's without loss.
    ColumnType { column: String, expected: String, found: String },
    /// A value of the batch is beyond what the contract's type can hold.
    OutOfRange { column: String, value: String },
    /// A table holds fewer than 2^32 rows; columns that join it have as many rows as it has.
    RowCount { expected: u64, found: u64 },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumn { column } => write!(f, "the batch has no column `{column}`"),
            Self::ColumnType { column, expected, found } => write!(f, "column `{column}` is {found}, which does not fit {expected}"),
            Self::OutOfRange { column, value } => write!(f, "column `{column}` has the value {value}, which is out of range"),
            Self::RowCount { expected, found } => write!(f, "{found} rows where {expected} were expected"),
        }
    }
}

impl std::error::Error for TableError {}
