//! Turns a view and what applies to it into queries, and their results into the view's.
use crate::points::{Points, round_bins, straightened};
use crate::selection::Selection;
use crate::source::{Snapshot, SourceSlot, instant};
use std::sync::Arc;
use tarn_dashboard::{
    Bucket, ColumnSearch, DAY_MICROS, DataType, Interval, Key, Measure, Order, OrderBy, ParameterValues, Scalar, Subtotals, TimeUnit, View,
    ViewKind,
};
use tarn_engine::{Clause, KeyBucket, Query, QueryKey, QueryResult, Top};
use tarn_protocol::{FIRST_ROWS, QueryError, ResultTable, ViewRequest, ViewResult, WHOLE_ROWS};

/// The most days for a sparkline by the day, week, month and quarter, which has at most about 120 points.
pub(crate) const SERIES_DAYS: [i64; 4] = [120, 121 * 7 - 1, 121 * 30 - 1, 121 * 91 - 1];

/// The questions of one view.
pub(crate) struct ViewPlan {
    pub current: Query,
    /// A kpi over the interval that its period is compared with.
    pub previous: Option<Query>,
    /// A kpi over time.
    pub series: Option<Query>,
    /// What the view's groups are limited to.
    pub limit: Option<u32>,
    /// What to list of the rows of a scatter plot where they are few.
    pub points: Option<Points>,
}

impl ViewPlan {
    pub fn questions(&self) -> impl Iterator<Item = &Query> {
        [Some(&self.current), self.previous.as_ref(), self.series.as_ref()].into_iter().flatten()
    }
}

pub(crate) fn plan(
    slot: &SourceSlot,
    snapshot: &mut Snapshot,
    view: &View,
    request: &ViewRequest,
    applied: &[&Selection],
    parameters: &ParameterValues,
) -> Result<ViewPlan, QueryError> {
    let measures = view
        .measures
        .iter()
        .map(|name| slot.measure(name, parameters).ok_or_else(|| QueryError::Unsupported { what: format!("measure `{name}`") }));
    let measures = measures.collect::<Result<Vec<_>, _>>()?;
    let panels = view.facet.iter().map(|facet| &facet.key);
    let keys = panels.chain(view.keys_at(request.level)).map(|key| query_key(snapshot, view, key, request.grain, parameters));
    let mut keys = keys.collect::<Result<Vec<_>, _>>()?;
    let clauses: Vec<Clause> = applied.iter().map(|selection| selection.clause()).collect();
    let points = Points::take(view, &mut keys, &clauses, limit(view, request.limit));
    let order = if request.order.is_empty() { own_order(view) } else { chosen_order(&request.order, keys.len()) };
    let time = slot.source.time.clone();
    let search = search(view, &request.search, &measures);
    let having = view.having.as_ref().map(|having| Arc::new(parameters.bind_measure(having)));
    let by_rows = !measures.first().is_some_and(|measure| measure.adds_up());
    let groups = limit(view, request.limit);
    let tops = tops(view, groups, by_rows);
    let limit = groups.filter(|_| tops.is_empty() && points.is_none());
    let (other, totals, subtotals) = (view.other, view.totals, view.subtotals != Subtotals::None);
    let first = (request.in_parts && view.kind == ViewKind::Table).then_some((WHOLE_ROWS, FIRST_ROWS));
    let current = Query { keys, measures, clauses, order, limit, having, tops, other, totals, subtotals, time, first, search };
    if view.kind != ViewKind::Kpi {
        return Ok(ViewPlan { current, previous: None, series: None, limit: groups, points });
    }
    let compared = applied.iter().enumerate().find_map(|(at, selection)| Some((at, selection.compared_clause()?)));
    let previous = compared.map(|(at, clause)| {
        let mut previous = current.clone();
        previous.clauses[at] = clause;
        previous
    });
    let series = series(slot, snapshot, &current, applied);
    Ok(ViewPlan { current, previous, series, limit: groups, points })
}

