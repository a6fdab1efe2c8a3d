use parquet::errors::ParquetError;
use std::fmt;

/// Why bytes cannot be read as the columns that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    NotParquet,
    Encrypted,
    UnsupportedCodec {
        codec: &'static str,
        column: String,
    },
    UnsupportedType {
        column: String,
        found: String,
    },
    MissingColumn {
        column: String,
    },
    /// The file contradicts itself.
    Damaged {
        detail: String,
    },
}

impl DecodeError {
    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::Damaged { detail: detail.into() }
    }

    /// Says where the damage is.
    pub(crate) fn in_column(self, column: &str) -> Self {
        match self {
            Self::Damaged { detail } => Self::Damaged { detail: format!("column `{column}`: {detail}") },
            other => other,
        }
    }
}

impl From<ParquetError> for DecodeError {
    fn from(error: ParquetError) -> Self {
        // The crate's errors are sentences; the first line says it.
        Self::Damaged { detail: error.to_string().lines().next().unwrap_or_default().chars().take(200).collect() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotParquet => f.write_str("not a Parquet file"),
            Self::Encrypted => f.write_str("an encrypted Parquet file"),
            Self::UnsupportedCodec { codec, column } => write!(f, "column `{column}` is compressed with {codec}"),
            Self::UnsupportedType { column, found } => write!(f, "column `{column}` has the type {found}"),
            Self::MissingColumn { column } => write!(f, "no column `{column}`"),
            Self::Damaged { detail } => write!(f, "damaged: {detail}"),
        }
    }
}

impl std::error::Error for DecodeError {}
