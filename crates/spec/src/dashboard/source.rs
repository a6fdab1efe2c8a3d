use super::{
    Calendar, location,
    resolve::{Field, SourceModel},
    window,
};
use crate::{
    Access, Files, column_type,
    diagnostic::Report,
    duration, names, number_format,
    sql::{Compiler, Context, MeasureSql, Scope, SourceScope, Sql, compile_measures, default_format, type_name},
    suggest,
    yaml::{Entry, Fields, Node, Value, pairs},
};
use std::collections::{BTreeMap, BTreeSet};
use tarn_dashboard::{Column, DataType, Dimension, Direction, Expr, Filter, Function, Location, Node as ExprNode, NumberFormat, Source};

/// Data older than this is called expired unless the author says otherwise.
const DEFAULT_MAX_STALE_SECS: u32 = 24 * 3_600;

pub(super) fn compile<'a>(
    entry: &'a Entry,
    files: &'a Files,
    calendar: &Calendar,
    parameters: &[(String, Option<Filter>)],
    access: Option<&Access>,
    report: &mut Report,
) -> SourceModel<'a> {
    let name = entry.key.text.as_str();
    check_name(&entry.key, "source", report);
    let mut source = Source {
        name: name.to_owned(),
        location: Location::Parquet(vec![]),
        ttl_secs: 0,
        max_stale_secs: 0,
        columns: vec![],
        time: None,
        dimensions: vec![],
        measures: vec![],
    };
    let mut model_fields = BTreeMap::new();
    let (mut measures, mut measure_order, mut hidden) = (BTreeMap::new(), vec![], BTreeSet::new());
    if let Some(mut fields) = Fields::read(&entry.value, "a source", report) {
        let place = fields.required("source", "the address of a Parquet file or of a manifest", report);
        if let Some(location) = place.and_then(|node| location::compile(node, access, report)) {
            source.location = location;
        }
        (source.ttl_secs, source.max_stale_secs) = lifetimes(&mut fields, report);
        let schema = fields.required(
            "schema",
            "list the columns that the dashboard uses, as in `schema: { date: timestamp!, delay: int64 }`",
            report,
        );
        let time = fields.get("time", report);
        let dimensions = fields.get("dimensions", report);
        let measure_nodes = fields.get("measures", report);
        fields.finish(report);

        let broken = columns(schema, &mut source.columns, report);
        source.time = time.and_then(|node| time_column(node, &source.columns, &broken, report));
        for column in &source.columns {
            let expr = Expr { data_type: column.column_type.data_type(), node: ExprNode::Column(column.name.clone()) };
            let expr = calendar.shown(expr);
            model_fields.insert(column.name.clone(), Some(field(&column.name, names::label(&column.name), expr, None)));
        }
        model_fields.extend(broken.iter().map(|name| (name.clone(), None)));

        let dimension_entries = pairs(dimensions, report);
        let dimension_names: Vec<String> = dimension_entries.iter().map(|entry| entry.key.text.clone()).collect();
        let nothing = BTreeMap::new();
        let scope = Scope {
            source: name,
            columns: &source.columns,
            dimensions: &dimension_names,
            broken: &broken,
            time: source.time.as_deref(),
            calendar,
            parameters,
            measures: &nothing,
        };
        let mut compiled_dimensions = vec![];
        for entry in dimension_entries {
            check_name(&entry.key, "dimension", report);
            refuse_taken(&entry.key, "dimension", &model_fields, report);
            let compiled = dimension(entry, &scope, files, report);
            compiled_dimensions.extend(compiled.as_ref().map(|field| Dimension {
                name: field.name.clone(),
                label: field.label.clone(),
                expr: field.expr.clone(),
                sql: written(entry),
            }));
            model_fields.insert(entry.key.text.clone(), compiled);
        }
        let measure_entries = pairs(measure_nodes, report);
        let mut written = vec![];
        let mut windows = vec![];
        for entry in measure_entries {
            check_name(&entry.key, "measure", report);
            refuse_taken(&entry.key, "measure", &model_fields, report);
            if window::is_one(&entry.value) {
                measure_order.push(entry.key.text.clone());
                windows.push(entry);
                continue;
            }
            let (measure, is_hidden) = measure(entry, files, report);
            if is_hidden {
                hidden.insert(entry.key.text.clone());
            }
            measure_order.push(measure.name.clone());
            written.push(measure);
        }
        let scope = SourceScope {
            source: name,
            columns: &source.columns,
            dimensions: &dimension_names,
            broken: &broken,
            time: source.time.as_deref(),
            calendar,
            parameters,
        };
        measures = compile_measures(&written, &scope, report);
        for entry in windows {
            let measure = window::compile(entry, &measures, report);
            measures.insert(entry.key.text.clone(), measure);
        }
        source.dimensions = compiled_dimensions;
    }
    SourceModel { name, source, fields: model_fields, measures, measure_order, hidden }
}

