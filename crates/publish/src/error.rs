use std::{fmt, io, path::PathBuf};

/// Why nothing was published. Whatever it says, the snapshot that was served before is served still.
#[derive(Debug)]
pub enum PublishError {
    /// The publication or its dashboard is not what it should be.
    Configuration { message: String, hint: String },
    /// The rows could not be read.
    Input { from: String, message: String, hint: Option<String> },
    /// The rows are not what the contract or a check promises. All breaks at once.
    Broken(Vec<Break>),
    /// The store refused or failed.
    Store { target: String, message: String, hint: Option<String> },
    /// Another publication of the same source finished first.
    Overtaken { target: String },
    /// The space for temporary files.
    Scratch(io::Error),
    /// Columns could not be converted or encoded.
    Columns(String),
    /// A local file.
    File { path: PathBuf, error: io::Error },
}

/// One promise that the rows do not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Such as `column \`delay\``, or `rows`.
    pub what: String,
    pub message: String,
    pub hint: Option<String>,
}

impl PublishError {
    pub(crate) fn scratch(error: io::Error) -> Self {
        Self::Scratch(error)
    }

    pub(crate) fn configuration(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Configuration { message: message.into(), hint: hint.into() }
    }

    /// 1: the input or the configuration is wrong; 3: a promise is broken; 4: overtaken by another publication;
    /// 5: a store, a database or a disk failed and another try may help.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Configuration { .. } => 1,
            Self::Broken(_) => 3,
            Self::Overtaken { .. } => 4,
            Self::Input { .. } | Self::Store { .. } | Self::Scratch(_) | Self::Columns(_) | Self::File { .. } => 5,
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Configuration { hint, .. } => Some(hint.clone()),
            Self::Input { hint, .. } | Self::Store { hint, .. } => hint.clone(),
            Self::Broken(_) => Some("the last snapshot stays; mend the rows upstream, or change the contract in the dashboard".to_owned()),
            Self::Overtaken { .. } => Some("nothing was lost: run again to publish what this run read".to_owned()),
            Self::Scratch(_) => Some("free space in the folder for temporary files, or set TMPDIR to another".to_owned()),
            Self::Columns(_) | Self::File { .. } => None,
        }
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration { message, .. } => f.write_str(message),
            Self::Input { from, message, .. } => write!(f, "cannot read the rows: {message}\n  from: {from}"),
            Self::Broken(breaks) => {
                let noun = if breaks.len() == 1 { "promise is" } else { "promises are" };
                write!(f, "{} {noun} broken; nothing was published", breaks.len())?;
                for Break { what, message, hint } in breaks {
                    write!(f, "\n  {what}: {message}")?;
                    if let Some(hint) = hint {
                        write!(f, "\n    hint: {hint}")?;
                    }
                }
                Ok(())
            }
            Self::Store { target, message, .. } => write!(f, "the store failed: {message}\n  store: {target}"),
            Self::Overtaken { target } => write!(f, "another publication finished first; nothing was switched\n  store: {target}"),
            Self::Scratch(error) => write!(f, "no space for temporary files: {error}"),
            Self::Columns(message) => write!(f, "the columns cannot be written: {message}"),
            Self::File { path, error } => write!(f, "{error}\n  file: {}", path.display()),
        }
    }
}

impl std::error::Error for PublishError {}

impl From<arrow_schema::ArrowError> for PublishError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        match error {
            arrow_schema::ArrowError::IoError(_, error) => Self::Scratch(error),
            other => Self::Columns(other.to_string()),
        }
    }
}

impl From<parquet::errors::ParquetError> for PublishError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        use parquet::errors::ParquetError;
        match error {
            // All that is written as Parquet goes to temporary files.
            ParquetError::External(error) => {
                error.downcast::<io::Error>().map_or_else(|error| Self::Columns(error.to_string()), |error| Self::Scratch(*error))
            }
            other => Self::Columns(other.to_string()),
        }
    }
}
