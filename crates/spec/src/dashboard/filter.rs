use super::{resolve::Model, source};
use crate::{
    Span,
    diagnostic::Report,
    names,
    sql::type_name,
    suggest,
    yaml::{Entry, Fields, Node, Scalar, Style, Value},
};
use tarn_dashboard::{Catalogue, Comparison, Dashboard, DataType, Filter, FilterField, FilterKind, FilterValue, Measure, Page, Plain};

const KINDS: [(&str, FilterKind); 7] = [
    ("date_range", FilterKind::DateRange),
    ("range", FilterKind::Range),
    ("multi_select", FilterKind::MultiSelect),
    ("select", FilterKind::Select),
    ("search", FilterKind::Search),
    ("boolean", FilterKind::Boolean),
    ("top", FilterKind::Top),
];

pub(super) fn compile(entry: &Entry, model: &Model<'_>, report: &mut Report) -> Option<Filter> {
    let id = &entry.key.text;
    if !names::is_id(id) {
        report
            .error(entry.key.span, format!("`{id}` cannot be the id of a filter"))
            .hint("letters, digits, `-` and `_`: it stands in URLs");
    } else if matches!(id.as_str(), "page" | "all") {
        report
            .error(entry.key.span, format!("`{id}` cannot be the id of a filter"))
            .hint("the URL uses it for the page; choose another id");
    }
    let mut fields = Fields::read(&entry.value, "a filter", report)?;
    let field_node = fields.required("field", "the column or dimension that it filters, such as `flights.delay`", report);
    let kind_node = fields.required("type", "one of date_range, range, multi_select, select, search, boolean, top", report);
    let label = fields.get("label", report).and_then(|node| super::nonempty(node, report));
    let format = fields.get("format", report).and_then(|node| source::format(node, report));
    let default = fields.get("default", report);
    let compare_node = fields.get("compare", report);
    let required_node = fields.get("required", report);
    let by_node = fields.get("by", report);
    fields.finish(report);

    let kind = kind_node.and_then(|node| kind(node, report));
    let mut fields = field_node.map_or_else(Vec::new, Node::items).into_iter();
    let found = fields.next().and_then(|node| model.field(node.text(report)?, None, node.span, report));
    let more: Vec<&Node> = fields.collect();
    let compare = compare_node.and_then(|node| comparison(node, report));
    let ((found, field), kind) = (found?, kind?);
    if let Some(node) = compare_node.filter(|_| kind != FilterKind::DateRange) {
        report.error(node.span, "only a date_range can be compared with another period").hint("move `compare` to the filter of the period");
    }
    let span = kind_node.map_or(entry.key.span, |node| node.span);
    check_kind(kind, field.expr.data_type, &field.name, span, report)?;
    let by = ranking(kind, by_node, found.source, span, model, report);
    let mut filter = Filter {
        id: id.clone(),
        label: label.unwrap_or_else(|| names::label(id)),
        source: model.sources[found.source].name.to_owned(),
        field: field.name,
        expr: field.expr,
        kind,
        default: None,
        compare,
        required: required_node.and_then(|node| node.boolean(report)).unwrap_or(false),
        format: format.unwrap_or(field.format),
        by,
        parameter: None,
        also: vec![],
    };
    filter.also = more.into_iter().filter_map(|node| other_field(node, &filter, model, report)).collect();
    check_parameters(&filter, span, report);
    filter.default = default.and_then(|node| default_value(&filter, node, report));
    if let Some(node) = required_node.filter(|_| filter.required && default.is_none()) {
        report.error(node.span, "a required filter has no default, so nothing could be shown at first").hint("add `default:`");
    }
    Some(filter)
}

/// The same dimension in another source.
fn other_field(node: &Node, filter: &Filter, model: &Model<'_>, report: &mut Report) -> Option<FilterField> {
    let (found, field) = model.field(node.text(report)?, None, node.span, report)?;
    let source = model.sources[found.source].name;
    if filter.kind == FilterKind::Top {
        report.error(node.span, "a top filter ranks the values of one source").hint("name one field");
    } else if filter.fields().any(|(known, ..)| known == source) {
        report.error(node.span, format!("two fields of `{source}`")).hint("a filter has at most one field of each source");
    } else if field.expr.data_type != filter.expr.data_type {
        let types = [&field.expr, &filter.expr].map(|expr| type_name(expr.data_type));
        let message = format!("`{source}.{}` is {}, `{}.{}` is {}", field.name, types[0], filter.source, filter.field, types[1]);
        report.error(node.span, message).hint("the fields of a filter have one type: cast one of them in a dimension");
    } else {
        return Some(FilterField { source: source.to_owned(), field: field.name, expr: field.expr });
    }
    None
}

/// Where a filter is in force on a page that shows others of its sources, but not its own: nothing could be offered there.
pub(super) fn without_own_source<'d>(filter: &Filter, dashboard: &'d Dashboard) -> Option<&'d Page> {
    let shows = |page: &Page, source: &str| page.views().any(|view| view.source == source);
    let reaches = |page: &Page| filter.also.iter().any(|also| shows(page, &also.source));
    let in_force = |page: &Page| page.filters_in_force().contains(&filter.id.as_str());
    dashboard.pages.iter().find(|page| in_force(page) && reaches(page) && !shows(page, &filter.source))
}