fn lifetimes(fields: &mut Fields<'_>, report: &mut Report) -> (u32, u32) {
    let hint = "how long the data counts as fresh, such as `ttl: 5m`; there is no source without one";
    let ttl = fields.required("ttl", hint, report).and_then(|node| lifetime(node, report)).unwrap_or(1);
    let fallback = if ttl > DEFAULT_MAX_STALE_SECS { ttl.saturating_mul(2) } else { DEFAULT_MAX_STALE_SECS };
    let Some(node) = fields.get("max_stale", report) else { return (ttl, fallback) };
    let Some(max_stale) = lifetime(node, report) else { return (ttl, fallback) };
    if max_stale < ttl {
        report
            .error(node.span, "`max_stale` is shorter than `ttl`")
            .hint("data is fresh until `ttl`, stale until `max_stale`, then expired");
    }
    (ttl, max_stale.max(ttl))
}

fn lifetime(node: &Node, report: &mut Report) -> Option<u32> {
    let text = node.text(report)?;
    let seconds = duration::seconds(text);
    if seconds.is_none() {
        report.error(node.span, format!("`{text}` is not a duration")).hint("a number and s, m, h or d: 30s, 5m, 24h, 7d");
    }
    seconds
}

/// Fills `columns` and returns the names of those with errors.
fn columns(schema: Option<&Node>, columns: &mut Vec<Column>, report: &mut Report) -> Vec<String> {
    let mut broken = vec![];
    let entries = pairs(schema, report);
    if let Some(schema) = schema.filter(|schema| matches!(&schema.value, Value::Mapping(entries) if entries.is_empty())) {
        report.error(schema.span, "the schema has no columns").hint("list the columns that the dashboard uses");
    }
    for entry in entries {
        let name = entry.key.text.clone();
        if name.is_empty() || name.contains('.') {
            report.error(entry.key.span, format!("`{name}` cannot be a column's name here")).hint("rename it upstream, without a point");
        }
        let text = entry.value.text(report);
        let parsed = text.and_then(|text| {
            let bare = text.trim();
            let (bare, nullable) = bare.strip_suffix('!').map_or((bare, true), |bare| (bare, false));
            let found = column_type::parse(bare);
            if found.is_none() {
                let known = column_type::NAMES.iter().map(|(name, _)| *name).chain(["decimal(18, 2)"]);
                let hint = match bare {
                    "number" => "did you mean `int64` or `double`?".to_owned(),
                    _ => suggest::hint(bare, "types", known),
                };
                report.error(entry.value.span, format!("unknown type `{bare}`")).hint(hint);
            }
            found.map(|column_type| Column { name: name.clone(), column_type, nullable })
        });
        match parsed {
            Some(column) => columns.push(column),
            None => broken.push(name),
        }
    }
    broken
}

fn time_column(node: &Node, columns: &[Column], broken: &[String], report: &mut Report) -> Option<String> {
    let name = node.text(report)?;
    let Some(column) = columns.iter().find(|column| column.name == name) else {
        if !broken.iter().any(|broken| broken == name) {
            let hint = suggest::hint(name, "columns", columns.iter().map(|column| column.name.as_str()));
            report.error(node.span, format!("unknown column `{name}`")).hint(hint);
        }
        return None;
    };
    let data_type = column.column_type.data_type();
    if !data_type.is_temporal() {
        report
            .error(node.span, format!("`time` must be a date or a timestamp; `{name}` is {}", type_name(data_type)))
            .hint("periods and sparklines run over it");
        return None;
    }
    Some(column.name.clone())
}

fn field(name: &str, label: String, expr: Expr, format: Option<NumberFormat>) -> Field {
    let format = format.unwrap_or_else(|| field_format(&expr));
    Field { name: name.to_owned(), label, expr, format }
}

