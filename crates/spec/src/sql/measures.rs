use super::{Compiler, Context, Scope, Sql, type_name};
use crate::{Span, dashboard::Calendar, diagnostic::Report};
use std::collections::BTreeMap;
use tarn_dashboard::{Column, DataType, Direction, Filter, Measure, Node, NumberFormat};

/// Longer texts come from references that double again and again; nobody reads them.
const MAX_SQL: usize = 10_000;

/// A measure as written.
pub(crate) struct MeasureSql<'a> {
    pub name: String,
    pub span: Span,
    pub label: String,
    pub format: Option<NumberFormat>,
    pub good: Option<Direction>,
    /// `None`: it did not parse.
    pub sql: Option<Sql<'a>>,
}

/// What all measures of a source share.
pub(crate) struct SourceScope<'a> {
    pub source: &'a str,
    pub columns: &'a [Column],
    pub dimensions: &'a [String],
    pub broken: &'a [String],
    pub time: Option<&'a str>,
    pub calendar: &'a Calendar,
    pub parameters: &'a [(String, Option<Filter>)],
}

/// Compiles all measures, those first that others refer to. A measure with errors is `None`.
pub(crate) fn compile_measures(
    measures: &[MeasureSql<'_>],
    source: &SourceScope<'_>,
    report: &mut Report,
) -> BTreeMap<String, Option<Measure>> {
    let mut compiled: BTreeMap<String, Option<Measure>> = measures.iter().map(|measure| (measure.name.clone(), None)).collect();
    for measure in in_order(measures, report) {
        let result = compile(measure, source, &compiled, report);
        compiled.insert(measure.name.clone(), result);
    }
    compiled
}

fn compile(
    measure: &MeasureSql<'_>,
    source: &SourceScope<'_>,
    compiled: &BTreeMap<String, Option<Measure>>,
    report: &mut Report,
) -> Option<Measure> {
    let sql = measure.sql.as_ref()?;
    let scope = Scope {
        source: source.source,
        columns: source.columns,
        dimensions: source.dimensions,
        broken: source.broken,
        time: source.time,
        calendar: source.calendar,
        parameters: source.parameters,
        measures: compiled,
    };
    let mut compiler = Compiler::new(sql, &scope, Context::Measure, report);
    let value = compiler.compile()?;
    let aggregates = std::mem::take(&mut compiler.aggregates);
    if matches!(value.data_type, DataType::Interval | DataType::Binary | DataType::Null) {
        let message = format!("a measure cannot be of type {}", type_name(value.data_type));
        report.error(sql.node.span, message).hint("use date_diff('minute', a, b) for a span of time");
        return None;
    }
    let format = measure.format.clone().unwrap_or_else(|| default_format(value.data_type));
    Some(Measure {
        name: measure.name.clone(),
        label: measure.label.clone(),
        aggregates,
        value,
        format,
        good: measure.good,
        window: None,
        sql: expanded(sql, compiled),
    })
}

/// A condition on groups, as a measure that is true for those to show.
pub(crate) fn compile_having(
    sql: &Sql<'_>,
    source: &SourceScope<'_>,
    measures: &BTreeMap<String, Option<Measure>>,
    report: &mut Report,
) -> Option<Measure> {
    let scope = Scope {
        source: source.source,
        columns: source.columns,
        dimensions: source.dimensions,
        broken: source.broken,
        time: source.time,
        calendar: source.calendar,
        parameters: source.parameters,
        measures,
    };
    let mut compiler = Compiler::new(sql, &scope, Context::Measure, report);
    let value = compiler.compile()?;
    let value = compiler.condition(value, sql.node.span)?;
    let aggregates = std::mem::take(&mut compiler.aggregates);
    let format = default_format(value.data_type);
    let text = expanded(sql, measures);
    Some(Measure { name: "having".into(), label: text.clone(), aggregates, value, format, good: None, window: None, sql: text })
}

/// Whole numbers without decimals, grouped; everything else as many decimals as it needs.
pub(crate) fn default_format(data_type: DataType) -> NumberFormat {
    match data_type {
        DataType::Int64 => NumberFormat { decimals: Some(0), ..NumberFormat::default() },
        _ => NumberFormat::default(),
    }
}

/// The author's SQL with every reference replaced by what it stands for.
fn expanded(sql: &Sql<'_>, compiled: &BTreeMap<String, Option<Measure>>) -> String {
    let mut text = String::new();
    let mut at = 0;
    for reference in &sql.references {
        text += sql.text.get(at..reference.range.start).unwrap_or("");
        match compiled.get(&reference.name) {
            Some(Some(measure)) if matches!(measure.value.node, Node::Aggregate(_)) => text += &measure.sql,
            Some(Some(measure)) => text += &format!("({})", measure.sql),
            _ => {}
        }
        at = reference.range.end;
        if text.len() > MAX_SQL {
            return sql.text.to_owned();
        }
    }
    text + sql.text.get(at..).unwrap_or("")
}

/// Every measure behind those that it refers to. Those in a cycle are reported and left out.
fn in_order<'a, 'b>(measures: &'a [MeasureSql<'b>], report: &mut Report) -> Vec<&'a MeasureSql<'b>> {
    let index: BTreeMap<&str, usize> = measures.iter().enumerate().map(|(at, measure)| (measure.name.as_str(), at)).collect();
    let targets: Vec<Vec<usize>> = measures
        .iter()
        .map(|measure| {
            measure.sql.iter().flat_map(|sql| &sql.references).filter_map(|reference| index.get(reference.name.as_str()).copied()).collect()
        })
        .collect();
    let mut order = vec![];
    let mut state = vec![State::New; measures.len()];
    for start in 0..measures.len() {
        // A path with the next reference to follow at each step: no recursion, as chains can be long.
        let mut path: Vec<(usize, usize)> = if state[start] == State::New { vec![(start, 0)] } else { vec![] };
        state[start] = if path.is_empty() { state[start] } else { State::Open };
        while let Some((at, next)) = path.last_mut() {
            let Some(&target) = targets[*at].get(*next) else {
                if state[*at] == State::Open {
                    state[*at] = State::Done;
                    order.push(&measures[*at]);
                }
                path.pop();
                continue;
            };
            *next += 1;
            match state[target] {
                State::New => {
                    state[target] = State::Open;
                    path.push((target, 0));
                }
                State::Open => {
                    let from = path.iter().position(|(at, _)| *at == target).unwrap_or(0);
                    let cycle: Vec<usize> = path[from..].iter().map(|(at, _)| *at).collect();
                    report_cycle(&cycle, measures, report);
                    cycle.iter().for_each(|at| state[*at] = State::Cyclic);
                }
                State::Done | State::Cyclic => {}
            }
        }
    }
    order
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the path.
    Open,
    Done,
    Cyclic,
}

fn report_cycle(cycle: &[usize], measures: &[MeasureSql<'_>], report: &mut Report) {
    let names: Vec<String> = cycle.iter().chain(cycle.first()).map(|at| format!("`{}`", measures[*at].name)).collect();
    let Some(first) = cycle.first() else { return };
    let message = if cycle.len() == 1 {
        format!("measure {} refers to itself", names[0])
    } else {
        format!("these measures refer to each other: {}", names.join(" → "))
    };
    let next = &measures[*cycle.get(1).unwrap_or(first)].name;
    let sql = measures[*first].sql.as_ref();
    let reference =
        sql.and_then(|sql| Some(sql.span_within(sql.references.iter().find(|reference| reference.name == *next)?.range.clone())));
    report.error(reference.unwrap_or(measures[*first].span), message).hint("write one of them without the others");
}
