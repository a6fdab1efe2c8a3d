use super::{
    access, combo, drill, facet, grid,
    ids::Ids,
    references,
    resolve::{Field, Model},
    scale, scatter, selects, series, spread, style, text_view, title,
    view_parts::{bins, count_measure, grains, having, key, order, subtotals},
};
use crate::{
    Span,
    diagnostic::Report,
    suggest,
    yaml::{Entry, Fields, Node, Value},
};
use tarn_dashboard::{Bucket, Key, Measure, OrderBy, Target, TimeUnit, View, ViewKind, most_rows};

const KINDS: [(&str, ViewKind); 12] = [
    ("kpi", ViewKind::Kpi),
    ("line", ViewKind::Line),
    ("area", ViewKind::Area),
    ("pie", ViewKind::Pie),
    ("text", ViewKind::Text),
    ("histogram", ViewKind::Histogram),
    ("bar", ViewKind::Bar),
    ("table", ViewKind::Table),
    ("heatmap", ViewKind::Heatmap),
    ("scatter", ViewKind::Scatter),
    ("combo", ViewKind::Combo),
    ("box", ViewKind::Box),
];
/// Rows of a bar chart and of a table unless the author says otherwise, and the most that may be asked for.
const DEFAULT_TOP: u32 = 20;
const DEFAULT_LIMIT: u32 = 500;
const MAX_ROWS: u32 = 100_000;

/// What a view shows, before ids and looks.
pub(super) struct Content {
    /// Position in the model's; of words that name no measure of none, which the view then does without.
    pub source: usize,
    pub measures: Vec<Measure>,
    pub keys: Vec<Key>,
}

