//! YAML as a tree in which every key and value keeps its place in the file.
mod fields;
mod number;
mod offsets;
mod parse;
mod tree;

pub(crate) use fields::{Fields, pairs};
pub(crate) use parse::parse;
pub(crate) use tree::{Entry, Key, Node, Scalar, Style, Value};
