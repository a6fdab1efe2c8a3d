//! The page of `tarn explore` that shows every column.
use crate::column::{Column, Kind};
use crate::guess::Guess;
use crate::profile::Profile;
use crate::quoted::quoted;
use crate::text::{Filter, bar, bins, seen, selects};
use std::fmt::Write as _;

/// Of wider data the first ones.
const MAX_COLUMNS: usize = 60;

/// Values of a bar chart.
const MAX_BARS: usize = 10;

/// A view for each column: how its values are spread, and in words what was seen of them.
pub fn write(text: &mut String, profile: &Profile, guess: &Guess, list: &[Filter<'_>]) -> std::fmt::Result {
    let usable = profile.columns.iter().enumerate().filter(|(_, column)| column.kind != Kind::Other);
    let views: Vec<String> = usable.take(MAX_COLUMNS).map(|(at, column)| view(at, column, profile, guess, list)).collect();
    if views.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n  - title: Columns")?;
    let filters = bar(list);
    if !filters.is_empty() {
        writeln!(text, "    filters: [{filters}]")?;
    }
    writeln!(text, "    rows:")?;
    for row in views.chunks(3) {
        writeln!(text, "      - - {}", row.join("\n        - "))?;
    }
    Ok(())
}

fn view(at: usize, column: &Column, profile: &Profile, guess: &Guess, list: &[Filter<'_>]) -> String {
    let name = quoted(&column.name);
    let told = quoted(&format!("{}: {}", column.type_name, seen(column, profile.n_rows)));
    let heading = format!("title: {name}, subtitle: {told}, id: {}", quoted(&format!("column-{at}")));
    let rows = guess.measures.first().map_or("rows", |measure| measure.name.as_str());
    if column.is_time() {
        let is_time = guess.time.as_ref().is_some_and(|(time, _)| *time == at);
        let grains = if is_time { guess.grains.join(", ") } else { "month, day".to_owned() };
        return format!("{{ line: {rows}, by: {name}, grain: [{grains}], {heading}{} }}", selects(list, column, "date_range"));
    }
    if let Some(histogram) = guess.histograms.iter().find(|histogram| histogram.column == at) {
        return format!("{{ histogram: {name}, bins: {}, {heading}{} }}", bins(histogram), selects(list, column, "range"));
    }
    format!("{{ bar: {rows}, by: {name}, top: {MAX_BARS}, {heading}{} }}", selects(list, column, "multi_select"))
}
