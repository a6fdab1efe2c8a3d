//! SQL expressions: parsed by sqlparser, checked against the contract, compiled to typed expressions with explicit casts.
mod aggregates;
mod coerce;
mod compile;
mod functions;
mod interval;
mod literal;
mod measures;
mod operators;
mod scope;
mod special;
mod syntax;
mod time;

pub(crate) use compile::{Compiler, Context};
pub(crate) use measures::{MeasureSql, SourceScope, compile_having, compile_measures, default_format};
pub(crate) use scope::{Scope, type_name};
pub(crate) use syntax::Sql;
