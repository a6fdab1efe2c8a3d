//! What charts say: to tooltips, to sliders, to screen readers.
use super::super::strings::{count, fill};
use super::Place;
use super::chart_set::ChartSet;
use super::cut::cut;
use super::data::{Bins, ChartData};
use super::grid::Grid;
use super::series::{SeriesAxis, SeriesData};
use tarn_chart::{Locale, format_date, format_date_range, format_instant, format_number, format_range};
use tarn_dashboard::{AxisScale, NumberFormat, NumberStyle, Phrase, TimeUnit, View, ViewKind};
use tarn_protocol::ViewResult;

/// A point of a time axis.
pub fn moment(from: f64, grain: TimeUnit, locale: &Locale) -> String {
    format_date(from as i64, grain, locale)
}

/// A bin by its edges: `10 – 20 min`, `06:00 – 07:00`; a bin that holds one whole number by that number.
pub fn bin_text(bins: &Bins, i: usize, locale: &Locale) -> String {
    let (from, to) = bins.edges(i);
    if bins.clock {
        return format!("{from:02}:00 – {to:02}:00");
    }
    if bins.whole && bins.width == 1.0 {
        return format_number(&bins.format, from, locale);
    }
    format_range(&bins.format, Some(from), Some(to), locale)
}

/// A cell by its row and its column.
pub fn cell_text(grid: &Grid, (column, row): Place) -> String {
    let label = |labels: &[String], at: usize| labels.get(at).cloned().unwrap_or_default();
    format!("{}, {}", label(&grid.y.labels, row), label(&grid.x.labels, column))
}

/// A place on the axis, as a slider says it.
pub fn place(data: &ChartData, value: f64, locale: &Locale) -> String {
    match data {
        ChartData::Line { .. } | ChartData::Series(_) => format_instant(value as i64, locale),
        ChartData::Bins(bins) if bins.clock => format!("{value:02}:00"),
        ChartData::Bins(bins) => format_number(&bins.format, value, locale),
        ChartData::Bars(_) | ChartData::Grid(_) | ChartData::Scatter(_) | ChartData::Boxes(_) => String::new(),
    }
}

/// A selected interval.
pub fn span(data: &ChartData, (from, to): (f64, f64), locale: &Locale) -> String {
    match data {
        ChartData::Line { .. } | ChartData::Series(_) => {
            let end = |at: f64| at.is_finite().then_some(at as i64);
            format_date_range(end(from), end(to), locale)
        }
        ChartData::Bins(bins) if bins.clock => format!("{} – {}", place(data, from, locale), place(data, to, locale)),
        ChartData::Bins(bins) => format_range(&bins.format, Some(from), Some(to), locale),
        ChartData::Bars(_) | ChartData::Grid(_) | ChartData::Scatter(_) | ChartData::Boxes(_) => String::new(),
    }
}

/// How much the average of the later half is above that of the earlier one, as a share of it.
fn trend(values: &[f64]) -> Option<f64> {
    let (earlier, later) = values.split_at(values.len() / 2);
    let average = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let change = (average(later) - average(earlier)) / average(earlier).abs();
    change.is_finite().then_some(change)
}

fn percent(share: f64, locale: &Locale) -> String {
    let percent = NumberFormat { style: NumberStyle::Percent, decimals: Some(1), ..NumberFormat::default() };
    format_number(&percent, share, locale)
}

/// The trend of each series over time.
fn trends(data: &SeriesData, locale: &Locale) -> Option<String> {
    let SeriesAxis::Time { .. } = data.axis else { return None };
    let mut changes = vec![];
    for series in &data.series {
        let values: Vec<f64> = series.values.iter().flatten().copied().collect();
        if let Some(change) = trend(&values) {
            let sign = if change < 0.0 { "" } else { "+" };
            changes.push(format!("{} {sign}{}", series.label, percent(change, locale)));
        }
    }
    (!changes.is_empty()).then(|| fill(Phrase::LaterOfSeries, &[("changes", &changes.join(", "))]))
}

/// The greatest value of all series; of several measures that of each.
fn highest_of(data: &SeriesData, locale: &Locale) -> Option<String> {
    let n = data.series.len();
    if data.series.iter().any(|series| data.lines > 0 || series.key.is_none() && series.place.is_some()) {
        return Some((0..n).filter_map(|at| highest_among(data, at..at + 1, locale)).collect::<Vec<_>>().join(" "));
    }
    highest_among(data, 0..n, locale)
}