pub(super) fn compile(node: &Node, given_id: Option<String>, ids: &mut Ids, model: &mut Model<'_>, report: &mut Report) -> Option<View> {
    let entry = kind_entry(node, report)?;
    let kind = KINDS.iter().find(|(name, _)| *name == entry.key.text).map(|(_, kind)| *kind)?;
    let mut fields = Fields::read(node, what(kind), report)?;
    fields.entry(kind.name());
    let given_title = fields.get("title", report).and_then(|node| super::nonempty(node, report));
    let subtitle = fields.get("subtitle", report).and_then(|node| super::nonempty(node, report));
    let width = fields.get("width", report).and_then(|node| width(node, report)).unwrap_or(1.0);
    fields.entry("id");
    let (mut text, mut points, mut bounds, mut column) = (vec![], None, None, String::new());
    let content = match kind {
        ViewKind::Text => text_view::compile(&entry.value, model, report).map(|(blocks, content)| {
            text = blocks;
            content
        }),
        ViewKind::Kpi => kpi(entry, model, report),
        ViewKind::Line | ViewKind::Area => over_time(kind, entry, &mut fields, model, report),
        ViewKind::Histogram => histogram(entry, &mut fields, model, report),
        ViewKind::Bar | ViewKind::Table | ViewKind::Pie => grouped(kind, entry, &mut fields, model, report),
        ViewKind::Box => spread::compile(entry, &mut fields, model, report).map(|spread| {
            (bounds, column) = (spread.bounds, spread.label);
            spread.content
        }),
        ViewKind::Combo => combo::bars(entry, &mut fields, model, report),
        ViewKind::Heatmap => grid::heatmap(entry, &mut fields, model, report),
        ViewKind::Scatter => scatter::compile(entry, &mut fields, model, report).map(|(content, most)| {
            points = most;
            content
        }),
    };
    let lines = if kind == ViewKind::Combo { Some(combo::Lines::read(&mut fields, report)) } else { None };
    let dots = (kind == ViewKind::Scatter).then(|| series::read_dots(&mut fields, report));
    let series = match kind {
        ViewKind::Line | ViewKind::Area | ViewKind::Bar => Some(series::read(kind, &mut fields, report)),
        _ => None,
    };
    let pie = (kind == ViewKind::Pie).then(|| series::read_pie(&mut fields, report));
    // Elsewhere it is no key, but a mistake that is told better.
    let facet_node = if facet::fits(kind) || node.has("facet") { fields.get("facet", report) } else { None };
    let limit = match kind {
        ViewKind::Bar | ViewKind::Combo | ViewKind::Box => {
            let default = if facet_node.is_some() { facet::DEFAULT_TOP } else { DEFAULT_TOP };
            Some(fields.get("top", report).and_then(|node| node.count(MAX_ROWS, report)).unwrap_or(default))
        }
        _ => points,
    };
    let limit_node = if kind == ViewKind::Table { fields.get("limit", report) } else { None };
    let totals = kind == ViewKind::Table && fields.get("totals", report).and_then(|node| node.boolean(report)).unwrap_or(true);
    let ranked = matches!(kind, ViewKind::Bar | ViewKind::Table);
    let having_node = if ranked { fields.get("having", report) } else { None };
    let other = kind == ViewKind::Table && fields.get("other", report).and_then(|node| node.boolean(report)).unwrap_or(false);
    let subtotals_node = if kind == ViewKind::Table { fields.get("subtotals", report) } else { None };
    let style_node = if kind == ViewKind::Table { fields.get("style", report) } else { None };
    let selects_node = if matches!(kind, ViewKind::Kpi | ViewKind::Table | ViewKind::Text) { None } else { fields.get("selects", report) };
    let drills = matches!(kind, ViewKind::Bar | ViewKind::Pie | ViewKind::Heatmap | ViewKind::Combo | ViewKind::Box);
    let drill_node = if drills { fields.get("drill", report) } else { None };
    let hole = kind == ViewKind::Pie && fields.get("hole", report).and_then(|node| node.boolean(report)).unwrap_or(false);
    let refers = matches!(kind, ViewKind::Line | ViewKind::Area | ViewKind::Histogram | ViewKind::Bar | ViewKind::Combo | ViewKind::Box);
    let has_scale = !matches!(kind, ViewKind::Kpi | ViewKind::Table | ViewKind::Text | ViewKind::Pie);
    let scale_node = if has_scale { fields.get("scale", report) } else { None };
    let vertical = kind == ViewKind::Bar && fields.get("vertical", report).and_then(|node| node.boolean(report)).unwrap_or(false);
    let references_node = if refers { fields.get("references", report) } else { None };
    let target_node = if kind == ViewKind::Kpi { fields.get("target", report) } else { None };
    let roles = fields.entry("roles");
    fields.finish(report);
    let roles = access::guard(roles, model, report);

    let mut content = content?;
    // Words alone are of no source, so that they are shown to whoever may see the page, whatever becomes of its data.
    let asks = kind != ViewKind::Text || !content.measures.is_empty();
    let series = series.map(|series| series.compile(kind, &entry.value, &mut content, model, report)).unwrap_or_default();
    let series = pie.map_or(series, |pie| pie.compile(&entry.value, &content, report));
    let parts = lines.map(|lines| lines.compile(&mut content, model, report)).unwrap_or_default();
    let series = dots.map_or(series, |dots| dots.compile(&mut content, model, report));
    let references = references_node.map_or_else(Vec::new, |node| {
        references::compile(node, if vertical { ViewKind::Combo } else { kind }, &content.keys, series.stack, report)
    });
    let stack = if kind == ViewKind::Combo { parts.stack } else { series.stack };
    let axes = scale::Axes { stack, bounds, at_right: if parts.second_axis { parts.lines as usize } else { 0 } };
    let [scale, scale_up] = scale_node.map_or_else(Default::default, |node| scale::compile(node, kind, &content, &axes, report));
    let target = target_node.and_then(|node| target(node, &mut content, model, report));
    let in_time = content.keys.first().is_some_and(|key| matches!(key.bucket, Bucket::Time { .. }));
    let over_time = matches!(kind, ViewKind::Line | ViewKind::Area) || (kind == ViewKind::Combo && in_time);
    if let Some(measure) = content.measures.iter().find(|measure| measure.window.is_some()).filter(|_| !over_time) {
        let message = format!("`{}` runs over time: {} cannot show it", measure.name, what(kind));
        report.error(entry.value.span, message).hint(format!("as in `line: {}`", measure.name));
    }
    let subtotals = subtotals_node.and_then(|node| subtotals(node, content.keys.len(), report)).unwrap_or_default();
    let table_limit = limit_node.and_then(|node| node.count(most_rows(kind, subtotals), report)).unwrap_or(DEFAULT_LIMIT);
    let limit = if kind == ViewKind::Table { Some(table_limit) } else { limit };
    let having = having_node.and_then(|node| having(node, content.source, model, report));
    let mut selects = selects_node.map_or_else(Vec::new, |node| {
        let what = (what(kind), kind == ViewKind::Heatmap);
        // Rows are chosen by their colour alone.
        let chosen_by = |key: &&Key| kind != ViewKind::Scatter || scatter::is_choice(key, &content, series.limit);
        let keys: Vec<Key> = content.keys.iter().filter(chosen_by).cloned().collect();
        if keys.is_empty() {
            report
                .error(node.span, "the points of rows are chosen by their colour")
                .hint("name a dimension by `color`, or remove `selects`");
            return vec![];
        }
        selects::compile(node, what, &keys, content.source, model, report)
    });
    let drill =
        drill_node.map_or_else(Vec::new, |node| drill::compile(node, kind, &content.keys, content.source, &mut selects, model, report));
    let facet = facet_node.and_then(|node| facet::compile(node, kind, (&content, &drill), model, report));
    if let (Some(_), Some(node)) = (&facet, having_node) {
        let hint = "remove `having`: `top` and the panels' `limit` say how many are shown";
        report.error(node.span, "with `facet`, no condition on groups is possible").hint(hint);
    }
    let measures: Vec<String> = content.measures.iter().map(|measure| measure.name.clone()).collect();
    let styles = style_node.map_or_else(Vec::new, |node| style::compile(node, &measures, report));
    let in_own_order = matches!(kind, ViewKind::Combo | ViewKind::Box) || (vertical && series.limit.is_none());
    // Series and their categories have an order of their own.
    let order = match kind {
        // The largest bubbles first, so that the others lie upon them.
        ViewKind::Scatter => order(scatter::first(&content), content.keys.len()),
        _ if in_own_order => order(combo::first(&content), content.keys.len()),
        _ if series.limit.is_some() => vec![],
        _ => order(ranked.then_some(OrderBy::Measure(0)), content.keys.len()),
    };
    // Nothing is cut from an axis that has an order of its own.
    let limit = limit.filter(|_| !in_own_order || combo::first(&content).is_some());
    let id = given_id.unwrap_or_else(|| ids.derive(&title::derived_id(kind, given_title.as_deref(), &content)));
    if let (Some(access), Some(roles)) = (&mut model.access, roles) {
        access.views.insert(id.clone(), roles);
    }
    let title = given_title.unwrap_or_else(|| title::default_title(kind, &content, &drill, facet.as_ref(), &column, model.catalogue));
    let measured = title::measured(kind, &content, &column);
    let says = |text: &str| text.to_lowercase().contains(&measured.to_lowercase());
    let unsaid = (!says(&title) && !subtitle.as_deref().is_some_and(says)).then(|| measured.to_owned());
    // Small multiples have no place for it at each of their axes.
    let (measured, subtitle) = if facet.is_some() { (None, subtitle.or(unsaid)) } else { (unsaid, subtitle) };
    Some(View {
        id,
        measured: measured.unwrap_or_default(),
        title,
        subtitle,
        kind,
        source: if asks { model.sources[content.source].name.to_owned() } else { String::new() },
        keys: content.keys,
        measures,
        order,
        limit,
        having,
        other: other || series.other,
        series: series.limit,
        facet,
        stack,
        totals,
        subtotals,
        selects,
        drill,
        references,
        bounds,
        scale,
        scale_up,
        vertical,
        text,
        lines: parts.lines,
        second_axis: parts.second_axis,
        hole,
        target,
        styles,
        width,
    })
}

