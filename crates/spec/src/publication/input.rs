use super::filled;
use crate::{
    diagnostic::Report,
    yaml::{Fields, Node, pairs},
};

/// Where the rows of a publication come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Files, folders and patterns such as `exports/*.parquet`, relative to the publication file; folders named `key=value` add
    /// a column each.
    Parquet(Vec<String>),
    /// A query or a table, through an ADBC driver that is installed.
    Database {
        /// A name such as `adbc_driver_postgresql`, or the path of a shared library.
        driver: String,
        /// The function by which the library is entered, where it is none of those that its name suggests.
        entrypoint: Option<String>,
        uri: Option<String>,
        /// Further options of the driver, by their names.
        options: Vec<(String, String)>,
        query: String,
    },
}

pub(super) fn read(node: &Node, report: &mut Report) -> Option<Input> {
    let mut fields = Fields::read(node, "`from`", report)?;
    let parquet = fields.get("parquet", report);
    let driver = fields.get("driver", report);
    let entrypoint = fields.get("entrypoint", report);
    let uri = fields.get("uri", report);
    let options = fields.get("options", report);
    let query = fields.get("query", report);
    let table = fields.get("table", report);
    fields.finish(report);
    match (parquet, driver) {
        (Some(parquet), None) => {
            for stray in [entrypoint, uri, options, query, table].into_iter().flatten() {
                report.error(stray.span, "this belongs to a database, and `from` reads Parquet").hint("remove it, or name a `driver`");
            }
            let items = parquet.items();
            if items.is_empty() {
                report.error(parquet.span, "the list of files is empty").hint("name files, or a pattern such as exports/*.parquet");
            }
            let paths: Vec<Option<String>> = items.into_iter().map(|item| filled(item, report)).collect();
            Some(Input::Parquet(paths.into_iter().collect::<Option<_>>()?))
        }
        (None, Some(driver)) => {
            let query = match (query, table) {
                (Some(query), None) => filled(query, report),
                (None, Some(table)) => filled(table, report).map(|table| format!("select * from {table}")),
                (Some(_), Some(table)) => {
                    report.error(table.span, "`from` has a `query` and a `table`").hint("keep one of them");
                    None
                }
                (None, None) => {
                    report.error(node.span, "`from` has a driver but says not what to read").hint("add `query: select …` or `table: name`");
                    None
                }
            };
            let driver = filled(driver, report);
            let entrypoint = entrypoint.map(|entrypoint| filled(entrypoint, report));
            let uri = uri.map(|uri| filled(uri, report));
            let options: Vec<Option<(String, String)>> =
                pairs(options, report).iter().map(|entry| Some((entry.key.text.clone(), entry.value.text(report)?.to_owned()))).collect();
            Some(Input::Database {
                driver: driver?,
                entrypoint: entrypoint.map_or(Some(None), |entrypoint| entrypoint.map(Some))?,
                uri: uri.map_or(Some(None), |uri| uri.map(Some))?,
                options: options.into_iter().collect::<Option<_>>()?,
                query: query?,
            })
        }
        (Some(parquet), Some(_)) => {
            report.error(parquet.span, "`from` names Parquet files and a driver").hint("keep one of them");
            None
        }
        (None, None) => {
            let hint = "`parquet: exports/*.parquet`, or `driver:` with `uri:` and `query:`";
            report.error(node.span, "`from` says not where rows come from").hint(hint);
            None
        }
    }
}