/// Series have a limit of their own; what limits the view limits its first key.
fn tops(view: &View, limit: Option<u32>, by_rows: bool) -> Vec<Top> {
    let top = |key: usize, limit: u32, by_rows: bool| Top { key, limit, by_rows, in_own_order: false };
    let panels = view.facet.as_ref().map(|facet| Top { in_own_order: facet.in_own_order(), ..top(0, facet.limit, false) });
    let n_panels = usize::from(panels.is_some());
    // Points have their place whatever their colour.
    let is_scatter = view.kind == ViewKind::Scatter;
    let series = view.series.filter(|_| !is_scatter).map(|series| top(view.all_keys().count().saturating_sub(1), series, by_rows));
    let cut = (series.is_some() || panels.is_some()) && !is_scatter && !view.limits_panels();
    let groups = limit.filter(|_| cut).map(|limit| top(n_panels, limit, false));
    [panels, groups, series].into_iter().flatten().collect()
}

/// The order of the view; with panels, theirs first.
fn own_order(view: &View) -> Vec<Order> {
    match view.facet {
        None => view.order.clone(),
        // What is cut from each panel is the least of it.
        Some(_) if view.limits_panels() => {
            let by_panel = Order { by: OrderBy::Key(0), descending: false };
            let groups = view.order.iter().filter(|order| matches!(order.by, OrderBy::Measure(_)));
            [by_panel].iter().chain(groups).cloned().collect()
        }
        Some(_) => vec![],
    }
}

/// The place of each series among the colours: the most frequent values of the whole have theirs, so that a colour keeps its
/// meaning under any filter; other values take what is free.
pub(crate) fn colors(
    snapshot: &mut Snapshot,
    (view, level): (&View, u32),
    parameters: &ParameterValues,
    series: &[Scalar],
) -> Vec<(Scalar, u32)> {
    let Some(key) = view.keys_at(level).last().filter(|_| view.series.is_some()) else { return vec![] };
    // A value that fails to be told has failed the query before.
    let frequent = snapshot.table.most_frequent(&parameters.bind(&key.expr)).unwrap_or_default();
    let own = |value: &Scalar| frequent.iter().position(|known| known == value).map(|place| place as u32);
    let taken: Vec<u32> = series.iter().filter_map(own).collect();
    let mut free = (0..).filter(|place| !taken.contains(place));
    series.iter().map(|value| (value.clone(), own(value).or_else(|| free.next()).unwrap_or(0))).collect()
}

/// The measures by day, or by a coarser unit over a long time.
fn series(slot: &SourceSlot, snapshot: &mut Snapshot, current: &Query, applied: &[&Selection]) -> Option<Query> {
    let time = slot.time_expr()?;
    let period = applied.iter().find(|selection| selection.tests(&time)).and_then(|selection| selection.period);
    let span = match period {
        Some(period) => period.interval,
        None => {
            let (min, max) = snapshot.table.min_max(&time).ok()?;
            Interval { from: instant(&min)?, to: instant(&max)? }
        }
    };
    let days = (span.to - span.from) / DAY_MICROS;
    let units = [TimeUnit::Day, TimeUnit::Week(slot.week_start), TimeUnit::Month, TimeUnit::Quarter].into_iter().zip(SERIES_DAYS);
    let unit = units.into_iter().find(|(_, most)| days <= *most).map_or(TimeUnit::Year, |(unit, _)| unit);
    let name = slot.source.time.clone()?;
    let key = QueryKey { name, expr: time, bucket: KeyBucket::Time { unit, fill: true } };
    Some(Query { keys: vec![key], order: vec![], limit: None, other: false, totals: false, ..current.clone() })
}

