use super::resolve::{Field, Model, SourceModel};
use crate::{
    diagnostic::Report,
    sql::{SourceScope, Sql, compile_having},
    suggest,
    yaml::{Fields, Node},
};
use tarn_dashboard::{
    Aggregate, AggregateFunction, Bucket, Catalogue, DataType, Expr, Key, Measure, Node as ExprNode, NumberFormat, Order, OrderBy, Phrase,
    Subtotals, TimeUnit, Weekday,
};

/// More bins than pixels show nothing and cost memory.
const MAX_BINS: f64 = 10_000.0;
/// Grains of a time axis, finest first.
const GRAINS: [TimeUnit; 8] = [
    TimeUnit::Second,
    TimeUnit::Minute,
    TimeUnit::Hour,
    TimeUnit::Day,
    TimeUnit::Week(Weekday::Monday),
    TimeUnit::Month,
    TimeUnit::Quarter,
    TimeUnit::Year,
];

/// An axis of a chart: time by its grains, anything else by value.
pub(super) fn axis(field: Field, grains: &[TimeUnit]) -> Key {
    let temporal = field.expr.data_type.is_temporal();
    key(field, if temporal { Bucket::Time { grains: grains.to_vec() } } else { Bucket::Value })
}

pub(super) fn key(field: Field, bucket: Bucket) -> Key {
    Key { name: field.name, label: field.label, expr: field.expr, bucket, format: field.format }
}

/// The measure first, descending, then the keys, so that the order is total.
pub(super) fn order(first: Option<OrderBy>, n_keys: usize) -> Vec<Order> {
    let first = first.map(|by| Order { by, descending: true });
    let keys = (0..n_keys as u32).map(|at| Order { by: OrderBy::Key(at), descending: false });
    first.into_iter().chain(keys).collect()
}

pub(super) fn grains(node: &Node, week_start: Weekday, report: &mut Report) -> Option<Vec<TimeUnit>> {
    let mut grains = vec![];
    for item in node.items() {
        let Some(grain) = suggest::word(item, "grain", "grains", GRAINS.map(|grain| (grain.name(), grain)), report) else { continue };
        let grain = grain.starting(week_start);
        if grains.contains(&grain) {
            report.error(item.span, format!("`{}` stands here twice", grain.name())).hint("remove one of them");
        }
        grains.push(grain);
    }
    if node.items().is_empty() {
        report.error(node.span, "the list is empty").hint("name at least one grain, such as `day`");
    }
    (!grains.is_empty()).then_some(grains)
}

pub(super) fn bins(node: &Node, report: &mut Report) -> Option<Bucket> {
    let mut fields = Fields::read(node, "bins", report)?;
    let width_node = fields.required("width", "as in `bins: { width: 10 }`", report);
    let (from_node, to_node) = (fields.get("from", report), fields.get("to", report));
    fields.finish(report);
    let from = from_node.map_or(Some(None), |node| node.number(report).map(Some));
    let to = to_node.map_or(Some(None), |node| node.number(report).map(Some));
    let width = width_node?.number(report)?;
    if width <= 0.0 {
        report.error(width_node?.span, "the width of a bin is a positive number").hint("as in `bins: { width: 10 }`");
        return None;
    }
    let (from, to) = (from?, to?);
    if let (Some(from), Some(to)) = (from, to) {
        if from >= to {
            report.error(to_node?.span, format!("the bins end at {to}, before they start at {from}")).hint("`from` is less than `to`");
            return None;
        }
        if (to - from) / width > MAX_BINS {
            report.error(width_node?.span, format!("these are more than {MAX_BINS} bins")).hint("make them wider");
            return None;
        }
        if !is_whole((to - from) / width) {
            let hint = format!("choose a width that divides {} evenly", to - from);
            report.error(width_node?.span, "the last bin would be narrower than the others").hint(hint);
            return None;
        }
    }
    Some(Bucket::Bins { from, to, width })
}

/// Up to the rounding of decimals such as 0.1.
fn is_whole(number: f64) -> bool {
    (number - number.round()).abs() < 1e-9 * number.abs().max(1.0)
}

/// The measure of a histogram that names none: rows.
pub(super) fn count_measure(source: &mut SourceModel<'_>, catalogue: Catalogue<'_>) -> Measure {
    let aggregate = Aggregate { function: AggregateFunction::Count, argument: None, filter: None, data_type: DataType::Int64 };
    let format = NumberFormat { decimals: Some(0), ..NumberFormat::default() };
    own_measure(source, "count", (catalogue.say(Phrase::Count), "count(*)"), aggregate, format)
}

/// A measure that a view needs and the author need not write, with its label and its SQL. The author's own of the same name is taken
/// if it is the same; else this one's name gets a number.
pub(super) fn own_measure(
    source: &mut SourceModel<'_>,
    name: &str,
    (label, sql): (&str, &str),
    aggregate: Aggregate,
    format: NumberFormat,
) -> Measure {
    let value = Expr { data_type: aggregate.data_type, node: ExprNode::Aggregate(0) };
    let taken = |name: &str, source: &SourceModel<'_>| {
        let other = source.measures.get(name).is_some_and(|measure| {
            measure.as_ref().is_none_or(|measure| measure.aggregates != [aggregate.clone()] || measure.value != value)
        });
        other || source.hidden.contains(name) || source.fields.contains_key(name)
    };
    let names = std::iter::once(name.to_owned()).chain((2..).map(|n: u32| format!("{name}_{n}")));
    let name = names.into_iter().find(|name| !taken(name, source)).unwrap_or_default();
    if let Some(Some(known)) = source.measures.get(&name) {
        return known.clone();
    }
    let (label, sql) = (label.to_owned(), sql.to_owned());
    let measure = Measure { name: name.clone(), label, aggregates: vec![aggregate], value, format, good: None, window: None, sql };
    source.measure_order.push(name.clone());
    source.measures.insert(name, Some(measure.clone()));
    measure
}

/// Whether a table has row groups, and how they are shown at first.
pub(super) fn subtotals(node: &Node, n_keys: usize, report: &mut Report) -> Option<Subtotals> {
    const WORDS: [(&str, Subtotals); 3] = [("true", Subtotals::Expanded), ("false", Subtotals::None), ("collapsed", Subtotals::Collapsed)];
    let text = node.text(report)?;
    let found = WORDS.iter().find(|(word, _)| *word == text).map(|(_, subtotals)| *subtotals);
    if found.is_none() {
        let hint = suggest::hint(text, "values", WORDS.iter().map(|(word, _)| *word));
        report.error(node.span, format!("`subtotals` cannot be `{text}`")).hint(hint);
    } else if n_keys < 2 && found != Some(Subtotals::None) {
        report.error(node.span, "subtotals are of row groups, and this table has none").hint("name two columns or dimensions by `by`");
    }
    found
}

/// The condition on groups.
pub(super) fn having(node: &Node, source: usize, model: &Model<'_>, report: &mut Report) -> Option<Measure> {
    let SourceModel { source, measures, .. } = &model.sources[source];
    let sql = Sql::parse(node, model.files, report)?;
    let dimensions: Vec<String> = source.dimensions.iter().map(|dimension| dimension.name.clone()).collect();
    let scope = SourceScope {
        source: &source.name,
        columns: &source.columns,
        dimensions: &dimensions,
        broken: &[],
        time: source.time.as_deref(),
        calendar: model.calendar,
        parameters: &model.filters,
    };
    compile_having(&sql, &scope, measures, report)
}
