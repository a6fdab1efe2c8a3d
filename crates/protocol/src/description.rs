use crate::LoadErrorKind;
use serde::{Deserialize, Serialize};

/// What the files of a source say of themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    pub n_files: u32,
    pub n_rows: u64,
    pub bytes: u64,
    /// Of the first file, in its order.
    pub columns: Vec<DescribedColumn>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DescribedColumn {
    pub name: String,
    /// As a contract writes it.
    pub type_name: String,
    /// In one of the files at least.
    pub nullable: bool,
    /// Why its values cannot be read.
    pub unreadable: Option<LoadErrorKind>,
}
