//! The dashboard file, with the reasons as comments.
use crate::column::{Column, Kind, slug};
use crate::columns_page;
use crate::guess::{Guess, Histogram};
use crate::profile::Profile;
use crate::quoted::quoted;
use std::fmt::Write as _;

/// What the text is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A beginning, to go on from.
    Draft,
    /// All that there is to see: a chart for every dimension and number, and a page with every column.
    Explore,
}

impl Shape {
    /// Histograms of the first page, and bar charts.
    fn max_charts(self) -> usize {
        if self == Self::Draft { 2 } else { 6 }
    }

    fn max_filters(self) -> usize {
        if self == Self::Draft { 3 } else { 6 }
    }
}

/// What a first page holds at most, whatever it is for.
const MAX_KPIS: usize = 4;
const MAX_IN_BAR: usize = 4;

pub fn write(name: &str, sources: &[String], profile: &Profile, guess: &Guess, shape: Shape, locale: Option<&str>) -> String {
    let source = slug(name);
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = head(&mut text, name, &source, sources, profile, locale).and_then(|()| {
        columns(&mut text, profile)?;
        model(&mut text, profile, guess)?;
        let list = filter_list(profile, guess, shape);
        filters(&mut text, &source, &list, guess)?;
        page(&mut text, profile, guess, &list, shape)?;
        if shape == Shape::Explore { columns_page::write(&mut text, profile, guess, &list) } else { Ok(()) }
    });
    text
}

fn head(text: &mut String, name: &str, source: &str, sources: &[String], profile: &Profile, locale: Option<&str>) -> std::fmt::Result {
    let files = if profile.n_files == 1 { "1 file".to_owned() } else { format!("{} files", profile.n_files) };
    writeln!(text, "# A first draft by `tarn init`, from {} rows in {files} ({:.1} MB).", profile.n_rows, profile.bytes as f64 / 1e6)?;
    writeln!(text, "# Everything here is a guess with its reason: change what you know better, `tarn serve` shows it at once.")?;
    let words: String = name.replace(['_', '-', '.'], " ").trim().to_owned();
    let mut letters = words.chars();
    let title: String = letters.next().map_or_else(|| "Dashboard".into(), |first| first.to_uppercase().chain(letters).collect());
    writeln!(text, "tarn: \"{}\"\ntitle: {}", version(), quoted(&title))?;
    if let Some(locale) = locale {
        writeln!(text, "locale: {}", quoted(locale))?;
    }
    writeln!(text, "\ndata:\n  {source}:")?;
    match sources {
        [one] => writeln!(text, "    source: {}", quoted(one))?,
        many => {
            writeln!(text, "    source:")?;
            for one in many {
                writeln!(text, "      - {}", quoted(one))?;
            }
        }
    }
    writeln!(text, "    ttl: 5m          # how long the data counts as fresh; then the page asks whether the file changed")?;
    writeln!(text, "    max_stale: 24h   # from this age on it is shown as expired")
}

fn version() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"))
}

fn columns(text: &mut String, profile: &Profile) -> std::fmt::Result {
    writeln!(text, "    # The contract: a file that breaks it is refused, and the last good data stays up. `!` means: never null.")?;
    writeln!(text, "    schema:")?;
    let longest = profile.columns.iter().map(|column| key(&column.name).chars().count()).max().unwrap_or(0).min(30);
    for column in profile.columns.iter().filter(|column| column.kind != Kind::Other) {
        let required = if column.required { "!" } else { "" };
        let entry = format!("{:<width$}{}{required}", format!("{}: ", key(&column.name)), column.type_name, width = longest + 2);
        writeln!(text, "      {entry:<width$} # {}", seen(column, profile.n_rows), width = longest + 16)?;
    }
    for column in profile.columns.iter().filter(|column| column.kind == Kind::Other) {
        writeln!(text, "      # {} is left out: {}", column.name.escape_debug(), column.type_name)?;
    }
    Ok(())
}

/// What was seen of a column, in a few words.
pub(super) fn seen(column: &Column, n_rows: u64) -> String {
    let Some(facts) = column.facts else { return "not looked at: the data is large".into() };
    let mut parts = vec![];
    parts.extend(facts.distinct.map(|distinct| if distinct == 1 { "1 value".into() } else { format!("{distinct} values") }));
    if let (Some(min), Some(max)) = (facts.min, facts.max) {
        let show = |value: f64| if column.is_time() { day(value) } else { number(value) };
        parts.push(format!("{} to {}", show(min), show(max)));
    }
    match n_rows.saturating_sub(facts.present) {
        0 => parts.push("no nulls".into()),
        nulls => parts.push(format!("{nulls} nulls")),
    }
    parts.join(", ")
}

fn model(text: &mut String, profile: &Profile, guess: &Guess) -> std::fmt::Result {
    if let Some((column, reason)) = guess.time.as_ref().and_then(|(at, reason)| Some((profile.columns.get(*at)?, reason))) {
        writeln!(text, "    time: {}   # {reason}", quoted(&column.name))?;
    }
    writeln!(text, "    measures:")?;
    for measure in &guess.measures {
        writeln!(text, "      # {}", measure.reason)?;
        writeln!(text, "      {}: {{ sql: {}, format: {} }}", measure.name, quoted(&measure.sql), quoted(measure.format))?;
    }
    Ok(())
}

