//! Turns a dashboard file (YAML with SQL expressions) into a compiled dashboard, with a place in every error.
//!
//! [`compile`] reads the file into a tree that knows where everything stands, checks all of it, and types the SQL. All errors
//! of a file are told at once; [`render_text`] shows one as people know it from compilers. Input is never trusted: whatever
//! the bytes, the answer is a list of diagnostics.
mod access;
mod column_type;
mod compile;
mod dashboard;
mod diagnostic;
mod duration;
mod expectation;
mod files;
mod format;
mod include;
mod names;
mod number_format;
mod publication;
mod render;
mod schema;
mod sql;
mod strings;
mod suggest;
mod yaml;

pub use access::{Access, Identity, MAX_ROLE_SETS, Provider, Role, RoleSet};
pub use compile::{Compiled, compile, compile_with};
pub use diagnostic::{Diagnostic, Severity};
pub use expectation::{
    Check, CompiledTests, Expected, Invariant, InvariantComparison, Reduce, Sum, Term, Test, Tolerance, What, compile_tests,
};
pub use files::{Files, Position, Span};
pub use format::{FormatError, format};
pub use publication::{Checks, CompiledPublication, Input, Layout, Publication, RowBounds, Split, compile_publication};
pub use render::{render_all, render_github, render_text};
pub use schema::schema;
pub use strings::{ReadFile, strings};
