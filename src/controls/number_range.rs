use super::menu_foot::MenuFoot;
use crate::page::{entry, strings, text};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Phrase};
use tarn_protocol::OptionsRequest;

type Ends = (Option<f64>, Option<f64>);

/// Two numbers, `[from, below)`, under the distribution of the rows that the other filters leave; an empty field is an open
/// end.
#[component]
pub fn NumberRangeMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    Effect::new(move |_| {
        let page = app.current_page();
        let mut selections = app.selections.in_force(page);
        selections.retain(|(id, _)| *id != filter.id);
        let request = OptionsRequest {
            seq: 0,
            page: page.id.clone(),
            filter: filter.id.clone(),
            selections,
            search: String::new(),
            offset: 0,
            limit: 0,
        };
        app.link.with_value(|link| link.options(request));
    });
    // Edges of the bins, one more than there are bins, and the rows in each.
    let bins = Memo::new(move |_| {
        let rows = app.menu.with(|menu| menu.as_ref().filter(|menu| menu.filter == filter.id)?.rows.clone().ok());
        let number = |value: &tarn_dashboard::Scalar| if let tarn_dashboard::Scalar::Float(edge) = value { *edge } else { 0.0 };
        rows.unwrap_or_default().iter().map(|row| (number(&row.value), row.count as f64)).collect::<Vec<_>>()
    });
    let ends = Memo::new(move |_| match value.get() {
        Some(FilterValue::Range { from, to }) => (from, to),
        _ => (None, None),
    });
    // What is wrong with what was typed.
    let wrong = RwSignal::new(None::<Phrase>);
    let write = Callback::new(move |(from, to): Ends| {
        let ordered = from.zip(to).is_none_or(|(from, to)| from < to);
        wrong.set((!ordered).then_some(Phrase::RangeWrong));
        if ordered {
            let value = (from.is_some() || to.is_some()).then_some(FilterValue::Range { from, to });
            app.selections.set(&filter.id, value);
        }
    });
    let field = move |is_end: bool| {
        let shown = move || (if is_end { ends.get().1 } else { ends.get().0 }).map(entry::number).unwrap_or_default();
        let hint = move || {
            let edge = bins.with(|bins| if is_end { bins.last().copied() } else { bins.first().copied() });
            edge.map_or(strings::say(Phrase::AnyNumber).to_owned(), |(edge, _)| text::number(&filter.format, edge))
        };
        let change = move |entry: String| {
            let number = entry::parse_number(&entry);
            if number.is_none() && !entry.trim().is_empty() {
                return wrong.set(Some(Phrase::NotANumber));
            }
            let (from, to) = ends.get_untracked();
            write.run(if is_end { (from, number) } else { (number, to) });
        };
        view! {
            <label>
                {if is_end { strings::say(Phrase::Below) } else { strings::say(Phrase::From) }}
                <input
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    placeholder=hint
                    prop:value=shown
                    aria-invalid=move || wrong.get().is_some().to_string()
                    on:change=move |event| change(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <Distribution filter bins ends write />
        <div class="pair">{field(false)}{field(true)}</div>
        <MenuFoot app filter value remark=Signal::derive(move || wrong.get().map(strings::say).unwrap_or_default().to_owned()) />
    }
}

/// Bars, and a slider for each end that steps from edge to edge.
#[component]
fn Distribution(filter: &'static Filter, bins: Memo<Vec<(f64, f64)>>, ends: Memo<Ends>, write: Callback<Ends>) -> impl IntoView {
    let n_bins = Memo::new(move |_| bins.with(|bins| bins.len().saturating_sub(1)));
    let bar = move |i: usize| {
        let height = move || {
            bins.with(|bins| {
                let most = bins.iter().map(|(_, count)| *count).fold(1.0, f64::max);
                format!("{:.1}%", bins.get(i).map_or(0.0, |(_, count)| count / most * 100.0))
            })
        };
        let inside = move || {
            let (from, to) = ends.get();
            let edge = bins.with(|bins| bins.get(i).map_or(0.0, |(edge, _)| *edge));
            from.is_none_or(|from| edge >= from) && to.is_none_or(|to| edge < to)
        };
        view! { <i class:inside=inside style:height=height></i> }
    };
    let slider = move |is_end: bool| {
        let position = move || {
            let end = if is_end { ends.get().1 } else { ends.get().0 };
            let n = n_bins.get();
            let nearest = |end: f64| bins.with(|bins| bins.iter().position(|(edge, _)| *edge >= end).unwrap_or(n));
            end.map_or(if is_end { n } else { 0 }, nearest)
        };
        let words = move || bins.with(|bins| bins.get(position()).map(|(edge, _)| text::number(&filter.format, *edge)));
        let slide = move |at: usize| {
            let n = n_bins.get_untracked();
            let edge = |at: usize| bins.with_untracked(|bins| bins.get(at).map(|(edge, _)| *edge));
            let (from, to) = ends.get_untracked();
            write.run(if is_end { (from, edge(at).filter(|_| at < n)) } else { (edge(at).filter(|_| at > 0), to) });
        };
        view! {
            <input
                type="range"
                min="0"
                max=move || n_bins.get()
                step="1"
                prop:value=move || position().to_string()
                aria-label=if is_end { strings::say(Phrase::Below) } else { strings::say(Phrase::From) }
                aria-valuetext=words
                on:input=move |event| slide(event_target_value(&event).parse().unwrap_or(0))
            />
        }
    };
    view! {
        <div class="distribution">
            <div class="distribution-bars" aria-hidden="true">{move || (0..n_bins.get()).map(bar).collect_view()}</div>
            {slider(false)}
            {slider(true)}
        </div>
    }
}
