//! What a snapshot is: the identity of its files, their byte ranges, the freshness rule and the contract. Pure: no I/O, no
//! clock.
mod contract;
mod folders;
mod freshness;
mod identity;
mod json;
mod manifest;
mod range;
mod validators;

pub use contract::{check_contract, type_name};
pub use folders::{column_of_folder, folder_scalar, folder_value, folder_values};
pub use freshness::{Freshness, freshness};
pub use identity::{FileIdentity, snapshot_id};
pub use manifest::{Digest, MANIFEST_FORMAT, Manifest, ManifestError, SnapshotDocument, SnapshotFile, read_chunk_digests};
pub use range::{ByteRange, ContentRange, FetchPlan, uncovered};
pub use validators::{Agreement, Validators};