fn highest_among(data: &SeriesData, among: std::ops::Range<usize>, locale: &Locale) -> Option<String> {
    let mut highest = None::<(f64, usize, usize)>;
    for (at, series) in data.series.iter().enumerate().filter(|(at, _)| among.contains(at)) {
        for (step, value) in series.values.iter().enumerate() {
            if let Some(value) = value.filter(|value| highest.is_none_or(|(highest, ..)| *value > highest)) {
                highest = Some((value, at, step));
            }
        }
    }
    let (_, at, step) = highest?;
    let series = &data.series[at];
    let place = match &data.axis {
        SeriesAxis::Time { steps, grain } => format!("{}, {}", moment(steps.get(step)?.from, *grain, locale), series.label),
        SeriesAxis::Categories(categories) => format!("{}, {}", categories.get(step)?.1, series.label),
        SeriesAxis::Whole { .. } => series.label.clone(),
    };
    let phrase = if let SeriesAxis::Time { .. } = data.axis { Phrase::HighestOn } else { Phrase::HighestAt };
    Some(fill(phrase, &[("value", &series.text(step, locale)), ("place", &place)]))
}

/// Of what not all is shown, how much is: panels, and the columns and rows of a heatmap.
pub fn shown_in_part(view: &View, result: &ViewResult) -> Vec<String> {
    let panels = view.facet.as_ref().map(|facet| (&facet.key, result.panels.len() as u64, result.n_panels));
    let axes = cut(view, result).map(|cut| cut.told).unwrap_or_default();
    let axes = axes.into_iter().map(|(axis, shown, all)| (&view.keys[axis], shown, all));
    let rows = view.has_row_points();
    let without_place = if rows { n_left_out(view, result) } else { n_without_place(view, result) };
    let phrase = if rows { Phrase::NotOnAxes } else { Phrase::NotOnLogScale };
    let told = panels.into_iter().filter(|(_, shown, all)| shown < all).chain(axes);
    let text = |(key, shown, all): (&tarn_dashboard::Key, u64, u64)| {
        let (shown, all) = (super::super::text::count(shown), super::super::text::count(all));
        fill(Phrase::PanelsShown, &[("facet", key.label.as_str()), ("shown", &shown), ("all", &all)])
    };
    told.map(text).chain((without_place > 0).then(|| count(phrase, without_place, &[]))).collect()
}

/// How many rows have no place on the axes of a scatter plot of them. Of several panels it is not known.
fn n_left_out(view: &View, result: &ViewResult) -> u64 {
    if view.facet.is_some() || ![view.scale, view.scale_up].contains(&AxisScale::Log) {
        return 0;
    }
    let n_rows = u64::from(result.table.n_rows);
    let counts = view.measures.first().and_then(|name| result.table.column(name));
    let shown = counts.map_or(n_rows, |counts| (0..n_rows as usize).filter_map(|bin| counts.number(bin)).sum::<f64>() as u64);
    result.rows_matched.saturating_sub(shown)
}

/// How many numbers have no place on a logarithmic axis.
fn n_without_place(view: &View, result: &ViewResult) -> u64 {
    let axes = match view.kind {
        ViewKind::Scatter => vec![view.scale, view.scale_up],
        _ => {
            let n_right = if view.second_axis { view.lines as usize } else { 0 };
            let scale = |at: usize| if at + n_right < view.measures.len() { view.scale } else { view.scale_up };
            (0..view.measures.len()).map(scale).collect()
        }
    };
    // How many values a box is of is on no axis.
    let names = view.measures.iter().skip(usize::from(view.kind == ViewKind::Box));
    let columns = names.zip(axes).filter_map(|(name, scale)| Some((result.table.column(name)?, scale)));
    let of = |(column, scale): (&tarn_protocol::ResultColumn, AxisScale)| {
        let numbers = (0..result.table.n_rows as usize).filter_map(|row| column.number(row));
        numbers.filter(|value| value.is_finite() && !scale.shows(*value)).count() as u64
    };
    columns.map(of).sum()
}

/// The view in a few sentences: of panels their names, and the first of them.
pub fn summary(view: &View, set: Option<&ChartSet>, selected: Option<(f64, f64)>, format: &NumberFormat, locale: &Locale) -> String {
    let Some((set, first)) = set.and_then(|set| Some((set, set.charts.first()?))) else {
        return fill(Phrase::NoData, &[("title", &view.title)]);
    };
    let (Some(facet), Some(panel)) = (&view.facet, set.titles.first()) else {
        return of_chart(&view.title, first, selected, format, locale);
    };
    let values = [("title", view.title.as_str()), ("facet", &facet.key.label), ("panels", &set.titles.join(", "))];
    format!("{} {}", fill(Phrase::PanelsSummary, &values), of_chart(panel, first, selected, format, locale))
}

