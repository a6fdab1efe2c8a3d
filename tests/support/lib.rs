//! What the tests of the repository share: places, sites to serve, a server with faults, a browser, DuckDB's answers.
#![allow(clippy::unwrap_used)]
mod axe;
mod bigquery;
mod browser;
mod bucket;
mod compare;
mod expected;
mod flight_sql;
mod markdown;
#[cfg(unix)]
mod postgres;
mod proxy;
mod read_store;
mod repository;
mod server;
mod serving;
mod site;
mod snowflake;
mod stores;

pub use axe::{axe, barriers};
pub use bigquery::BigQuery;
pub use browser::{Page, in_browser};
pub use bucket::{Bucket, Objects, Operation, Turn};
pub use compare::differences;
pub use expected::{Asked, Case, DEMO, GALLERY, SEARCHED, cases, expected};
pub use flight_sql::FlightSql;
pub use markdown::{Block, blocks};
#[cfg(unix)]
pub use postgres::Postgres;
pub use proxy::{Proxy, Way};
pub use read_store::{ReadStore, StoreKind};
pub use repository::{cargo, dist, python, root, source_files, tarn, tarn_with_page};
pub use server::{Cors, Entry, Fault, Server, Whoami};
pub use serving::Serving;
pub use site::{Site, flights_parquet};
pub use snowflake::Snowflake;
pub use stores::ObjectStore;
