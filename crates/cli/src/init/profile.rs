use super::column::{Column, Kind};
use serde_json::{Map, Value, json};
use tarn_dashboard::Scalar;
use tarn_decode::Footer;
use tarn_protocol::{Run, ViewRequest};
use tarn_runtime::{Host, Runtime, block_on};

/// Larger data is judged by its names and types alone: nobody waits minutes for a first draft.
const MAX_ROWS: u64 = 30_000_000;

/// What is known of the data.
pub struct Profile {
    pub n_rows: u64,
    pub n_files: usize,
    pub bytes: u64,
    /// In the file's order.
    pub columns: Vec<Column>,
}

/// What the footers say, then what the values of the columns do that can be used. The host reads the sources.
pub fn read(footers: &[Footer], sources: &[String], host: impl Host) -> Result<Profile, String> {
    let n_rows = footers.iter().map(Footer::n_rows).sum();
    let bytes = footers.iter().map(Footer::file_length).sum();
    let first = footers.first().ok_or("there is no file")?;
    let mut columns: Vec<Column> = first
        .fields()
        .map(|field| {
            let type_name = tarn_snapshot::type_name(field.field_type);
            let readable = first.projection(&[&field.name]).is_ok() && !field.name.contains('.') && !field.name.is_empty();
            let kind = if readable { kind(&type_name) } else { Kind::Other };
            Column { name: field.name.clone(), type_name, kind, required: !field.nullable, facts: None }
        })
        .collect();
    if columns.iter().all(|column| column.kind == Kind::Other) {
        let names: Vec<String> = columns.iter().map(|column| format!("{} is {}", column.name, column.type_name)).collect();
        let hint = "flatten lists and structs upstream, for example with unnest() in DuckDB";
        return Err(format!("no column of this data can be shown: {}\nhint: {hint}", names.join(", ")));
    }
    if n_rows <= MAX_ROWS {
        look(sources, host, &mut columns)?;
    }
    Ok(Profile { n_rows, n_files: footers.len(), bytes, columns })
}

fn kind(type_name: &str) -> Kind {
    match type_name {
        "date" => Kind::Date,
        "timestamp" | "timestamptz" => Kind::Timestamp,
        "float" | "double" => Kind::Fraction,
        "string" => Kind::Text,
        "boolean" => Kind::Boolean,
        name if name.starts_with("int") && name != "interval" || name.starts_with("uint") => Kind::Integer,
        name if name.starts_with("decimal") => Kind::Fraction,
        _ => Kind::Other,
    }
}

/// Asks the engine, as a dashboard would: a measure and a key figure for everything that is to be known.
fn look(sources: &[String], host: impl Host, columns: &mut [Column]) -> Result<(), String> {
    let mut asked: Vec<(usize, &str)> = vec![];
    let (mut measures, mut views, mut schema) = (Map::new(), vec![], Map::new());
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.kind != Kind::Other) {
        schema.insert(column.name.clone(), Value::String(column.type_name.clone()));
        let sql = column.sql();
        let mut ask = |what: &'static str, expression: String| {
            let name = format!("tarn_{}", asked.len());
            measures.insert(name.clone(), Value::String(expression));
            views.push(json!([{ "kpi": name, "id": name }]));
            asked.push((at, what));
        };
        ask("present", format!("count({sql})"));
        if !matches!(column.kind, Kind::Fraction | Kind::Timestamp) {
            ask("distinct", format!("count(distinct {sql})"));
        }
        if column.is_number() || column.is_time() {
            ask("min", format!("min({sql})"));
            ask("max", format!("max({sql})"));
        }
        if column.is_number() {
            ask("low", format!("quantile_cont(cast({sql} as double), 0.01)"));
            ask("high", format!("quantile_cont(cast({sql} as double), 0.99)"));
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    let question = json!({
        "title": "Profile",
        "data": { "data": { "source": sources, "ttl": "1h", "schema": schema, "measures": measures } },
        "pages": [{ "title": "Profile", "id": "profile", "rows": views }],
    });
    let compiled = tarn_spec::compile("profile", question.to_string().as_bytes());
    let dashboard = compiled.dashboard.ok_or_else(|| {
        format!("the data cannot be profiled: please report this\n{}", tarn_spec::render_all(&compiled.files, &compiled.diagnostics))
    })?;
    let runtime = Runtime::new(host, dashboard, "", |_| {});
    let views =
        (0..asked.len()).map(|at| ViewRequest { id: format!("tarn_{at}"), grain: None, order: vec![], limit: None, level: 0 }).collect();
    let results = block_on(runtime.run(&Run { seq: 0, page: "profile".into(), selections: vec![], comparisons: vec![], views }));
    for ((at, what), (_, result)) in asked.iter().zip(results.views) {
        // A value that cannot be computed is one that nobody knows: a sum may overflow, a file may lack the column.
        let Ok(result) = result else { continue };
        let value = result.table.columns.first().and_then(|column| number(&column.scalar(0)));
        let Some(facts) = columns.get_mut(*at).map(|column| column.facts.get_or_insert_default()) else { continue };
        match *what {
            "present" => facts.present = value.unwrap_or(0.0) as u64,
            "distinct" => facts.distinct = value.map(|value| value as u64),
            "min" => facts.min = value,
            "max" => facts.max = value,
            "low" => facts.low = value,
            _ => facts.high = value,
        }
    }
    Ok(())
}

fn number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value).filter(|value| value.is_finite()),
        Scalar::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        Scalar::Date(days) => Some(f64::from(*days) * 86.4e9),
        Scalar::Timestamp(micros) => Some(*micros as f64),
        _ => None,
    }
}