fn of_chart(title: &str, data: &ChartData, selected: Option<(f64, f64)>, format: &NumberFormat, locale: &Locale) -> String {
    let title = ("title", title);
    let number = |value: f64| format_number(format, value, locale);
    let at = |phrase, value: f64, place: String| fill(phrase, &[("value", &number(value)), ("place", &place)]);
    let chosen = || selected.map(|selected| fill(Phrase::SelectedIs, &[("span", &span(data, selected, locale))]));
    let whole = data;
    let sentences = match data {
        ChartData::Line { points, grain } => {
            let all = points.first().zip(points.last()).map(|(first, last)| span(data, (first.from, last.to), locale)).unwrap_or_default();
            let highest = points.iter().filter_map(|point| Some((point, point.value?))).max_by(|a, b| a.1.total_cmp(&b.1));
            let highest = highest.map(|(point, value)| at(Phrase::HighestOn, value, moment(point.from, *grain, locale)));
            let values: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
            let trend = trend(&values).map(|change| {
                let phrase = if change < 0.0 { Phrase::LaterLower } else { Phrase::LaterHigher };
                fill(phrase, &[("change", &percent(change.abs(), locale))])
            });
            let highest = [highest, trend].into_iter().flatten().collect::<Vec<_>>().join(" ");
            [Some(fill(Phrase::LineSummary, &[title, ("span", &all)])), Some(highest), chosen()]
        }
        ChartData::Bins(bins) => {
            let highest = bins.values.iter().enumerate().filter_map(|(i, value)| Some((i, (*value)?))).max_by(|a, b| a.1.total_cmp(&b.1));
            let highest = highest.map(|(i, value)| at(Phrase::HighestAt, value, bin_text(bins, i, locale)));
            let all = span(data, (bins.from, bins.end()), locale);
            [Some(fill(Phrase::HistogramSummary, &[title, ("span", &all)])), highest, chosen()]
        }
        ChartData::Bars(bars) => {
            let highest = bars.iter().rev().filter_map(|bar| Some((bar, bar.value?))).max_by(|a, b| a.1.total_cmp(&b.1));
            let first = bars.first().filter(|bar| highest.is_none_or(|(highest, _)| highest.key != bar.key));
            let first = first.map(|bar| fill(Phrase::FirstIs, &[("label", &bar.label), ("value", &bar.text)]));
            let highest = highest.map(|(bar, _)| fill(Phrase::HighestAt, &[("value", &bar.text), ("place", &bar.label)]));
            [Some(count(Phrase::BarSummary, bars.len() as u64, &[title])), first, highest]
        }
        ChartData::Series(data) => {
            let names: Vec<&str> = data.series.iter().map(|series| series.label.as_str()).collect();
            let series = fill(Phrase::ByColour, &[("series", &names.join(", "))]);
            let what = match &data.axis {
                SeriesAxis::Time { steps, .. } => {
                    let phrase = match (data.lines, data.filled) {
                        (0, true) => Phrase::AreaSummary,
                        (0, false) => Phrase::LineSummary,
                        _ => Phrase::ComboSummary,
                    };
                    let ends = steps.first().zip(steps.last()).map(|(first, last)| (first.from, last.to));
                    let all = ends.map(|ends| span(whole, ends, locale)).unwrap_or_default();
                    fill(phrase, &[title, ("span", &all)])
                }
                SeriesAxis::Whole { .. } => count(Phrase::PieSummary, data.series.len() as u64, &[title]),
                SeriesAxis::Categories(categories) if data.lines > 0 => {
                    let ends = categories.first().zip(categories.last()).map(|((_, first), (_, last))| format!("{first} – {last}"));
                    fill(Phrase::ComboSummary, &[title, ("span", &ends.unwrap_or_default())])
                }
                SeriesAxis::Categories(categories) => count(Phrase::BarSummary, categories.len() as u64, &[title]),
            };
            let series = [Some(series), highest_of(data, locale), trends(data, locale)].into_iter().flatten().collect::<Vec<_>>().join(" ");
            [Some(what), Some(series), chosen()]
        }
        ChartData::Boxes(boxes) => {
            let first = (!boxes.rows.is_empty()).then(|| format!("{}.", boxes.said(0, locale)));
            let greatest = boxes.rows.iter().filter_map(|row| Some((row, row.values?[4]))).max_by(|a, b| a.1.total_cmp(&b.1));
            let highest = greatest.map(|(row, value)| {
                fill(Phrase::HighestAt, &[("value", &format_number(&boxes.format, value, locale)), ("place", &row.label)])
            });
            [Some(count(Phrase::BoxSummary, boxes.rows.len() as u64, &[title])), first, highest]
        }
        ChartData::Scatter(data) => data.summary(title, locale),
        ChartData::Grid(grid) => {
            let cells = || grid.cells.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
            let n_across = grid.x.labels.len().max(1);
            let extreme = |phrase, cell: Option<(usize, f64)>| {
                cell.map(|(place, value)| at(phrase, value, cell_text(grid, (place % n_across, place / n_across))))
            };
            let size = |labels: &[String]| labels.len().to_string();
            let values = [title, ("columns", &*size(&grid.x.labels)), ("rows", &*size(&grid.y.labels))];
            let highest = extreme(Phrase::HighestAt, cells().max_by(|a, b| a.1.total_cmp(&b.1)));
            let lowest = extreme(Phrase::LowestAt, cells().min_by(|a, b| a.1.total_cmp(&b.1)));
            [Some(fill(Phrase::HeatmapSummary, &values)), highest, lowest]
        }
    };
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
