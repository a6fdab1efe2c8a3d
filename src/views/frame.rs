use super::error::ErrorText;
use super::kpi::Kpi;
use super::menu::Picture;
use super::room::heights;
use super::state::ViewState;
use super::table::Table;
use super::text::Text;
use crate::changing::{changing_text, changing_view};
use crate::controls::{link_button, value_text};
use crate::page::grain::grains;
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_coordinator::Freshness;
use tarn_dashboard::{Filter, Phrase, TimeUnit, View, ViewKind};
use tarn_protocol::ViewResult;

/// The card around a view: its title, its grains, its state; and the view itself while there is something to show.
#[component]
pub fn ViewFrame(app: App, view: &'static View, span: u8, last_odd: bool) -> impl IntoView {
    let state = Memo::new(move |_| ViewState::of(app, view));
    let shows_data = Memo::new(move |_| state.with(ViewState::shows_data));
    let expired = move || app.sources.slot(&view.source).and_then(|slot| slot.freshness.get()) == Some(Freshness::Expired);
    let heading = format!("title-{}", view.id);
    let labelled_by = heading.clone();
    let grains = grains(view);
    let picture = RwSignal::new(None::<Picture>);
    let result = result_of(app, view);
    let heights = heights(view, span);
    view! {
        <section
            class=format!("card span-{span}")
            class:last-odd=last_odd
            class:expired=move || expired() && shows_data.get()
            class:late=move || app.results.late.get()
            data-view=view.id.clone()
            class:has-target=view.target.is_some()
            data-kind=view.kind.name()
            data-facet=view.facet.as_ref().map(|facet| facet.key.name.as_str())
            style=("--wide", heights.map(|heights| px(heights[0])))
            style=("--half", heights.map(|heights| px(heights[1])))
            style=("--one", heights.map(|heights| px(heights[2])))
            data-selects=view.selects.first().cloned()
            data-state=move || state.with(ViewState::name)
            aria-labelledby=labelled_by
            aria-busy=move || (state.with(|state| *state == ViewState::Loading) || app.results.late.get()).to_string()
        >
            <header class="card-head" class:visually-hidden=view.title.is_empty()>
                <div>
                    <h2 id=heading>{if view.title.is_empty() { strings::say(Phrase::TextView) } else { view.title.as_str() }}</h2>
                    {view.subtitle.clone().map(|subtitle| view! { <p class="subtitle">{subtitle}</p> })}
                </div>
                {(grains.len() > 1).then(|| view! { <GrainSwitch app view grains /> })}
                {(view.kind != ViewKind::Text).then(|| changing_view(move || Some((app.later.get()?.view_menu)(app, view, result, picture))))}
            </header>
            <div class="card-body">
                <Show when=move || shows_data.get() || keeps_drawing(view) fallback=|| ()>
                    <div class="card-data" class:gone=move || !shows_data.get()>{changing_view(move || Some((app.later.get()?.view)(app, view, result, picture)))}</div>
                </Show>
                {changing_view(move || match state.get() {
                    ViewState::Loading => Some(view! { <Loading app view /> }.into_any()),
                    ViewState::Empty(filters) => Some(view! { <Empty app filters /> }.into_any()),
                    ViewState::Error(error) => Some(view! { <Failed app source=&view.source error /> }.into_any()),
                    ViewState::Stale if expired() => Some(view! { <Expired app source=&view.source /> }.into_any()),
                    ViewState::Stale | ViewState::Ready => None,
                })}
            </div>
        </section>
    }
}

/// Charts stay mounted, unseen, while they have nothing to draw: a brush that leaves nothing must not end with the chart.
fn keeps_drawing(view: &View) -> bool {
    !matches!(view.kind, ViewKind::Kpi | ViewKind::Table | ViewKind::Text)
}

/// The view itself, while there is something to show.
pub fn view(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>, picture: RwSignal<Option<Picture>>) -> AnyView {
    match view.kind {
        ViewKind::Kpi => view! { <Kpi app view result picture /> }.into_any(),
        ViewKind::Table => view! { <Table app view result picture /> }.into_any(),
        ViewKind::Text => view! { <Text app view result /> }.into_any(),
        ViewKind::Line
        | ViewKind::Area
        | ViewKind::Histogram
        | ViewKind::Bar
        | ViewKind::Pie
        | ViewKind::Heatmap
        | ViewKind::Scatter
        | ViewKind::Combo
        | ViewKind::Box => super::drawn::chart(app, view, result, picture),
    }
}