/// The entry whose key names the kind.
fn kind_entry<'a>(node: &'a Node, report: &mut Report) -> Option<&'a Entry> {
    let kinds = || KINDS.iter().map(|(name, _)| *name);
    let Value::Mapping(entries) = &node.value else {
        report.error(node.span, format!("expected a view, found {}", node.kind())).hint("as in `kpi: flights`");
        return None;
    };
    let mut found = entries.iter().filter(|entry| kinds().any(|kind| kind == entry.key.text));
    let (first, second) = (found.next(), found.next());
    if let Some(second) = second {
        let message = format!("a view has one kind, and this is a second one: `{}`", second.key.text);
        report.error(second.key.span, message).hint("write each view as an item of its own, with `- ` before it");
        return None;
    }
    if first.is_none() {
        let near = entries.iter().find_map(|entry| Some((entry, suggest::closest(&entry.key.text, kinds())?)));
        match (near, entries.first()) {
            (Some((entry, kind)), _) => {
                report.error(entry.key.span, format!("unknown kind of view `{}`", entry.key.text)).hint(format!("did you mean `{kind}`?"));
            }
            (None, Some(entry)) => {
                report.error(entry.key.span, "this view has no kind").hint(suggest::hint("", "kinds", kinds()));
            }
            (None, None) => {
                report.error(node.span, "this view has no kind").hint(suggest::hint("", "kinds", kinds()));
            }
        }
    }
    first
}

