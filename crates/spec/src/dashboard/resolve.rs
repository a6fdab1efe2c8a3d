use super::Calendar;
use crate::{Access, Files, Span, diagnostic::Report, suggest};
use std::collections::{BTreeMap, BTreeSet};
use tarn_dashboard::{Catalogue, Expr, Filter, Measure, NumberFormat, Source};

/// Everything that pages may name. `None` stands for what was declared but has errors: what uses it is not reported again.
pub(super) struct Model<'a> {
    pub files: &'a Files,
    pub calendar: &'a Calendar,
    pub catalogue: Catalogue<'a>,
    pub sources: Vec<SourceModel<'a>>,
    pub filters: Vec<(String, Option<Filter>)>,
    /// `None` for a public dashboard. What pages and views ask for is noted in it.
    pub access: Option<Access>,
}

pub(super) struct SourceModel<'a> {
    pub name: &'a str,
    /// Without its measures, which stand in `measures` until the end.
    pub source: Source,
    pub fields: BTreeMap<String, Option<Field>>,
    pub measures: BTreeMap<String, Option<Measure>>,
    /// The names of `measures` in the author's order.
    pub measure_order: Vec<String>,
    pub hidden: BTreeSet<String>,
}

/// A column or dimension.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    pub label: String,
    pub expr: Expr,
    pub format: NumberFormat,
}

impl SourceModel<'_> {
    pub fn into_source(mut self, calendar: &Calendar) -> Source {
        let measures = self.measure_order.iter().filter(|name| !self.hidden.contains(*name));
        let shown = |measure: Measure| Measure { value: calendar.shown(measure.value), ..measure };
        self.source.measures = measures.filter_map(|name| self.measures.get(name).cloned().flatten().map(shown)).collect();
        self.source
    }
}

/// Where a name was found: the position of its source, and its own part of the name.
pub(super) struct Found<'n> {
    pub source: usize,
    pub name: &'n str,
}

impl Model<'_> {
    /// The field of a name such as `delay` or `flights.delay`. `within`: the source that the rest of the view uses.
    pub fn field<'n>(&self, name: &'n str, within: Option<usize>, span: Span, report: &mut Report) -> Option<(Found<'n>, Field)> {
        let found =
            self.find(name, "column or dimension", within, span, |source| source.fields.keys().map(String::as_str).collect(), report)?;
        let field = self.sources[found.source].fields.get(found.name).cloned().flatten()?;
        Some((found, field))
    }

    /// The visible measure of a name such as `avg_delay` or `flights.avg_delay`.
    pub fn measure<'n>(&self, name: &'n str, within: Option<usize>, span: Span, report: &mut Report) -> Option<(Found<'n>, Measure)> {
        let found = self.find(name, "measure", within, span, |source| source.measures.keys().map(String::as_str).collect(), report)?;
        let source = &self.sources[found.source];
        if source.hidden.contains(found.name) {
            report.error(span, format!("measure `{}` is hidden", found.name)).hint("remove `hidden: true` from it to show it");
            return None;
        }
        let measure = source.measures.get(found.name).cloned().flatten()?;
        Some((found, measure))
    }

    fn find<'n>(
        &self,
        name: &'n str,
        what: &str,
        within: Option<usize>,
        span: Span,
        names: impl for<'s> Fn(&'s SourceModel<'_>) -> Vec<&'s str>,
        report: &mut Report,
    ) -> Option<Found<'n>> {
        let (source, own) = name.split_once('.').map_or((None, name), |(source, own)| (Some(source), own));
        if let Some(source) = source
            && !self.sources.iter().any(|known| known.name == source)
        {
            let hint = suggest::hint(source, "sources", self.sources.iter().map(|known| known.name));
            report.error(span, format!("unknown source `{source}`")).hint(hint);
            return None;
        }
        let candidates: Vec<usize> =
            (0..self.sources.len()).filter(|at| source.is_none_or(|source| self.sources[*at].name == source)).collect();
        let holding: Vec<usize> = candidates.iter().copied().filter(|at| names(&self.sources[*at]).contains(&own)).collect();
        match holding.as_slice() {
            [found] if within.is_none_or(|within| within == *found) => Some(Found { source: *found, name: own }),
            _ if within.is_some_and(|within| holding.contains(&within)) => Some(Found { source: within?, name: own }),
            [] => {
                let mut known: Vec<&str> = candidates.iter().flat_map(|at| names(&self.sources[*at])).collect();
                known.dedup();
                let plural = if what == "measure" { "measures" } else { "columns and dimensions" };
                let column = what == "measure" && candidates.iter().any(|at| self.sources[*at].fields.contains_key(own));
                let hint = if column {
                    format!("`{own}` is a column: define a measure, such as `total_{own}: sum({own})`, and name that")
                } else {
                    suggest::hint(own, plural, known)
                };
                report.error(span, format!("unknown {what} `{own}`")).hint(hint);
                None
            }
            [found] => {
                let message = format!("`{own}` is of source `{}`, the rest of this view is not", self.sources[*found].name);
                report.error(span, message).hint("a view shows one source; join upstream");
                None
            }
            several => {
                let sources: Vec<String> = several.iter().map(|at| format!("`{}.{own}`", self.sources[*at].name)).collect();
                report.error(span, format!("several sources have a {what} `{own}`")).hint(format!("write {}", sources.join(" or ")));
                None
            }
        }
    }
}
