//! Answers a run from what is loaded: plans the queries of all views, asks the engine once per source, assembles.
use crate::host::Host;
use crate::kept::answer_key;
use crate::long_tables::LongAnswer;
use crate::panels;
use crate::plan::{ViewPlan, assemble, colors, plan};
use crate::points;
use crate::prune::{Lacking, lacks_spans};
use crate::rank::rank;
use crate::record::checksum;
use crate::runtime::Shared;
use crate::selection::{Selection, applied, resolve};
use crate::source::SourceSlot;
use tarn_dashboard::{CellStyle, FilterValue, ParameterValues, View, ViewKind};
use tarn_engine::{LongTable, Query};
use tarn_protocol::{FIRST_ROWS, LoadError, Long, QueryError, ResolvedPeriod, ResultTable, Results, Run, ViewRequest, ViewResult};

type Answer = Result<ViewResult, QueryError>;

/// A view whose answer is not in the cache of results.
struct Open<'a> {
    /// Position in the request.
    at: usize,
    view: &'a View,
    level: u32,
    cache_key: Vec<u8>,
    /// The same in any order.
    question: u64,
    plan: ViewPlan,
    applied: Vec<&'a str>,
}

/// Fails with what has to be loaded first: row groups that were left out and matter to one of the questions.
pub(crate) fn answer<H: Host>(shared: &Shared<H>, run: &Run, failed: &[LoadError]) -> Result<Results, Vec<Lacking>> {
    let started = shared.host.stopwatch_ms();
    let mut answers: Vec<Answer> = run.views.iter().map(|request| Err(QueryError::UnknownView { id: request.id.clone() })).collect();
    let (mut periods, mut from_cache, mut lacking) = (vec![], vec![], vec![]);
    let mut view_ms = vec![0.0; run.views.len()];
    if let Some(page) = shared.page(&run.page) {
        let mut selections = resolve(shared, page, &run.selections, &run.comparisons);
        let parameters = ParameterValues::of(&shared.dashboard, &run.selections);
        periods = resolved_periods(&selections);
        for (answer, request) in answers.iter_mut().zip(&run.views) {
            if page.view(&request.id).is_some_and(asks_nothing) {
                *answer = Ok(ViewResult::default());
            }
        }
        for slot in &shared.slots {
            let source = slot.source.name.as_str();
            let views = run.views.iter().enumerate().filter_map(|(at, request)| Some((at, request, page.view(&request.id)?)));
            let views: Vec<(usize, &ViewRequest, &View)> = views.filter(|(_, _, view)| view.source == source).collect();
            if views.is_empty() {
                continue;
            }
            if let Some(error) = failed.iter().find(|error| error.source == source) {
                views.iter().for_each(|(at, ..)| answers[*at] = Err(QueryError::Load(error.clone())));
            } else if let Some(lacks) = lacks_spans(shared, slot, page) {
                lacking.push(lacks);
            } else {
                match ranked(slot, &mut selections, &parameters) {
                    Ok(Ok(())) => {
                        let out = (&mut answers[..], &mut view_ms[..], &mut from_cache);
                        answer_source(shared, source, &views, (&selections, &parameters), out, &mut lacking)
                    }
                    Ok(Err(error)) => views.iter().for_each(|(at, ..)| answers[*at] = Err(error.clone())),
                    Err(lacks) => lacking.push(lacks),
                }
            }
        }
    }
    if !lacking.is_empty() {
        return Err(lacking);
    }
    let views = run.views.iter().map(|request| request.id.clone()).zip(answers).collect();
    Ok(Results { seq: run.seq, views, periods, from_cache, query_ms: shared.host.stopwatch_ms() - started, view_ms })
}

