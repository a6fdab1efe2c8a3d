//! What a box plot shows: how the numbers of a column are spread, by a dimension.
use super::{
    resolve::{Field, Model},
    scatter::{number, read_bounds},
    view::{Content, field, what},
    view_parts::{count_measure, key, own_measure},
};
use crate::{
    diagnostic::Report,
    yaml::{Entry, Fields},
};
use tarn_dashboard::{Aggregate, AggregateFunction, Bucket, DataType, Expr, Node, Phrase, ViewKind};

/// The numbers of a box: what their names end with, what they are called, how they are found.
const NUMBERS: [(&str, Phrase, AggregateFunction); 5] = [
    ("min", Phrase::Minimum, AggregateFunction::Min),
    ("q1", Phrase::FirstQuartile, AggregateFunction::QuantileCont(0.25)),
    ("median", Phrase::Median, AggregateFunction::QuantileCont(0.5)),
    ("q3", Phrase::ThirdQuartile, AggregateFunction::QuantileCont(0.75)),
    ("max", Phrase::Maximum, AggregateFunction::Max),
];

pub(super) struct Spread {
    pub content: Content,
    /// What the axis shows, where the author says so.
    pub bounds: Option<(f64, f64)>,
    /// Of the column.
    pub label: String,
}

pub(super) fn compile(entry: &Entry, fields: &mut Fields<'_>, model: &mut Model<'_>, report: &mut Report) -> Option<Spread> {
    let by = fields.required("by", "the dimension of the boxes, as in `by: origin`", report);
    let bounds = fields.get("bounds", report);
    if let [_, second, ..] = entry.value.items().as_slice() {
        report.error(second.span, format!("{} shows one column", what(ViewKind::Box))).hint("write a box plot for each");
        return None;
    }
    let (found, of) = model.field(entry.value.text(report)?, None, entry.value.span, report)?;
    let source = found.source;
    number(&of.name, of.expr.data_type, &entry.value, what(ViewKind::Box), report)?;
    let [bounds] = read_bounds(bounds, [&of.name], report);
    let by = by?;
    if let [_, second, ..] = by.items().as_slice() {
        report.error(second.span, format!("{} has one dimension", what(ViewKind::Box))).hint("remove one of them");
        return None;
    }
    let keys = vec![key(field(by, Some(source), model, report)?, Bucket::Value)];
    let catalogue = model.catalogue;
    let mut measures = vec![count_measure(&mut model.sources[source], model.catalogue)];
    for (suffix, label, function) in NUMBERS {
        let name = format!("{}_{suffix}", of.name);
        let sql = match function {
            AggregateFunction::QuantileCont(share) => format!("quantile_cont({}, {share})", of.name),
            _ => format!("{suffix}({})", of.name),
        };
        let label = (catalogue.say(label), sql.as_str());
        measures.push(own_measure(&mut model.sources[source], &name, label, aggregate(function, &of), of.format.clone()));
    }
    Some(Spread { content: Content { source, measures, keys }, bounds, label: of.label })
}

/// A quantile of whole numbers is a fraction.
fn aggregate(function: AggregateFunction, of: &Field) -> Aggregate {
    let own = of.expr.data_type;
    let argument = match own {
        DataType::Int64 => Expr { data_type: DataType::Float64, node: Node::Cast(Box::new(of.expr.clone())) },
        _ => of.expr.clone(),
    };
    Aggregate { function, data_type: argument.data_type, argument: Some(argument), filter: None }
}