fn kind(node: &Node, report: &mut Report) -> Option<FilterKind> {
    suggest::word(node, "filter type", "types", KINDS, report)
}

fn kind_name(kind: FilterKind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name)
}

fn comparison(node: &Node, report: &mut Report) -> Option<Comparison> {
    suggest::word(node, "comparison", "comparisons", Comparison::ALL.map(|comparison| (comparison.name(), comparison)), report)
}

/// A filter that no value of the field can pass is a mistake.
fn check_kind(kind: FilterKind, data_type: DataType, field: &str, span: Span, report: &mut Report) -> Option<()> {
    use DataType as T;
    let fits = match kind {
        FilterKind::DateRange => data_type.is_temporal(),
        FilterKind::Range => data_type.is_numeric(),
        FilterKind::MultiSelect | FilterKind::Select | FilterKind::Top => {
            matches!(data_type, T::String | T::Int64 | T::Float64 | T::Boolean | T::Date | T::Timestamp | T::TimestampTz)
        }
        FilterKind::Search => data_type == T::String,
        FilterKind::Boolean => data_type == T::Boolean,
        // Has no field.
        FilterKind::Parameter => false,
    };
    if !fits {
        let better = match data_type {
            T::Date | T::Timestamp | T::TimestampTz => "use date_range",
            T::Int64 | T::Float64 | T::Decimal { .. } => "use range",
            T::String => "use multi_select, select or search",
            T::Boolean => "use boolean",
            _ => "filter by another column",
        };
        report.error(span, format!("a {} filter does not fit `{field}`, which is {}", kind_name(kind), type_name(data_type))).hint(better);
    }
    fits.then_some(())
}

/// What the values of a `top` filter are ranked by.
fn ranking(kind: FilterKind, node: Option<&Node>, source: usize, span: Span, model: &Model<'_>, report: &mut Report) -> Option<Measure> {
    match (kind, node) {
        (FilterKind::Top, Some(node)) => {
            let (_, measure) = model.measure(node.text(report)?, Some(source), node.span, report)?;
            if measure.window.is_some() {
                report
                    .error(node.span, format!("`{}` runs over time: nothing can be ranked by it", measure.name))
                    .hint("rank by the measure that it is made of");
            }
            Some(measure)
        }
        (FilterKind::Top, None) => {
            report.error(span, "a top filter needs a measure to rank by").hint("add `by:`, as in `by: flights`");
            None
        }
        (_, Some(node)) => {
            report.error(node.span, "only a top filter ranks by a measure").hint("remove `by`");
            None
        }
        (_, None) => None,
    }
}

/// What a range offers comes from the data as it is; a field that changes with a parameter has no such ends.
fn check_parameters(filter: &Filter, span: Span, report: &mut Report) {
    let mut reads = false;
    filter.fields().for_each(|(.., expr)| expr.parameters(&mut |_| reads = true));
    if reads && matches!(filter.kind, FilterKind::Range | FilterKind::DateRange) {
        let message = format!("`{}` changes with a parameter: a {} filter has no ends there", filter.field, kind_name(filter.kind));
        report.error(span, message).hint("use boolean, select or multi_select, or filter by a column");
    }
}

/// A value as authors write it in YAML.
pub(crate) fn default_value(filter: &Filter, node: &Node, report: &mut Report) -> Option<FilterValue> {
    // A `top` filter takes a number, whatever its field holds.
    let data_type = if filter.kind == FilterKind::Top { DataType::Int64 } else { filter.expr.data_type };
    match filter.parse_json(&plain(data_type, node)) {
        Ok(value) => Some(value),
        Err(error) => {
            let message = format!("expected {}", Catalogue::ENGLISH.say(error.expected));
            let hint = match filter.kind {
                FilterKind::DateRange => "as in `last 28 days`, `month to date`, or [2001-06-03, 2001-07-01]",
                FilterKind::Range => "as in [15, 90] or [null, 90]",
                FilterKind::MultiSelect => "as in [ATL, ORD], each of the field's type",
                FilterKind::Select => "a value of the field's type",
                FilterKind::Search => "as in `default: ATL`",
                FilterKind::Boolean => "as in `default: true`",
                FilterKind::Top => "as in `default: 10`",
                FilterKind::Parameter => "a value of its type",
            };
            report.error(node.span, message).hint(hint);
            None
        }
    }
}

/// The value that the author meant: in a field of texts, `2001` is a text.
fn plain(data_type: DataType, node: &Node) -> Plain {
    match &node.value {
        Value::Sequence(items) => Plain::List(items.iter().map(|item| plain(data_type, item)).collect()),
        // Fits no kind of filter.
        Value::Mapping(_) => Plain::List(vec![]),
        Value::Scalar(_) if node.is_null() => Plain::Null,
        Value::Scalar(Scalar { text, style: Style::Plain }) if data_type.is_numeric() => {
            let whole = text.parse::<i64>().ok().map(Plain::Int);
            whole.or_else(|| node.as_number().map(Plain::Number)).unwrap_or_else(|| Plain::Text(text.clone()))
        }
        Value::Scalar(Scalar { text, style: Style::Plain }) if data_type == DataType::Boolean => {
            node.as_boolean().map_or_else(|| Plain::Text(text.clone()), Plain::Boolean)
        }
        Value::Scalar(Scalar { text, .. }) => Plain::Text(text.clone()),
    }
}