/// Years, hours and other parts of a date are names more than numbers: 2001, not 2,001.
fn field_format(expr: &Expr) -> NumberFormat {
    let format = default_format(expr.data_type);
    match expr.node {
        ExprNode::Call(Function::Extract(_), _) => NumberFormat { grouping: false, ..format },
        _ => format,
    }
}

fn dimension(entry: &Entry, scope: &Scope<'_>, files: &Files, report: &mut Report) -> Option<Field> {
    let name = &entry.key.text;
    let (sql, label, format) = match &entry.value.value {
        Value::Mapping(_) => {
            let mut fields = Fields::read(&entry.value, "a dimension", report)?;
            let sql = fields.required("sql", "the expression of the dimension", report);
            let label = fields.get("label", report).and_then(|node| super::nonempty(node, report));
            let format = fields.get("format", report).and_then(|node| format(node, report));
            fields.finish(report);
            (sql?, label, format)
        }
        _ => (&entry.value, None, None),
    };
    let sql = Sql::parse(sql, files, report)?;
    let expr = Compiler::new(&sql, scope, Context::Row, report).compile()?;
    if matches!(expr.data_type, DataType::Interval | DataType::Binary | DataType::Null) {
        report
            .error(sql.node.span, format!("a dimension cannot be of type {}", type_name(expr.data_type)))
            .hint("cast it to a type that can be grouped");
        return None;
    }
    Some(field(name, label.unwrap_or_else(|| names::label(name)), scope.calendar.shown(expr), format))
}

/// The expression of a dimension as its author wrote it.
fn written(entry: &Entry) -> String {
    let sql = match &entry.value.value {
        Value::Mapping(entries) => entries.iter().find(|entry| entry.key.text == "sql").map(|entry| &entry.value),
        _ => Some(&entry.value),
    };
    sql.and_then(Node::as_text).unwrap_or_default().trim().to_owned()
}

fn measure<'a>(entry: &'a Entry, files: &'a Files, report: &mut Report) -> (MeasureSql<'a>, bool) {
    let name = entry.key.text.clone();
    let mut measure = MeasureSql { label: names::label(&name), name, span: entry.key.span, format: None, good: None, sql: None };
    let mut hidden = false;
    match &entry.value.value {
        Value::Mapping(_) => {
            let Some(mut fields) = Fields::read(&entry.value, "a measure", report) else { return (measure, hidden) };
            let sql = fields.required("sql", "the expression of the measure, such as `avg(delay)`", report);
            if let Some(label) = fields.get("label", report).and_then(|node| super::nonempty(node, report)) {
                measure.label = label;
            }
            measure.format = fields.get("format", report).and_then(|node| format(node, report));
            measure.good = fields.get("good", report).and_then(|node| direction(node, report));
            hidden = fields.get("hidden", report).and_then(|node| node.boolean(report)).unwrap_or(false);
            fields.finish(report);
            measure.sql = sql.and_then(|sql| Sql::parse(sql, files, report));
        }
        _ => measure.sql = Sql::parse(&entry.value, files, report),
    }
    (measure, hidden)
}

pub(super) fn format(node: &Node, report: &mut Report) -> Option<NumberFormat> {
    let text = node.text(report)?;
    number_format::parse(text).map_err(|hint| report.error(node.span, format!("`{text}` is not a number format")).hint(hint)).ok()
}

pub(super) fn direction(node: &Node, report: &mut Report) -> Option<Direction> {
    match node.text(report)? {
        "up" => Some(Direction::Up),
        "down" => Some(Direction::Down),
        other => {
            report
                .error(node.span, format!("`good` is a direction, found `{other}`"))
                .hint("`up` when more is better, `down` when less is");
            None
        }
    }
}

fn check_name(key: &crate::yaml::Key, what: &str, report: &mut Report) {
    if !names::is_name(&key.text) {
        report
            .error(key.span, format!("`{}` cannot be the name of a {what}", key.text))
            .hint("letters, digits and `_`, at most 64, not a digit first; `label:` can be any text");
    }
}

/// A result has one column per name.
fn refuse_taken(key: &crate::yaml::Key, what: &str, fields: &BTreeMap<String, Option<Field>>, report: &mut Report) {
    if fields.contains_key(&key.text) {
        report
            .error(key.span, format!("the {what} `{}` has the name of a column or dimension", key.text))
            .hint("choose another name; `label:` can be any text");
    }
}