pub(super) fn what(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Kpi => "a kpi",
        ViewKind::Line => "a line",
        ViewKind::Area => "an area chart",
        ViewKind::Pie => "a pie",
        ViewKind::Text => "a text view",
        ViewKind::Histogram => "a histogram",
        ViewKind::Bar => "a bar chart",
        ViewKind::Table => "a table",
        ViewKind::Heatmap => "a heatmap",
        ViewKind::Scatter => "a scatter plot",
        ViewKind::Combo => "a combo chart",
        ViewKind::Box => "a box plot",
    }
}

fn width(node: &Node, report: &mut Report) -> Option<f64> {
    let width = node.number(report)?;
    if width > 0.0 && width <= 100.0 {
        return Some(width);
    }
    report.error(node.span, "a width is a positive number").hint("the view's share of its row: 2 is twice as wide as a view without one");
    None
}

fn kpi(entry: &Entry, model: &Model<'_>, report: &mut Report) -> Option<Content> {
    let (source, measures) = measures(&entry.value, model, report)?;
    if let [_, second, ..] = entry.value.items().as_slice() {
        report.error(second.span, "a kpi shows one measure").hint("write a kpi for each");
        return None;
    }
    Some(Content { source, measures, keys: vec![] })
}

/// A number, or another measure, which the view then shows too.
fn target(node: &Node, content: &mut Content, model: &Model<'_>, report: &mut Report) -> Option<Target> {
    if let Some(number) = node.as_number() {
        return Some(Target::Value(number));
    }
    let (_, measure) = model.measure(node.text(report)?, Some(content.source), node.span, report)?;
    let name = measure.name.clone();
    if content.measures.iter().any(|shown| shown.name == name) {
        report.error(node.span, format!("`{name}` would be compared with itself")).hint("name another measure, or a number");
        return None;
    }
    content.measures.push(measure);
    Some(Target::Measure(name))
}

/// Lines and area charts.
fn over_time(kind: ViewKind, entry: &Entry, fields: &mut Fields<'_>, model: &Model<'_>, report: &mut Report) -> Option<Content> {
    let found = measures(&entry.value, model, report);
    let by = fields.required("by", "the time column, as in `by: date`", report);
    let grains = fields.get("grain", report).map_or(Some(vec![TimeUnit::Day]), |node| grains(node, model.calendar.week_start, report));
    let field = by.and_then(|node| field(node, found.as_ref().map(|found| found.0), model, report));
    let (field, (source, measures)) = (field?, found?);
    if !field.expr.data_type.is_temporal() {
        let span = by.map_or(entry.key.span, |by| by.span);
        let message = format!("{} runs over time; `{}` is {}", what(kind), field.name, crate::sql::type_name(field.expr.data_type));
        report.error(span, message).hint("use a date or a timestamp, or draw a bar chart");
        return None;
    }
    Some(Content { source, measures, keys: vec![key(field, Bucket::Time { grains: grains? })] })
}

