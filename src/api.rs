//! `window.tarn`, for pages that embed a dashboard and for tests. Values are as in the address: one grammar for all.
mod plain;

use crate::state::App;
use crate::views::error_text as query_error_text;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use tarn_dashboard::{Filter, FilterValue, Phrase, Plain};
use tarn_protocol::WHOLE_ROWS;
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};

type Outcome = Result<JsValue, JsValue>;

/// Puts the working API into the window.
pub fn install(app: App) {
    let api = Object::new();
    put(&api, "ready", move |_, _| answered(app));
    put(&api, "pages", move |_, _| Ok(plain::pages(app)));
    put(&api, "filters", move |_, _| Ok(plain::filters(app)));
    put(&api, "status", move |_, _| Ok(plain::status(app)));
    put(&api, "result", move |view, _| result(app, &view));
    put(&api, "rows", move |view, range| reject_on_error(rows(app, &view, &range)));
    put(&api, "setPage", move |page, _| reject_on_error(set_page(app, &page)));
    put(&api, "setFilter", move |id, value| reject_on_error(set_filter(app, &id, &value)));
    put(&api, "setFilters", move |values, _| reject_on_error(set_filters(app, &values)));
    put(&api, "prepare", move |id, _| reject_on_error(prepare(app, &id)));
    put(&api, "clearFilters", move |_, _| {
        app.selections.clear_all();
        answered(app)
    });
    publish(&api);
}

/// `status()` as JSON text.
pub fn status_json(app: App) -> String {
    js_sys::JSON::stringify(&plain::status(app)).map(String::from).unwrap_or_default()
}

/// Without a dashboard every call tells why.
pub fn install_failed(message: &str) {
    let api = Object::new();
    for name in ["ready", "setPage", "setFilter", "setFilters", "clearFilters", "prepare", "rows"] {
        let message = message.to_owned();
        put(&api, name, move |_, _| reject_on_error(Err(error(&message))));
    }
    for name in ["pages", "filters", "status", "result"] {
        let message = message.to_owned();
        put(&api, name, move |_, _| Err(error(&message)));
    }
    publish(&api);
}

fn put(api: &Object, name: &str, function: impl FnMut(JsValue, JsValue) -> Outcome + 'static) {
    let closure = Closure::<dyn FnMut(JsValue, JsValue) -> Outcome>::new(function);
    // Setting a property of a fresh object does not fail.
    let _ = Reflect::set(api, &name.into(), &closure.into_js_value());
}

fn publish(api: &Object) {
    let _ = Reflect::set(&js_sys::global(), &"tarn".into(), api);
}

/// A promise that is kept when the present selections are answered on the main thread.
fn answered(app: App) -> Outcome {
    let seq = untrack(|| app.request());
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        app.link.with_value(|link| {
            link.when_answered(seq, move |outcome| {
                // The functions of a promise do not throw.
                let _ = match outcome {
                    Ok(()) => resolve.call0(&JsValue::UNDEFINED),
                    Err(message) => reject
                        .call1(&JsValue::UNDEFINED, &error(&crate::page::strings::fill(Phrase::WorkersDied, &[("message", &message)]))),
                };
            });
        });
    });
    Ok(promise.into())
}

fn set_page(app: App, page: &JsValue) -> Outcome {
    let id = page.as_string().unwrap_or_default();
    if app.dashboard.page(&id).is_none() {
        let known: Vec<&str> = app.dashboard.pages.iter().map(|page| page.id.as_str()).collect();
        return Err(error(&format!("there is no page `{id}`; there are: {}", known.join(", "))));
    }
    app.open_page(&id);
    answered(app)
}

fn set_filter(app: App, id: &JsValue, value: &JsValue) -> Outcome {
    let id = id.as_string().unwrap_or_default();
    let value = parsed(app, &id, value)?;
    app.selections.set(&id, value);
    answered(app)
}

