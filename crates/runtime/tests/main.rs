//! The pipeline from requests to rows, over a host of memory. One program: linking it costs more than its tests.
#![allow(clippy::unwrap_used)]
mod conformance;
mod distribution;
mod failures;
mod flights;
mod held;
mod hierarchy;
mod hosts;
mod kept;
mod long_tables;
mod memory;
mod moves;
mod mutants;
mod opening;
mod parameters;
mod partitions;
mod pruning;
mod published;
mod requests;
mod scatters;
mod shared_filters;
mod simulation;
mod tabs;
mod world;