fn filters(text: &mut String, source: &str, list: &[Filter<'_>], guess: &Guess) -> std::fmt::Result {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nfilters:")?;
    for Filter { id, column, kind } in list {
        let field = quoted(&format!("{source}.{}", column.name));
        let more = match (*kind, guess.default_period) {
            ("date_range", Some(period)) => format!(", default: {period}, compare: previous period"),
            _ => String::new(),
        };
        writeln!(text, "  {id}: {{ field: {field}, type: {kind}{more} }}")?;
    }
    Ok(())
}

pub(super) struct Filter<'a> {
    pub id: String,
    pub column: &'a Column,
    pub kind: &'static str,
}

/// The filter of that kind on the column, as a view's last key.
pub(super) fn selects(list: &[Filter<'_>], column: &Column, kind: &str) -> String {
    let found = list.iter().find(|filter| filter.column.name == column.name && filter.kind == kind);
    found.map_or_else(String::new, |filter| format!(", selects: {}", filter.id))
}

/// The filters that stand in the bar of a page.
pub(super) fn bar(list: &[Filter<'_>]) -> String {
    let ids = list.iter().filter(|filter| filter.kind != "range").map(|filter| filter.id.as_str()).take(MAX_IN_BAR);
    ids.collect::<Vec<_>>().join(", ")
}

/// The period, the dimensions with few values, the numbers that have a histogram.
fn filter_list<'a>(profile: &'a Profile, guess: &Guess, shape: Shape) -> Vec<Filter<'a>> {
    let column = |at: usize| profile.columns.get(at);
    let time = guess.time.iter().filter_map(|(at, _)| Some(Filter { id: "period".into(), column: column(*at)?, kind: "date_range" }));
    let id = |column: &Column| match column.slug().as_str() {
        taken @ ("page" | "all" | "period" | "on" | "off" | "yes" | "no" | "y" | "n") => format!("by_{taken}"),
        free => free.to_owned(),
    };
    let dimensions = guess.dimensions.iter().filter_map(|at| column(*at));
    let sets = dimensions.take(shape.max_filters()).map(|column| {
        let kind = if column.kind == Kind::Boolean { "boolean" } else { "multi_select" };
        Filter { id: id(column), column, kind }
    });
    let ranges = guess.histograms.iter().take(shape.max_charts()).filter_map(|histogram| column(histogram.column));
    let mut list: Vec<Filter<'a>> = vec![];
    for mut filter in time.chain(sets).chain(ranges.map(|column| Filter { id: id(column), column, kind: "range" })) {
        while list.iter().any(|known| known.id == filter.id) {
            filter.id.push('_');
        }
        list.push(filter);
    }
    list
}

fn page(text: &mut String, profile: &Profile, guess: &Guess, list: &[Filter<'_>], shape: Shape) -> std::fmt::Result {
    writeln!(text, "\npages:\n  - title: Overview")?;
    let filters = bar(list);
    if !filters.is_empty() {
        writeln!(text, "    filters: [{filters}]")?;
    }
    writeln!(text, "    rows:")?;
    let kpis: Vec<String> = guess.measures.iter().take(MAX_KPIS).map(|measure| format!("kpi: {}", measure.name)).collect();
    writeln!(text, "      - [{}]", kpis.join(", "))?;
    let main = guess.measures.first().map_or("rows", |measure| measure.name.as_str());
    if let Some(column) = guess.time.as_ref().and_then(|(at, _)| profile.columns.get(*at)) {
        let grains = guess.grains.join(", ");
        writeln!(text, "      # drag over the line to choose a period")?;
        writeln!(text, "      - [{{ line: {main}, by: {}, grain: [{grains}], selects: period }}]", quoted(&column.name))?;
    }
    let mut charts = vec![];
    for histogram in guess.histograms.iter().take(shape.max_charts()) {
        let Some(column) = profile.columns.get(histogram.column) else { continue };
        let (bins, selects) = (bins(histogram), selects(list, column, "range"));
        charts.push(format!("{{ histogram: {}, bins: {bins}{selects} }}", quoted(&column.name)));
    }
    let dimensions: Vec<&Column> = guess.dimensions.iter().filter_map(|at| profile.columns.get(*at)).collect();
    for column in dimensions.iter().take(shape.max_charts()) {
        let selects = selects(list, column, "multi_select");
        charts.push(format!("{{ bar: {main}, by: {}, top: 15{selects} }}", quoted(&column.name)));
    }
    for row in charts.chunks(2) {
        writeln!(text, "      - - {}", row.join("\n        - "))?;
    }
    if !dimensions.is_empty() {
        let by: Vec<String> = dimensions.iter().take(2).map(|column| quoted(&column.name)).collect();
        let measures: Vec<&str> = guess.measures.iter().take(5).map(|measure| measure.name.as_str()).collect();
        writeln!(text, "      - [{{ table: [{}], by: [{}], limit: 500 }}]", measures.join(", "), by.join(", "))?;
    }
    Ok(())
}

pub(super) fn bins(histogram: &Histogram) -> String {
    format!("{{ from: {}, to: {}, width: {} }}", number(histogram.from), number(histogram.to), number(histogram.width))
}

/// A value of YAML: as it is where every reader takes it for this text, else in quotes.
fn key(name: &str) -> String {
    quoted(name)
}

/// As short as it is exact.
fn number(value: f64) -> String {
    let rounded = (value * 1e9).round() / 1e9;
    if value.abs() < 1e15 && rounded != 0.0 { rounded.to_string() } else { value.to_string() }
}

fn day(micros: f64) -> String {
    chrono::DateTime::from_timestamp_micros(micros as i64).map_or_else(String::new, |at| at.date_naive().to_string())
}