/// All or none: a wrong value changes nothing.
fn set_filters(app: App, values: &JsValue) -> Outcome {
    if !values.is_object() {
        return Err(error("setFilters expects an object of filter values"));
    }
    // Not by its class: another frame's object is of another one.
    let values: &Object = values.unchecked_ref();
    let mut changes = vec![];
    for entry in Object::entries(values).iter() {
        let entry: Array = entry.unchecked_into();
        let id = entry.get(0).as_string().unwrap_or_default();
        let value = parsed(app, &id, &entry.get(1))?;
        changes.push((id, value));
    }
    app.selections.set_many(changes);
    answered(app)
}

/// Makes ready for moves of a filter, as when the pointer enters the view that selects it. The promise is kept when that is done.
fn prepare(app: App, id: &JsValue) -> Outcome {
    let id = id.as_string().unwrap_or_default();
    known(app, &id)?;
    let promise = Promise::new(&mut |resolve: Function, _| {
        let done = move || {
            // The functions of a promise do not throw.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        };
        app.link.with_value(|link| link.when_prepared(&id, done));
    });
    Ok(promise.into())
}

fn known(app: App, id: &str) -> Result<&'static Filter, JsValue> {
    app.dashboard.filter(id).ok_or_else(|| {
        let known: Vec<&str> = app.dashboard.filters.iter().map(|filter| filter.id.as_str()).collect();
        error(&format!("there is no filter `{id}`; there are: {}", known.join(", ")))
    })
}

fn parsed(app: App, id: &str, value: &JsValue) -> Result<Option<FilterValue>, JsValue> {
    let filter = known(app, id)?;
    match plain::from_js(value) {
        Some(Plain::Null) => Ok(None),
        Some(value) => filter.parse_json(&value).map(Some).map_err(|wrong| error(&wrong.to_string())),
        None => Err(error("a filter's value is made of numbers, texts, true, false, null and arrays of them")),
    }
}

fn result(app: App, view: &JsValue) -> Outcome {
    let id = view.as_string().unwrap_or_default();
    let Some(slot) = app.results.slot(&id) else { return Err(error(&format!("there is no view `{id}`"))) };
    if let Some(wrong) = slot.error.get_untracked() {
        let text = query_error_text(&wrong);
        return Err(error(&format!("{} {}", text.what, text.hint)));
    }
    match slot.result.get_untracked() {
        Some(result) => Ok(plain::result(&result)),
        None => Ok(JsValue::NULL),
    }
}

/// A promise of some of the rows of a long table, by a half-open range of their places.
fn rows(app: App, view: &JsValue, range: &JsValue) -> Outcome {
    let id = view.as_string().unwrap_or_default();
    let found = app.results.slot(&id).and_then(|slot| slot.result.get_untracked()).zip(app.current_page().view(&id));
    let Some((result, view)) = found else { return Err(error(&format!("there are no rows of a view `{id}`"))) };
    let Some(Plain::List(ends)) = plain::from_js(range) else {
        return Err(error("rows expects a view and the range of its rows, [from, to]"));
    };
    let [from, to] =
        [0, 1].map(|at| if let Some(Plain::Int(end)) = ends.get(at) { (*end).clamp(0, i64::from(u32::MAX)) as u32 } else { 0 });
    let n_rows = to.saturating_sub(from).min(WHOLE_ROWS);
    let Some(token) = result.long.as_ref().map(|long| long.token) else {
        return Ok(Promise::resolve(&plain::stretch(&result.table, from, n_rows)).into());
    };
    let run = app.run_of(view);
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        app.rows(run.clone(), token, from, n_rows, move |table| {
            // The functions of a promise do not throw.
            let _ = match table {
                Some(table) => resolve.call1(&JsValue::UNDEFINED, &plain::stretch(&table, 0, table.n_rows)),
                None => reject.call1(&JsValue::UNDEFINED, &error(crate::page::strings::say(Phrase::RowsChanged))),
            };
        });
    });
    Ok(promise.into())
}

fn reject_on_error(outcome: Outcome) -> Outcome {
    outcome.or_else(|wrong| Ok(Promise::reject(&wrong).into()))
}

fn error(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}