fn histogram(entry: &Entry, fields: &mut Fields<'_>, model: &mut Model<'_>, report: &mut Report) -> Option<Content> {
    let measure_node = fields.get("measure", report);
    let bins_node =
        fields.required("bins", "how wide they are, as in `bins: { width: 10 }` or `bins: { from: 0, to: 100, width: 10 }`", report);
    let bucket = bins_node.and_then(|node| bins(node, report));
    let name = entry.value.text(report);
    let found = name.and_then(|name| model.field(name, None, entry.value.span, report));
    let (found, field) = found?;
    let source = found.source;
    if !field.expr.data_type.is_numeric() {
        let message = format!("a histogram needs a number; `{}` is {}", field.name, crate::sql::type_name(field.expr.data_type));
        report.error(entry.value.span, message).hint("draw a bar chart, or a line over time");
        return None;
    }
    let measure = match measure_node {
        Some(node) => model.measure(node.text(report)?, Some(source), node.span, report)?.1,
        None => count_measure(&mut model.sources[source], model.catalogue),
    };
    Some(Content { source, measures: vec![measure], keys: vec![key(field, bucket?)] })
}

/// Bar charts and tables.
fn grouped(kind: ViewKind, entry: &Entry, fields: &mut Fields<'_>, model: &Model<'_>, report: &mut Report) -> Option<Content> {
    let found = measures(&entry.value, model, report);
    let within = found.as_ref().map(|found| found.0);
    let by = fields.required("by", "the columns or dimensions to group by, as in `by: origin`", report)?;
    let mut keys: Vec<Option<Key>> = vec![];
    let items = by.items();
    for item in &items {
        let Some(field) = field(item, within, model, report) else {
            keys.push(None);
            continue;
        };
        if keys.iter().flatten().any(|known| known.name == field.name) {
            report.error(item.span, format!("`{}` stands here twice", field.name)).hint("remove one of them");
        }
        keys.push(Some(key(field, Bucket::Value)));
    }
    if items.is_empty() {
        report.error(by.span, "the list is empty").hint("name at least one column or dimension; a number alone is a kpi");
        return None;
    }
    if let (ViewKind::Bar, [_, second, ..]) = (kind, items.as_slice()) {
        report.error(second.span, "a bar chart groups by one dimension").hint("name a second one by `color`, or use a table for several");
        return None;
    }
    if let (ViewKind::Pie, [_, second, ..]) = (kind, items.as_slice()) {
        report.error(second.span, "a pie has one dimension").hint("draw a bar chart with `color`, or use a table for several");
        return None;
    }
    let keys = keys.into_iter().collect::<Option<_>>()?;
    let (source, measures) = found?;
    Some(Content { source, measures, keys })
}

pub(super) fn field(node: &Node, within: Option<usize>, model: &Model<'_>, report: &mut Report) -> Option<Field> {
    let name = node.text(report)?;
    Some(model.field(name, within, node.span, report)?.1)
}

/// One or several measures of one source.
pub(super) fn measures(node: &Node, model: &Model<'_>, report: &mut Report) -> Option<(usize, Vec<Measure>)> {
    let items = node.items();
    if items.is_empty() || node.is_null() {
        report.error(node.span, "a view needs a measure").hint("name one, as in `kpi: flights`");
        return None;
    }
    let mut source = None;
    let mut found: Vec<Option<Measure>> = vec![];
    let mut seen: Vec<(&str, Span)> = vec![];
    for item in items {
        let measure = item.text(report).and_then(|name| {
            if seen.iter().any(|(known, _)| *known == name) {
                report.error(item.span, format!("`{name}` stands here twice")).hint("remove one of them");
            }
            seen.push((name, item.span));
            model.measure(name, source, item.span, report)
        });
        source = source.or_else(|| measure.as_ref().map(|(found, _)| found.source));
        found.push(measure.map(|(_, measure)| measure));
    }
    Some((source?, found.into_iter().collect::<Option<_>>()?))
}
