//! Hands the page what lets it answer the moves of a filter by itself.
use crate::answer_run::resolved_periods;
use crate::host::Host;
use crate::plan::{SERIES_DAYS, plan};
use crate::prepare::MIN_ROWS;
use crate::runtime::Shared;
use crate::selection::{Selection, applied, resolve};
use crate::source::{SourceSlot, instant};
use tarn_dashboard::{DAY_MICROS, Expr, Filter, FilterKind, FilterValue, Page, ParameterValues};
use tarn_engine::{Query, Tiling, tile};
use tarn_protocol::{Bytes, MovingView, Question, Response, Run, Tiles, encode, subject};

/// Does the next piece of work. Returns, once there is no more to do, whether the page can tell all views that move.
pub(crate) fn next_tile<H: Host>(shared: &Shared<H>, filter: &str, run: &Run, tiling: &mut Tiling) -> Option<bool> {
    let is_told = |filter: &&Filter| !matches!(filter.kind, FilterKind::Parameter | FilterKind::Top | FilterKind::Search);
    let Some(filter) = shared.dashboard.filter(filter).filter(is_told) else { return Some(false) };
    let (Some(page), Some(slot)) = (shared.page(&run.page), shared.slot(&filter.source)) else { return Some(false) };
    if !page.filters_in_force().contains(&filter.id.as_str()) {
        return Some(false);
    }
    let parameters = ParameterValues::of(&shared.dashboard, &run.selections);
    let axis = parameters.bind(&filter.expr);
    let (mut spans, mut chosen) = (vec![], vec![]);
    for (most, value) in values(slot, filter, &axis) {
        spans.push(most);
        chosen.push(with(page, run, filter, value));
    }
    let resolved: Vec<Vec<Selection>> = chosen.iter().map(|chosen| resolve(shared, page, chosen, &run.comparisons)).collect();
    let Some(any) = resolved.first().filter(|any| !any.iter().any(Selection::is_top)) else { return Some(false) };
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = state.snapshot.as_mut().filter(|snapshot| snapshot.n_rows() >= MIN_ROWS) else { return Some(false) };
    let (mut queries, mut moving, mut is_whole) = (vec![], vec![], true);
    for request in &run.views {
        let Some(view) = page.view(&request.id) else { continue };
        if view.writes(&filter.id, request.level) || filter.field_of(&view.source).is_none() {
            continue;
        }
        if view.source != filter.source || view.series.is_some() || view.facet.is_some() {
            is_whole = false;
            continue;
        }
        let mut plans = vec![];
        for selections in &resolved {
            plans.extend(plan(slot, snapshot, view, request, &applied(selections, view, request.level), &parameters).ok());
        }
        if plans.len() == resolved.len() && plans.iter().all(|plan| plan.points.is_none()) {
            moving.push((view, request.level, plans.len()));
            queries.extend(plans);
        } else {
            is_whole = false;
        }
    }
    let mut asked: Vec<Query> = vec![];
    for plan in &queries {
        for query in plan.questions() {
            let mut query = query.clone();
            query.clauses.retain(|clause| clause.filter != filter.id);
            asked.push(query);
        }
    }
    if asked.is_empty() || snapshot.lacks(asked.iter().map(|query| query.clauses.as_slice())).is_some() {
        return Some(false);
    }
    let tiled = match tile(&mut snapshot.table, &asked, &axis, tiling) {
        Ok(Some(tiled)) => tiled,
        Ok(None) => return None,
        // What fails here fails where it is asked.
        Err(_) => return Some(false),
    };
    // In the order in which they were asked.
    let (mut questions, mut plans) = (tiled.questions.into_iter(), queries.iter());
    let mut views = vec![];
    for (view, level, n_plans) in moving {
        let (mut current, mut previous, mut series) = (None, None, vec![]);
        let (mut is_compared, mut is_told) = (false, true);
        for (plan, most) in plans.by_ref().take(n_plans).zip(&spans) {
            current = questions.next().flatten();
            if let Some(of_before) = &plan.previous {
                previous = questions.next().flatten();
                is_told &= previous.is_some();
                let own = |query: &Query| query.clauses.iter().find(|clause| clause.filter == filter.id).map(|clause| clause.test.clone());
                is_compared = own(of_before) != own(&plan.current);
            }
            if plan.series.is_some() {
                let question = questions.next().flatten();
                is_told &= question.is_some();
                series.extend(question.map(|question| Question { most_days: *most, ..question }));
            }
        }
        let Some(current) = current.filter(|_| is_told) else {
            is_whole = false;
            continue;
        };
        previous = previous.filter(|_| !is_compared);
        let filters = applied(any, view, level).into_iter().map(|selection| selection.filter.id.as_str());
        views.push(MovingView {
            id: view.id.clone(),
            current,
            previous,
            is_compared,
            series,
            rows_total: snapshot.n_rows(),
            filters_applied: filters.chain(shared.dashboard.parameters_of(view)).map(str::to_owned).collect(),
            snapshot: snapshot.id.clone(),
        });
    }
    if !views.is_empty() {
        let comparison = run.comparisons.iter().find(|(id, _)| *id == filter.id).map_or(filter.compare, |(_, chosen)| *chosen);
        let mut periods = resolved_periods(any);
        periods.retain(|(id, _)| *id != filter.id);
        let subject = Bytes(subject(run, &filter.id));
        let tiles =
            Tiles { filter: filter.id.clone(), subject, comparison, periods, axis: tiled.axis, tiles: tiled.tiles, views, is_whole };
        (shared.sink)(Response::Tiles(Bytes(encode(&tiles))));
    }
    Some(is_whole)
}

/// Values that stand for any value of the filter, by the most days that those like it have. Of a period one for each grain of
/// sparklines that the data is long enough for.
fn values(slot: &SourceSlot, filter: &Filter, axis: &Expr) -> Vec<(i64, FilterValue)> {
    if filter.kind != FilterKind::DateRange {
        return vec![(i64::MAX, FilterValue::Set(vec![]))];
    }
    let of = |days: i64| FilterValue::DateRange { from: Some(0), to: Some(days * DAY_MICROS) };
    if slot.time_expr().as_ref() != Some(axis) {
        return vec![(i64::MAX, of(1))];
    }
    let mut state = slot.state.borrow_mut();
    let span = state.snapshot.as_mut().and_then(|snapshot| snapshot.table.min_max(axis).ok());
    let days = span.and_then(|(min, max)| Some((instant(&max)? - instant(&min)?) / DAY_MICROS + 2)).unwrap_or(0);
    let n = SERIES_DAYS.iter().take_while(|most| **most < days).count() + 1;
    SERIES_DAYS.iter().take(n).map(|most| (*most, of(*most))).collect()
}

/// The run's selections with that value of the filter, in the order of the page.
fn with(page: &Page, run: &Run, filter: &Filter, value: FilterValue) -> Vec<(String, FilterValue)> {
    let mut chosen = run.selections.clone();
    chosen.retain(|(id, _)| *id != filter.id);
    let in_force = page.filters_in_force();
    let place = |id: &str| in_force.iter().position(|own| *own == id).unwrap_or(usize::MAX);
    let at = chosen.iter().position(|(id, _)| place(id) > place(&filter.id)).unwrap_or(chosen.len());
    chosen.insert(at, (filter.id.clone(), value));
    chosen
}