fn query_key(
    snapshot: &mut Snapshot,
    view: &View,
    key: &Key,
    grain: Option<TimeUnit>,
    parameters: &ParameterValues,
) -> Result<QueryKey, QueryError> {
    let expr = parameters.bind(&key.expr);
    let bucket = match &key.bucket {
        Bucket::Value => KeyBucket::Value,
        Bucket::Time { grains } => {
            let unit = grain.filter(|grain| grains.contains(grain)).or(grains.first().copied()).unwrap_or(TimeUnit::Day);
            KeyBucket::Time { unit, fill: true }
        }
        Bucket::Bins { from, to, width } => {
            let (from, to) = match (from, to) {
                (Some(from), Some(to)) => (*from, *to),
                _ => open_bins(snapshot.table.min_max(&expr)?, *from, *to, *width),
            };
            KeyBucket::Bins { from, to, width: *width }
        }
        Bucket::Span { from, to, bins } => {
            let scale = view.scale_of(&key.name);
            let straight = straightened(scale, &expr);
            let [from, to] = [from, to].map(|end| end.map(|end| scale.straight(end)));
            // Bounds that are given need no span, which may not be known of a part of the rows.
            let span = if from.is_some() && to.is_some() { (Scalar::Null, Scalar::Null) } else { snapshot.table.min_max(&straight)? };
            round_bins(span, (from, to), *bins, straight.data_type == DataType::Int64)
        }
    };
    Ok(QueryKey { name: key.name.clone(), expr, bucket })
}

/// Bounds from the unfiltered data, widened to whole bins; bins are counted from `from`, or from zero.
pub(crate) fn open_bins((min, max): (Scalar, Scalar), from: Option<f64>, to: Option<f64>, width: f64) -> (f64, f64) {
    let (min, max) = (number(&min).unwrap_or(0.0), number(&max).unwrap_or(0.0));
    let from = from.unwrap_or_else(|| (min / width).floor() * width);
    let to = to.unwrap_or_else(|| from + (((max - from) / width).floor() + 1.0).max(1.0) * width);
    (from, to)
}

pub(crate) fn number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value),
        Scalar::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        _ => None,
    }
}

/// What the viewer wants, within the most that a view may have; only of views that have a limit.
fn limit(view: &View, chosen: Option<u32>) -> Option<u32> {
    view.limit.map(|own| chosen.map_or(own, |chosen| chosen.clamp(1, view.most_rows())))
}

/// The viewer's order: positions in keys followed by measures.
fn chosen_order(chosen: &[(u32, bool)], n_keys: usize) -> Vec<Order> {
    let n_keys = n_keys as u32;
    let by = |position: u32| if position < n_keys { OrderBy::Key(position) } else { OrderBy::Measure(position - n_keys) };
    chosen.iter().map(|(position, descending)| Order { by: by(*position), descending: *descending }).collect()
}

/// What the viewer looks for. What the column has not is not looked for.
fn search(view: &View, chosen: &[(u32, String)], measures: &[Arc<Measure>]) -> Vec<(OrderBy, ColumnSearch)> {
    let n_keys = view.keys.len() as u32;
    let one = |(position, text): &(u32, String)| {
        let (by, is_number) = match view.keys.get(*position as usize) {
            Some(key) => (OrderBy::Key(*position), key.is_number()),
            None => {
                let at = position - n_keys;
                (OrderBy::Measure(at), measures.get(at as usize)?.data_type().is_numeric())
            }
        };
        Some((by, ColumnSearch::parse(text, is_number)?))
    };
    let chosen = if view.kind == ViewKind::Table { chosen } else { &[] };
    chosen.iter().filter_map(one).collect()
}

/// Puts the answers to a plan's questions together.
pub(crate) fn assemble(current: QueryResult, previous: Option<QueryResult>, series: Option<QueryResult>) -> ViewResult {
    let table = match previous {
        Some(previous) => ResultTable::with_previous(current.table, previous.table),
        None => current.table,
    };
    ViewResult {
        table,
        long: None,
        searched: false,
        totals: current.totals,
        other: current.other,
        subtotals: current.subtotals,
        series: series.map(|series| series.table),
        colors: vec![],
        panels: vec![],
        n_panels: 0,
        groups: vec![],
        spans: vec![],
        n_groups: current.n_groups,
        rows_matched: current.rows_matched,
        rows_total: 0,
        filters_applied: vec![],
        snapshot: String::new(),
    }
}
