//! Named values that viewers choose and expressions read as `$name`.
use super::{filter::default_value, source};
use crate::{
    diagnostic::Report,
    names, suggest,
    yaml::{Entry, Fields, Node},
};
use tarn_dashboard::{DataType, Expr, Filter, FilterKind, FilterValue, Node as ExprNode, NumberFormat, Parameter, Scalar};

const TYPES: [(&str, DataType); 5] = [
    ("integer", DataType::Int64),
    ("number", DataType::Float64),
    ("text", DataType::String),
    ("date", DataType::Date),
    ("boolean", DataType::Boolean),
];

pub(super) fn compile(entry: &Entry, report: &mut Report) -> Option<Filter> {
    let id = &entry.key.text;
    if !names::is_name(id) {
        report
            .error(entry.key.span, format!("`{id}` cannot be the name of a parameter"))
            .hint("letters, digits and `_`, at most 64, not a digit first; `label:` can be any text");
    } else if matches!(id.as_str(), "page" | "all") {
        report
            .error(entry.key.span, format!("`{id}` cannot be the name of a parameter"))
            .hint("the URL uses it for the page; choose another name");
    }
    let mut fields = Fields::read(&entry.value, "a parameter", report)?;
    let type_node = fields.required("type", "one of integer, number, text, date, boolean", report);
    let default = fields.required("default", "what it is until a viewer chooses", report);
    let label = fields.get("label", report).and_then(|node| super::nonempty(node, report));
    let format = fields.get("format", report).and_then(|node| source::format(node, report));
    let (values, min, max) = (fields.get("values", report), fields.get("min", report), fields.get("max", report));
    let step = fields.get("step", report);
    fields.finish(report);

    let data_type = data_type(type_node?, report)?;
    let ordered = matches!(data_type, DataType::Int64 | DataType::Float64 | DataType::Date);
    for node in [min, max, step].into_iter().flatten().filter(|_| !ordered || values.is_some()) {
        report.error(node.span, "limits are for numbers and dates that are not chosen from a list").hint("remove it");
    }
    if let (DataType::String, None, Some(node)) = (data_type, values, type_node) {
        report.error(node.span, "a text is chosen from a list").hint("name its values, as in `values: [flights, miles]`");
    }
    let mut filter = Filter {
        id: id.clone(),
        label: label.unwrap_or_else(|| names::label(id)),
        source: String::new(),
        field: String::new(),
        expr: Expr { data_type, node: ExprNode::Literal(Scalar::Null) },
        kind: FilterKind::Parameter,
        default: None,
        compare: None,
        required: true,
        format: format.unwrap_or_else(|| crate::sql::default_format(data_type)),
        by: None,
        parameter: None,
        also: vec![],
    };
    let one = |node: &Node, report: &mut Report| scalar(&filter, node, report);
    let values = match values {
        Some(node) => list(node, one, report)?,
        None => vec![],
    };
    let mut bound = |node: Option<&Node>| node.map_or(Some(None), |node| one(node, report).map(Some));
    let (low, high) = (bound(min)?, bound(max)?);
    let step = step.and_then(|node| width(node, data_type, report));
    let parameter = Parameter { values, min: low, max: high, step };
    if let (Some(node), Some(low), Some(high)) = (max, &parameter.min, &parameter.max)
        && !(Parameter { min: Some(low.clone()), ..Parameter::default() }).allows(high)
    {
        report.error(node.span, "`max` is below `min`").hint("`min` is the least value that may be chosen");
        return None;
    }
    let default_node = default?;
    let value = one(default_node, report)?;
    if !parameter.allows(&value) {
        let hint = if parameter.values.is_empty() { "choose one from `min` to `max`" } else { "choose one of `values`" };
        report.error(default_node.span, "the default is not among what may be chosen").hint(hint);
        return None;
    }
    filter.expr.node = ExprNode::Literal(value.clone());
    filter.default = Some(FilterValue::Set(vec![value]));
    filter.parameter = Some(parameter);
    if filter.format == NumberFormat::default() && data_type == DataType::Int64 {
        filter.format.decimals = Some(0);
    }
    Some(filter)
}

fn data_type(node: &Node, report: &mut Report) -> Option<DataType> {
    suggest::word(node, "type of a parameter", "types", TYPES, report)
}

fn scalar(filter: &Filter, node: &Node, report: &mut Report) -> Option<Scalar> {
    match default_value(filter, node, report)? {
        FilterValue::Set(values) => values.into_iter().next(),
        _ => None,
    }
}

fn list(node: &Node, one: impl Fn(&Node, &mut Report) -> Option<Scalar>, report: &mut Report) -> Option<Vec<Scalar>> {
    let mut values = vec![];
    for item in node.sequence(report)? {
        let value = one(item, report)?;
        if values.contains(&value) {
            report.error(item.span, "the value stands here twice").hint("remove one of them");
        }
        values.push(value);
    }
    if values.is_empty() {
        report.error(node.span, "the list is empty").hint("name what there is to choose from");
    }
    Some(values)
}

fn width(node: &Node, data_type: DataType, report: &mut Report) -> Option<f64> {
    let step = node.number(report)?;
    if step > 0.0 && (data_type == DataType::Float64 || step.fract() == 0.0) {
        return Some(step);
    }
    let hint = if data_type == DataType::Float64 { "a number above zero, such as 0.5" } else { "a whole number above zero, such as 5" };
    report.error(node.span, format!("`{step}` is no step of such a parameter")).hint(hint);
    None
}
