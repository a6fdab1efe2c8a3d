//! `color:`: a dimension whose values are series with a colour each.
use super::{
    resolve::Model,
    view::{Content, field, what},
    view_parts::key,
};
use crate::{
    diagnostic::Report,
    sql::type_name,
    suggest,
    yaml::{Fields, Node},
};
use tarn_dashboard::{Bucket, DataType, Key, MAX_SERIES, Stack, ViewKind};

/// Series shown unless the author says otherwise.
const DEFAULT_SERIES: u32 = 6;

/// The keys of a view that are about its colours.
pub(super) struct Given<'a> {
    color: Option<&'a Node>,
    series: Option<&'a Node>,
    other: Option<&'a Node>,
    stack: Option<&'a Node>,
}

pub(super) fn read<'a>(kind: ViewKind, fields: &mut Fields<'a>, report: &mut Report) -> Given<'a> {
    let color = fields.get("color", report);
    let series = fields.get("series", report);
    let other = fields.get("other", report);
    // Lines on top of each other would be read as what they are not.
    let stack = if kind == ViewKind::Line { None } else { fields.get("stack", report) };
    Given { color, series, other, stack }
}

/// What they come to.
#[derive(Default)]
pub(super) struct Series {
    /// `None` without a key of colours.
    pub limit: Option<u32>,
    pub stack: Stack,
    /// Whether those beyond the shown ones are wanted together.
    pub other: bool,
}

impl Given<'_> {
    /// Adds the key of the colours to the content.
    pub fn compile(&self, kind: ViewKind, measures: &Node, content: &mut Content, model: &Model<'_>, report: &mut Report) -> Series {
        let default = if kind == ViewKind::Area { Stack::Zero } else { Stack::None };
        let chosen = self.stack.map_or(Some(default), |node| stack(node, report));
        let Some(color) = self.color else {
            let several = content.measures.len() > 1;
            let stray = [("series", self.series), ("other", self.other), ("stack", self.stack.filter(|_| !several))];
            for (name, node) in stray.into_iter().filter_map(|(name, node)| Some((name, node?))) {
                report.error(node.span, format!("`{name}` is about series, and there are none")).hint("name a dimension by `color`");
            }
            return Series { stack: chosen.filter(|_| several).unwrap_or_default(), ..Series::default() };
        };
        let limit = self.series.map_or(Some(DEFAULT_SERIES), |node| limit(node, report));
        let other = self.other.and_then(|node| node.boolean(report));
        if let [_, second, ..] = measures.items().as_slice() {
            let message = format!("with `color`, {} shows one measure", what(kind));
            report.error(second.span, message).hint("write a view for each, or leave `color` out");
        }
        let stack = chosen.unwrap_or_default();
        if let Some(key) = color_key(color, content, model, report) {
            content.keys.push(key);
        }
        // What is stacked is read as a whole; side by side, the rest would dwarf the others.
        Series { limit, stack, other: other.unwrap_or(stack != Stack::None) }
    }
}

fn color_key(color: &Node, content: &Content, model: &Model<'_>, report: &mut Report) -> Option<Key> {
    let field = field(color, Some(content.source), model, report)?;
    if content.keys.iter().any(|key| key.name == field.name) {
        report.error(color.span, format!("`{}` is what the view shows already", field.name)).hint("name another column or dimension");
        return None;
    }
    if !matches!(field.expr.data_type, DataType::String | DataType::Boolean | DataType::Int64 | DataType::Date) {
        let message = format!("a colour stands for a value; `{}` is {}", field.name, type_name(field.expr.data_type));
        let hint = "make a dimension of few values, such as `case when delay > 15 then 'late' else 'on time' end`";
        report.error(color.span, message).hint(hint);
        return None;
    }
    Some(key(field, Bucket::Value))
}

fn limit(node: &Node, report: &mut Report) -> Option<u32> {
    let n = node.count(100_000, report)?;
    if n > MAX_SERIES {
        report
            .error(node.span, format!("at most {MAX_SERIES} series have a colour of their own"))
            .hint("more cannot be told apart; `other: true` adds the rest as one, a heatmap or a table shows all");
        return None;
    }
    Some(n)
}

fn stack(node: &Node, report: &mut Report) -> Option<Stack> {
    const WORDS: [(&str, Stack); 3] = [("true", Stack::Zero), ("false", Stack::None), ("normalize", Stack::Normalize)];
    suggest::word(node, "way to stack", "ways to stack", WORDS, report)
}

/// The keys of a pie that are about its slices.
pub(super) struct Slices<'a> {
    top: Option<&'a Node>,
    other: Option<&'a Node>,
}

pub(super) fn read_pie<'a>(fields: &mut Fields<'a>, report: &mut Report) -> Slices<'a> {
    Slices { top: fields.get("top", report), other: fields.get("other", report) }
}

impl Slices<'_> {
    pub fn compile(&self, measures: &Node, content: &Content, report: &mut Report) -> Series {
        if let [_, second, ..] = measures.items().as_slice() {
            report.error(second.span, "a pie shows one measure").hint("write a pie for each");
        }
        if let Some(measure) = content.measures.first().filter(|measure| !measure.adds_up()) {
            let message = format!("a pie shows parts of a whole; `{}` does not add up to one", measure.name);
            report.error(measures.span, message).hint("a count or a sum does; for others draw a bar chart");
        }
        let limit = self.top.map_or(Some(DEFAULT_SERIES), |node| limit(node, report));
        let other = self.other.and_then(|node| node.boolean(report)).unwrap_or(true);
        Series { limit, stack: Stack::None, other }
    }
}

/// The keys of a scatter plot that are about its colours.
pub(super) struct Dots<'a> {
    color: Option<&'a Node>,
    series: Option<&'a Node>,
}

pub(super) fn read_dots<'a>(fields: &mut Fields<'a>, report: &mut Report) -> Dots<'a> {
    Dots { color: fields.get("color", report), series: fields.get("series", report) }
}

impl Dots<'_> {
    /// Adds the key of the colours to the content. Points beyond the shown series are there all the same, in grey.
    pub fn compile(&self, content: &mut Content, model: &Model<'_>, report: &mut Report) -> Series {
        let Some(color) = self.color else {
            if let Some(node) = self.series {
                report.error(node.span, "`series` is about series, and there are none").hint("name a dimension by `color`");
            }
            return Series::default();
        };
        if let Some(key) = color_key(color, content, model, report) {
            content.keys.push(key);
        }
        Series { limit: self.series.map_or(Some(DEFAULT_SERIES), |node| limit(node, report)), ..Series::default() }
    }
}
