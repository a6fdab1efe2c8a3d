//! Charts: what they read and write of the page's state.
use super::crumbs::Crumbs;
use super::menu::Picture;
use crate::changing::changing_view;
use crate::chart::{ChartView, Chosen, KeySelection, Zoom, focus};
use crate::controls::interval;
use crate::page::grain::{grains, zoomed_grain};
use crate::state::App;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_dashboard::{Filter, FilterKind, FilterValue, Scalar, View};
use tarn_protocol::ViewResult;

/// The chart of a view, at the level of its hierarchy that the result on the screen is of.
pub fn chart(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>, picture: RwSignal<Option<Picture>>) -> AnyView {
    let level = Memo::new(move |before: Option<&usize>| {
        let is_shown = |result: &ViewResult| view.drill.iter().position(|of| result.table.column(&of.key.name).is_some());
        let shown = result.with(|result| result.as_deref().and_then(is_shown));
        shown.or(before.copied()).unwrap_or(0)
    });
    let stepped = StoredValue::new(false);
    let climb = Callback::new(move |to: usize| {
        stepped.set_value(true);
        app.selections.set_many(view.drill.iter().skip(to).map(|level| (level.filter.clone(), None)));
        app.choices.update(&view.id, |choice| choice.level = to as u32);
    });
    // Down by a value, or up; whether there is a level to go to.
    let on_step = Callback::new(move |key: Option<Scalar>| {
        let now = untrack(|| app.level(view));
        match key {
            Some(key) if now + 1 < view.drill.len() => {
                stepped.set_value(true);
                app.selections.set(&view.drill[now].filter, Some(FilterValue::Set(vec![key])));
                app.choices.update(&view.id, |choice| choice.level = now as u32 + 1);
                true
            }
            None if now > 0 => {
                climb.run(now - 1);
                true
            }
            _ => false,
        }
    });
    let at_level = move || {
        let level = level.get();
        // The chart that had the focus is gone.
        if stepped.get_value() {
            stepped.set_value(false);
            request_animation_frame(move || {
                let first = format!("[data-view=\"{}\"] :is(.chart-row, .chart-picker)", view.id);
                focus(document().query_selector(&first).ok().flatten());
            });
        }
        Some(drawn(app, view.at_level(level as u32), result, on_step, picture))
    };
    let crumbs = (!view.drill.is_empty()).then(|| view! { <Crumbs app view on_climb=climb /> });
    view! { {crumbs}{changing_view(at_level)} }.into_any()
}

fn drawn(
    app: App,
    view: View,
    result: Signal<Option<Arc<ViewResult>>>,
    on_step: Callback<Option<Scalar>, bool>,
    picture: RwSignal<Option<Picture>>,
) -> AnyView {
    let view = Arc::new(view);
    let keys = (0..view.keys.len()).map(|at| match selected_by(app, &view, at) {
        Some(filter) => KeySelection { value: value_of(app, filter), writes: Some(filter.kind) },
        None => KeySelection { value: Signal::derive(|| None), writes: None },
    });
    let keys = keys.collect();
    let on_select = {
        let view = view.clone();
        Callback::new(move |chosen: Chosen| {
            let chosen = chosen.into_iter().filter_map(|(at, value)| {
                let filter = selected_by(app, &view, at)?;
                Some((filter.id.clone(), single(filter, value)))
            });
            app.selections.set_many(chosen);
        })
    };
    let choice = app.choices.signal(&view.id);
    let grains = grains(&view).to_vec();
    let default = grains.first().copied();
    let grain = Signal::derive(move || choice.with(|choice| choice.grain).or(default));
    let set_zoom = {
        let view = view.clone();
        Callback::new(move |range: Option<(f64, f64)>| {
            let chosen = zoomed_grain(&grains, grain.get_untracked(), range).filter(|grain| Some(*grain) != default);
            app.choices.update(&view.id, |choice| {
                choice.grain = chosen;
                choice.zoom = range.map(|(from, to)| (from as i64, to as i64));
            });
        })
    };
    let shown = Memo::new(move |_| choice.with(|choice| choice.zoom).map(|(from, to)| (from as f64, to as f64)));
    let zoom = Zoom { shown, set: set_zoom };
    let as_table = Memo::new(move |_| choice.with(|choice| choice.as_table));
    let turned = view.id.clone();
    let on_table = Callback::new(move |()| turn(app, &turned));
    let measures = view.measures.iter().filter_map(|name| app.dashboard.source(&view.source)?.measure(name));
    let measures = measures.cloned().map(Arc::new).collect();
    view! { <ChartView view result keys on_select on_step grain zoom as_table on_table picture measures /> }.into_any()
}

/// Shows the numbers instead of the chart, and back.
pub fn turn(app: App, view: &str) {
    app.choices.update(view, |choice| choice.as_table = !choice.as_table);
}

/// The filter that the view selects by one of its keys.
fn selected_by(app: App, view: &View, key: usize) -> Option<&'static Filter> {
    let name = &view.keys.get(key)?.name;
    view.selects
        .iter()
        .filter_map(|id| app.dashboard.filter(id))
        .find(|filter| filter.field_of(&view.source).is_some_and(|(field, _)| field == name))
}

/// What a chart chose, as its filter takes it: a `select` filter keeps the value chosen last.
fn single(filter: &Filter, value: Option<FilterValue>) -> Option<FilterValue> {
    match (filter.kind, value) {
        (FilterKind::Select, Some(FilterValue::Set(mut values))) => values.pop().map(|last| FilterValue::Set(vec![last])),
        (_, value) => value,
    }
}

/// The filter's value as a chart draws it: a relative period as the dates that it stands for.
fn value_of(app: App, filter: &'static Filter) -> Signal<Option<FilterValue>> {
    let value = app.selections.signal(&filter.id);
    Memo::new(move |_| match value.get() {
        Some(FilterValue::Period(period)) => {
            let (from, to) = interval(app, filter, Some(&FilterValue::Period(period)));
            (from.is_some() || to.is_some()).then_some(FilterValue::DateRange { from, to })
        }
        value => value,
    })
    .into()
}