/// The same from what is remembered of the last visit, before any column is loaded. `None` unless all of it is.
pub(crate) fn answer_from_memory<H: Host>(shared: &Shared<H>, run: &Run) -> Option<Results> {
    let started = shared.host.stopwatch_ms();
    let page = shared.page(&run.page)?;
    let selections = resolve(shared, page, &run.selections, &run.comparisons);
    let unknown =
        |selection: &Selection| selection.is_top() || (matches!(selection.value, FilterValue::Period(_)) && selection.period.is_none());
    if selections.iter().any(unknown) {
        return None;
    }
    let parameters = ParameterValues::of(&shared.dashboard, &run.selections);
    let mut cache = shared.results.borrow_mut();
    let remembered = run.views.iter().map(|request| {
        let view = page.view(&request.id)?;
        if asks_nothing(view) {
            return Some((request.id.clone(), Ok(ViewResult::default())));
        }
        let state = shared.slot(&view.source)?.state.borrow();
        let key = answer_key(&state.remembered.as_ref()?.snapshot, request, &applied(&selections, view, request.level), &parameters);
        Some((request.id.clone(), Ok(cache.get(&key)?)))
    });
    let views = remembered.collect::<Option<Vec<(String, Answer)>>>()?;
    let from_cache = run.views.iter().map(|request| request.id.clone()).collect();
    let view_ms = vec![0.0; run.views.len()];
    let query_ms = shared.host.stopwatch_ms() - started;
    Some(Results { seq: run.seq, views, periods: resolved_periods(&selections), from_cache, query_ms, view_ms })
}

/// Words without a measure are of no source.
fn asks_nothing(view: &View) -> bool {
    view.source.is_empty()
}

/// Looks up what `top` filters keep.
fn ranked(slot: &SourceSlot, selections: &mut [Selection], parameters: &ParameterValues) -> Result<Result<(), QueryError>, Lacking> {
    match &mut slot.state.borrow_mut().snapshot {
        Some(snapshot) => rank(slot, snapshot, selections, parameters),
        None => Ok(Ok(())),
    }
}

pub(crate) fn resolved_periods(selections: &[Selection]) -> Vec<(String, ResolvedPeriod)> {
    let own = selections.iter().filter(|selection| selection.source == selection.filter.source);
    own.filter_map(|selection| Some((selection.filter.id.clone(), selection.period?))).collect()
}

