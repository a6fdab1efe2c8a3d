use crate::state::App;
use crate::{strings, text};
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Scalar};
use tarn_protocol::FieldDomain;

/// Two numbers, `[from, below)`; an empty field is an open end.
#[component]
pub fn NumberRangeMenu(app: App, filter: &'static Filter, value: Signal<Option<FilterValue>>) -> impl IntoView {
    let domain = app.sources.domain(&filter.id);
    let ends = move || match value.get() {
        Some(FilterValue::Range { from, to }) => (from, to),
        _ => (None, None),
    };
    let hint = move |end: fn(Scalar, Scalar) -> Scalar| match domain.get() {
        Some(FieldDomain::Span { min, max }) => text::scalar(&end(min, max), &filter.format),
        _ => strings::OPEN_END.to_owned(),
    };
    let shown = |end: Option<f64>| end.map(|number| number.to_string()).unwrap_or_default();
    let wrong = RwSignal::new(false);
    let write = move |from: Option<f64>, to: Option<f64>| {
        let ordered = from.zip(to).is_none_or(|(from, to)| from < to);
        wrong.set(!ordered);
        if ordered {
            let value = (from.is_some() || to.is_some()).then_some(FilterValue::Range { from, to });
            app.selections.set(&filter.id, value);
        }
    };
    let number = |text: String| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    view! {
        <div class="pair">
            <label>
                {strings::FROM}
                <input
                    type="number"
                    step="any"
                    inputmode="decimal"
                    placeholder=move || hint(|min, _| min)
                    prop:value=move || shown(ends().0)
                    aria-invalid=move || wrong.get().to_string()
                    on:change=move |event| write(number(event_target_value(&event)), untrack(ends).1)
                />
            </label>
            <label>
                {strings::UP_TO}
                <input
                    type="number"
                    step="any"
                    inputmode="decimal"
                    placeholder=move || hint(|_, max| max)
                    prop:value=move || shown(ends().1)
                    aria-invalid=move || wrong.get().to_string()
                    on:change=move |event| write(untrack(ends).0, number(event_target_value(&event)))
                />
            </label>
        </div>
        <div class="menu-foot">
            <button class="link" type="button" disabled=move || value.with(Option::is_none) on:click=move |_| app.selections.set(&filter.id, None)>
                {strings::CLEAR}
            </button>
        </div>
    }
}
