//! From the tree of a dashboard file to the compiled dashboard: names are resolved, values checked, expressions typed.
mod access;
mod calendar;
mod combo;
mod drill;
mod exposure;
mod facet;
mod filter;
mod grid;
mod ids;
mod location;
mod page;
mod parameter;
mod references;
mod resolve;
mod scale;
mod scatter;
mod selects;
mod series;
mod source;
mod spread;
mod style;
mod text_view;
mod theme;
mod title;
mod view;
mod view_parts;
mod window;

use crate::{
    Access, Files, ReadFile,
    diagnostic::Report,
    strings,
    yaml::{Fields, Node, pairs},
};
pub(crate) use calendar::Calendar;
pub(crate) use filter::default_value as filter_value;
use resolve::Model;
use tarn_dashboard::{Catalogue, Dashboard, FORMAT, Filter};

/// The version of Tarn that a file may ask for.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// Half of what a worker can address.
const MAX_MEMORY_MB: u32 = 2_000;

pub(crate) fn compile(root: &Node, files: &mut Files, read: ReadFile<'_>, report: &mut Report) -> Option<(Dashboard, Option<Access>)> {
    let mut fields = Fields::read(root, "a dashboard", report)?;
    if let Some(node) = fields.get("tarn", report) {
        check_version(node, report);
    }
    // Its files are part of the tree already.
    fields.get("include", report);
    let title = fields.required("title", "it stands at the top of the page and in the browser's tab", report);
    let title = title.and_then(|title| nonempty(title, report));
    let locale_node = fields.get("locale", report);
    let locale = locale_node.and_then(|node| locale(node, report));
    let strings_node = fields.get("strings", report);
    let theme = fields.get("theme", report).and_then(|node| theme::compile(node, report)).unwrap_or_default();
    let data = fields.required(
        "data",
        "name at least one source, as in `data: { flights: { source: data/flights.parquet, ttl: 5m, … } }`",
        report,
    );
    let parameter_nodes = fields.get("parameters", report);
    let filter_nodes = fields.get("filters", report);
    let pages = fields.required("pages", "a dashboard has at least one page", report);
    let access_entry = fields.entry("access");
    let calendar = calendar::compile(&mut fields, report);
    let memory_mb = fields.get("memory_mb", report).and_then(|node| node.count(MAX_MEMORY_MB, report));
    fields.finish(report);

    let spoken = locale_node.zip(locale.as_deref()).map(|(node, tag)| (tag, node.span));
    let strings = strings::compile(spoken, strings_node, files, read, report);
    let files = &*files;
    let access = access::compile(access_entry, report);
    let parameters: Vec<(String, Option<Filter>)> =
        pairs(parameter_nodes, report).iter().map(|entry| (entry.key.text.clone(), parameter::compile(entry, report))).collect();
    let compile_source = |entry, report: &mut Report| source::compile(entry, files, &calendar, &parameters, access.as_ref(), report);
    let sources = pairs(data, report).iter().map(|entry| compile_source(entry, report)).collect();
    if let Some(data) = data.filter(|data| data.mapping(&mut Report::default()).is_some_and(<[_]>::is_empty)) {
        report
            .error(data.span, "a dashboard needs at least one source")
            .hint("as in `flights: { source: data/flights.parquet, ttl: 5m, … }`");
    }
    let catalogue = Catalogue::new(&strings);
    let mut model = Model { files, calendar: &calendar, catalogue, sources, filters: parameters, access };
    for entry in pairs(filter_nodes, report) {
        if model.filters.iter().any(|(id, _)| *id == entry.key.text) {
            let message = format!("a parameter is called `{}`, too", entry.key.text);
            report.error(entry.key.span, message).hint("both stand in URLs: choose another name for one of them");
        }
        let filter = filter::compile(entry, &model, report);
        model.filters.push((entry.key.text.clone(), filter));
    }
    let pages = page::compile_all(pages, &mut model, report);
    warn_unused(&model, filter_nodes, &pages, report);
    warn_unused(&model, parameter_nodes, &pages, report);
    let filters: Vec<Filter> = model.filters.into_iter().filter_map(|(_, filter)| filter).collect();
    let sources = model.sources.into_iter().map(|source| source.into_source(&calendar)).collect();
    let mut access = model.access;
    if let Some((access, entry)) = access.as_mut().zip(access_entry) {
        access::compile_defaults(access, entry, &filters, report);
    }
    let locale = locale.unwrap_or_else(|| "en-GB".into());
    let Calendar { zone, week_start } = calendar.clone();
    let dashboard =
        Dashboard { format: FORMAT, title: title?, locale, strings, theme, zone, week_start, memory_mb, sources, filters, pages };
    for entry in pairs(filter_nodes, &mut Report::default()) {
        let filter = dashboard.filter(&entry.key.text);
        if let Some((filter, page)) = filter.and_then(|filter| Some((filter, filter::without_own_source(filter, &dashboard)?))) {
            let message = format!("the page `{}` shows nothing of `{}`, whose values `{}` offers", page.title, filter.source, filter.id);
            report
                .error(entry.key.span, message)
                .hint("name the field first whose source every page of the filter shows, or give the page a filter of its own");
        }
    }
    if let (Some(access), Some(entry), false) = (&access, access_entry, report.has_errors()) {
        access::check(access, &dashboard, entry, data, report);
    }
    Some((dashboard, access))
}

/// Refuses a file that was written for another version.
pub(crate) fn check_version(node: &Node, report: &mut Report) {
    let Some(text) = node.text(report) else { return };
    if text != VERSION && text != env!("CARGO_PKG_VERSION") {
        let message = format!("the file asks for Tarn {text}, this is {}", env!("CARGO_PKG_VERSION"));
        report.error(node.span, message).hint(format!("use that version, or write `tarn: \"{VERSION}\"` after reading the change log"));
    }
}

fn locale(node: &Node, report: &mut Report) -> Option<String> {
    let text = node.text(report)?;
    let mut parts = text.split('-');
    let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic()));
    if language && parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())) {
        return Some(text.to_owned());
    }
    report.error(node.span, format!("`{text}` is not a locale")).hint("a language and a region, such as en-GB, de-DE or ja-JP");
    None
}

fn nonempty(node: &Node, report: &mut Report) -> Option<String> {
    let text = node.text(report)?.trim();
    if text.is_empty() {
        report.error(node.span, "the text is empty").hint("write something, or remove the key");
        return None;
    }
    Some(text.to_owned())
}

fn warn_unused(model: &Model<'_>, filters: Option<&Node>, pages: &[tarn_dashboard::Page], report: &mut Report) {
    let used: Vec<&str> = pages.iter().flat_map(tarn_dashboard::Page::filters_in_force).collect();
    for entry in pairs(filters, &mut Report::default()) {
        let compiled = model.filters.iter().any(|(id, filter)| *id == entry.key.text && filter.is_some());
        if compiled && !report.has_errors() && !used.contains(&entry.key.text.as_str()) {
            let is_parameter =
                model.filters.iter().any(|(id, filter)| *id == entry.key.text && filter.as_ref().is_some_and(Filter::is_parameter));
            if is_parameter {
                let message = format!("no page offers the parameter `{}`", entry.key.text);
                report.warning(entry.key.span, message).hint("name it in a page's `filters:`, or write its value into the expressions");
            } else {
                let message = format!("no page uses the filter `{}`", entry.key.text);
                report.warning(entry.key.span, message).hint("name it in a page's `filters:` or in a view's `selects:`");
            }
        }
    }
}