fn px(height: u32) -> String {
    format!("{height}px")
}

fn result_of(app: App, view: &View) -> Signal<Option<Arc<ViewResult>>> {
    match app.results.slot(&view.id) {
        Some(slot) => slot.result.into(),
        None => Signal::derive(|| None),
    }
}

#[component]
fn GrainSwitch(app: App, view: &'static View, grains: &'static [TimeUnit]) -> impl IntoView {
    let choice = app.choices.signal(&view.id);
    let default = grains.first().copied();
    let current = move || choice.with(|choice| choice.grain).or(default);
    let buttons = grains.iter().map(move |grain| {
        let choose = move |_| app.choices.update(&view.id, |choice| choice.grain = Some(*grain).filter(|grain| Some(*grain) != default));
        view! {
            <button type="button" aria-pressed=move || (current() == Some(*grain)).to_string() on:click=choose>{strings::grain(*grain)}</button>
        }
    });
    view! { <div class="segmented" role="group" aria-label=strings::say(Phrase::Grain)>{buttons.collect_view()}</div> }
}

/// A skeleton of the final size, with what has arrived so far.
#[component]
fn Loading(app: App, view: &'static View) -> impl IntoView {
    let progress = move || {
        let (done, total) = app.sources.slot(&view.source)?.progress.get()?;
        (total > 0 && view.kind != ViewKind::Kpi)
            .then(|| strings::fill(Phrase::LoadingBytes, &[("done", &text::bytes(done)), ("total", &text::bytes(total))]))
    };
    view! {
        <div class="skeleton">
            <span class="visually-hidden">{strings::say(Phrase::Loading)}</span>
            {changing_view(move || Some(view! { <span class="progress">{progress()?}</span> }.into_any()))}
        </div>
    }
}

/// Which filters leave nothing, and the way out.
#[component]
fn Empty(app: App, filters: Vec<String>) -> impl IntoView {
    let applied = filters.iter().filter_map(|id| app.dashboard.filter(id)).filter(|filter| !filter.is_parameter());
    let applied: Vec<&'static Filter> = applied.collect();
    // The last filter is the one to let go first: the period comes first and is rarely the culprit.
    let Some(last) = applied.last().copied() else {
        return view! { <div class="message"><h3>{strings::say(Phrase::NoRowsAtAll)}</h3></div> }.into_any();
    };
    let several = applied.len() > 1;
    let said = move || {
        let chosen = app.selections.all();
        let named =
            applied.iter().filter_map(|filter| Some((filter.label.clone(), value_text(app, filter, Some(chosen.get(&filter.id)?)))));
        strings::leave_nothing(&named.collect::<Vec<_>>())
    };
    let let_go = Callback::new(move |()| app.selections.set(&last.id, None));
    let way_out = link_button(strings::fill(Phrase::ClearFilter, &[("filter", &last.label)]), let_go);
    let clear = || link_button(strings::say(Phrase::ClearAllFilters).to_owned(), Callback::new(move |()| app.selections.clear_all()));
    let all = several.then(clear);
    view! {
        <div class="message">
            <h3>{strings::say(Phrase::NoRows)}</h3>
            <p>{changing_text(said)}</p>
            <p class="ways">{way_out}{all}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Failed(app: App, source: &'static str, error: ErrorText) -> impl IntoView {
    view! {
        <div class="message" role="alert">
            <h3>{with_code(&error.what)}</h3>
            <p>{with_code(&error.hint)}</p>
            <p class="ways">{retry_button(app, source)}</p>
            {error.place.map(|place| view! { <code class="place">{place}</code> })}
        </div>
    }
}

fn retry_button(app: App, source: &'static str) -> AnyView {
    link_button(strings::say(Phrase::Retry).to_owned(), Callback::new(move |()| app.retry(source)))
}

/// Text between backticks as code.
fn with_code(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate().map(|(i, part)| match i % 2 {
        0 => part.to_owned().into_any(),
        _ => view! { <code>{part.to_owned()}</code> }.into_any(),
    });
    parts.collect_view()
}

#[component]
fn Expired(app: App, source: &'static str) -> impl IntoView {
    let age = move || {
        let validated_at = app.sources.slot(source)?.status.with(|status| status.as_ref()?.validated_at)?;
        Some(strings::fill(Phrase::NotCurrent, &[("age", &strings::age((app.sources.now.get() - validated_at) / 1e3))]))
    };
    view! {
        <p class="expired-notice" role="status">
            {age} " " {retry_button(app, source)}
        </p>
    }
}
