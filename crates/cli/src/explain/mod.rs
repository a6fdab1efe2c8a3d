//! `tarn explain`: how a view gets its numbers, and what that costs.
mod columns;
mod sql;

use crate::{data_dir, input, query};
use columns::{Column, columns};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::{path::PathBuf, process::ExitCode};
use tarn_dashboard::{Dashboard, Location, Page, Source, View};
use tarn_protocol::SourceStatus;
use tarn_runtime::{FileHost, Runtime};

#[derive(clap::Args)]
#[command(
    after_help = "The query is run once with the filters' defaults, from local files.\n\nExamples:\n  tarn explain top-origins\n  tarn explain top-origins sales.yaml --format json"
)]
pub struct Arguments {
    /// The id of the view
    view: String,
    /// The dashboard file
    #[arg(default_value = "dashboard.yaml")]
    dashboard: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The folder that relative sources start from; else that of the dashboard, or the `public` folder above it
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What there is to say of a view.
struct Explanation<'a> {
    page: &'a Page,
    view: &'a View,
    source: &'a Source,
    sql: String,
    columns: Vec<Column>,
    /// Rows that pass the filters, of all.
    rows: (u64, u64),
    status: SourceStatus,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if arguments.view.ends_with(".yaml") {
        return Err(format!("`{}` is no view\nhint: the view comes first: tarn explain VIEW {}", arguments.view, arguments.view));
    }
    let (dashboard, _) = input::compile_sound(&arguments.dashboard)?;
    let dir = data_dir::chosen(arguments.data_dir.as_deref(), &arguments.dashboard, &dashboard);
    let runtime = Runtime::new(FileHost::new(dir.clone()), dashboard, "", |_| {});
    let dashboard = runtime.dashboard();
    let selections = dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), filter.default.clone()?))).collect();
    let result = query::answer(
        &runtime,
        query::Asked { view: &arguments.view, grain: None, level: 0, search: &BTreeMap::new(), selections, comparisons: vec![] },
    )?;
    let Some((page, view, source)) = find(dashboard, &arguments.view) else {
        return Err(format!("view `{}` asks for nothing: its words name no measure", arguments.view));
    };
    let explanation = Explanation {
        page,
        view,
        source,
        sql: sql::statement(dashboard, page, view, source),
        columns: columns(dashboard, page, view, source, &dir),
        rows: (result.rows_matched, result.rows_total),
        status: runtime.status(&source.name).unwrap_or_default(),
    };
    input::print(&match arguments.format {
        Format::Text => text(&explanation),
        Format::Json => format!("{:#}\n", as_json(&explanation)),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn find<'d>(dashboard: &'d Dashboard, id: &str) -> Option<(&'d Page, &'d View, &'d Source)> {
    let (page, view) = dashboard.view(id)?;
    Some((page, view, dashboard.source(&view.source)?))
}

fn address(source: &Source) -> String {
    match &source.location {
        Location::Manifest(url) => url.clone(),
        Location::Parquet(urls) => urls.join(", "),
    }
}

fn text(explanation: &Explanation) -> String {
    let Explanation { page, view, source, sql, columns, rows, status } = explanation;
    let mut text =
        format!("{} `{}` on page `{}`, of `{}` ({})\n\n{sql}\n\n", view.kind.name(), view.id, page.id, source.name, address(source));
    let width = columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
    for column in columns {
        let size = column.bytes.map_or_else(String::new, bytes);
        let why = column.used_by.join(", ");
        text += &format!("{:width$}  {size:>10}  {why}\n", column.name);
    }
    let groups = status.row_groups_read + status.row_groups_skipped;
    text += &format!(
        "\n{} of {} rows pass the filters; {} of {groups} row groups and {} read; {} in memory\n",
        rows.0,
        rows.1,
        status.row_groups_read,
        bytes(status.bytes_fetched),
        bytes(status.memory_bytes),
    );
    text
}

fn as_json(explanation: &Explanation) -> Value {
    let Explanation { page, view, source, sql, columns, rows, status } = explanation;
    let columns: Vec<Value> =
        columns.iter().map(|column| json!({ "name": column.name, "bytes": column.bytes, "used_by": column.used_by })).collect();
    json!({
        "view": view.id,
        "kind": view.kind.name(),
        "page": page.id,
        "source": source.name,
        "address": address(source),
        "sql": sql,
        "columns": columns,
        "rows_matched": rows.0,
        "rows_total": rows.1,
        "row_groups_read": status.row_groups_read,
        "row_groups_skipped": status.row_groups_skipped,
        "bytes_read": status.bytes_fetched,
        "memory_bytes": status.memory_bytes,
    })
}

/// "812 B", "3.4 MB".
fn bytes(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", units[unit]) }
}