fn answer_source<H: Host>(
    shared: &Shared<H>,
    source: &str,
    views: &[(usize, &ViewRequest, &View)],
    (selections, parameters): (&[Selection], &ParameterValues),
    (answers, view_ms, from_cache): (&mut [Answer], &mut [f64], &mut Vec<String>),
    lacking: &mut Vec<Lacking>,
) {
    let Some(slot) = shared.slot(source) else { return };
    let mut state = slot.state.borrow_mut();
    let Some(snapshot) = &mut state.snapshot else { return };
    let mut cache = shared.results.borrow_mut();
    let (mut open, mut answered) = (vec![], vec![]);
    let clock = || shared.host.stopwatch_ms();
    for (at, request, view) in views {
        let applied = applied(selections, view, request.level);
        let cache_key = answer_key(&snapshot.id, request, &applied, parameters);
        answered.push(cache_key.clone());
        if let Some(result) =
            cache.get(&cache_key).filter(|result| result.long.as_ref().is_none_or(|long| shared.long.borrow().holds(long.token)))
        {
            answers[*at] = Ok(result);
            from_cache.push(view.id.clone());
            continue;
        }
        let begun = clock();
        let planned = plan(slot, snapshot, view, request, &applied, parameters);
        view_ms[*at] += clock() - begun;
        match planned {
            Ok(plan) => {
                let any_order = ViewRequest { order: vec![], ..(*request).clone() };
                let question = checksum(&answer_key(&snapshot.id, &any_order, &applied, parameters));
                let known = shared.long.borrow().in_order(question, &plan.current.order);
                if let Some((table, mut result)) = known {
                    keep_long(shared, (&cache_key, question), table, &mut result);
                    cache.put(cache_key, &result);
                    answers[*at] = Ok(result);
                    continue;
                }
                let filters = applied.iter().map(|selection| selection.filter.id.as_str());
                let applied = filters.chain(shared.dashboard.parameters_of(view)).collect();
                open.push(Open { at: *at, view, level: request.level, cache_key, question, plan, applied });
            }
            Err(error) => answers[*at] = Err(error),
        }
    }
    let rows_total = snapshot.n_rows();
    let queries: Vec<Query> = open.iter().flat_map(|open| open.plan.questions().cloned()).collect();
    if let Some(groups) = snapshot.lacks(queries.iter().map(|query| query.clauses.as_slice())) {
        lacking.push(Lacking { source: source.to_owned(), groups });
        return;
    }
    let mut spent = vec![];
    let mut results = tarn_engine::run_timed(&mut snapshot.table, &queries, &clock, &mut spent).into_iter();
    let mut next = |wanted: bool| if wanted { results.next().transpose() } else { Ok(None) };
    let mut spent = spent.into_iter();
    for open in open {
        let plan = &open.plan;
        let begun = clock();
        plan.questions().for_each(|_| view_ms[open.at] += spent.next().unwrap_or(0.0));
        // All three are taken before any error is looked at: the answers come in the order of the questions.
        let (current, previous, series) = (next(true), next(plan.previous.is_some()), next(plan.series.is_some()));
        let missing = || QueryError::Unsupported { what: "a question without an answer".into() };
        let long = current.as_ref().ok().and_then(|current| current.as_ref()?.long.clone());
        let tops = current.as_ref().ok().and_then(|current| Some(current.as_ref()?.tops.clone())).unwrap_or_default();
        let mut shown = tops.last().filter(|_| open.view.series.is_some()).map(|(values, _)| values.clone()).unwrap_or_default();
        let result = current.and_then(|current| {
            // A sparkline may fail where the number does not: a day's sum may be too large, and that of all days none. It is left out.
            Ok(assemble(current.ok_or_else(missing)?, previous?, series.ok().flatten()))
        });
        let result = result.and_then(|mut result| {
            panels::give(open.view, &tops, plan.limit, &mut result);
            if let Some(points) = &plan.points {
                points.give(&mut snapshot.table, &mut result)?;
            }
            Ok(result)
        });
        answers[open.at] = result.map(|mut result| {
            if open.view.kind == ViewKind::Scatter {
                shown = points::shown_colors(open.view, &result.table);
            }
            result.colors = colors(snapshot, (open.view, open.level), parameters, &shown);
            result.searched = !open.plan.current.search.is_empty();
            result.rows_total = rows_total;
            result.filters_applied = open.applied.iter().map(|id| (*id).to_owned()).collect();
            result.snapshot = snapshot.id.clone();
            if let Some(long) = long {
                let has_bars = |measure: &str| open.view.styles.iter().any(|(own, style)| own == measure && *style == CellStyle::Bar);
                result.long = Some(Long { maxima: long.maxima(has_bars), ..Long::default() });
                keep_long(shared, (&open.cache_key, open.question), long, &mut result);
            }
            cache.put(open.cache_key, &result);
            result
        });
        view_ms[open.at] += clock() - begun;
    }
    state.answered = answered;
}

/// Keeps a long table for the questions about its rows and for those in other orders, and puts its first rows into the answer.
fn keep_long<H: Host>(shared: &Shared<H>, (cache_key, question): (&[u8], u64), table: LongTable, result: &mut ViewResult) {
    let token = checksum(cache_key);
    if let Some(long) = &mut result.long {
        (long.token, long.n_rows) = (token, table.n_rows());
    }
    let rows = table.rows(0..FIRST_ROWS);
    result.table = ResultTable::default();
    shared.long.borrow_mut().put(LongAnswer { token, question, table, result: result.clone() });
    result.table = rows;
}
