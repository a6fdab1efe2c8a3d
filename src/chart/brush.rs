use super::placed::{At, placed, tabbed};
use super::roving::focus;
use super::shown::{DataOf, PlotOf};
use crate::changing::changing_view;
use crate::controls::link_button;
use crate::page::chart::words;
use crate::page::strings::say;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Drag, Locale, Plot, Rect};
use tarn_dashboard::Phrase;
use web_sys::{KeyboardEvent, PointerEvent};

/// How near to an end a pointer takes hold of it, in pixels.
const REACH_MOUSE: f64 = 6.0;
const REACH_TOUCH: f64 = 18.0;
/// Less movement than this is a click, which selects nothing.
const SLACK: f64 = 3.0;
/// Steps of a key with Shift, and of the page keys.
const LEAP: i32 = 10;

type Interval = (f64, f64);

/// What a time axis shows, unless all of it.
#[derive(Clone, Copy)]
pub struct Zoom {
    pub shown: Memo<Option<Interval>>,
    pub set: Callback<Option<Interval>>,
}

/// An interval over the chart's horizontal axis: dragged, moved, resized, or walked with the keys of its two ends. A time axis is
/// zoomed to it by a button or `+`, and out again by a button, `-`, or what clears where nothing is selected.
#[component]
pub fn Brush(
    data: DataOf,
    plot: PlotOf,
    /// Its open ends are infinite.
    selected: Memo<Option<Interval>>,
    on_change: Callback<Option<Interval>>,
    zoom: Option<Zoom>,
    /// Whether Tab leads to it.
    is_active: Signal<bool>,
    locale: StoredValue<Arc<Locale>>,
) -> impl IntoView {
    let buttons = NodeRef::<html::Div>::new();
    let is_zoomed = move || zoom.is_some_and(|zoom| zoom.shown.with(Option::is_some));
    // What the axis would show: the selection, where that is a part of it.
    let narrower = move || {
        let (from, to) = selected.get()?;
        let (first, last) = plot.with(|plot| plot.as_ref().map(|plot| plot.x.domain))?;
        let (from, to) = (from.max(first), to.min(last));
        (zoom.is_some() && from < to && (from, to) != (first, last)).then_some((from, to))
    };
    let on_zoom = Callback::new(move |closer: bool| {
        let shown = if closer { untrack(narrower) } else { None };
        if let Some(zoom) = zoom.filter(|_| if closer { shown.is_some() } else { untrack(is_zoomed) }) {
            zoom.set.run(shown);
        }
    });
    let button = move |(label, closer): (Phrase, bool)| {
        let is_shown = Memo::new(move |_| if closer { narrower().is_some() } else { is_zoomed() });
        let press = Callback::new(move |()| {
            on_zoom.run(closer);
            // The button that was pressed is gone.
            request_animation_frame(move || focus(buttons.try_get_untracked().flatten().and_then(|buttons| buttons.last_element_child())));
        });
        changing_view(move || is_shown.get().then(|| link_button(say(label).to_owned(), press)))
    };
    let layer = NodeRef::<html::Div>::new();
    // The pressed pointer: its id, what it does, where it began, and whether it has moved enough to count.
    let drag = RwSignal::new(None::<(i32, Drag, f64, bool)>);
    let x_of = move |event: &PointerEvent| {
        layer.get_untracked().map(|layer| f64::from(event.client_x()) - layer.get_bounding_client_rect().left())
    };
    let snap =
        move || data.with_untracked(|data| data.as_ref()?.snap(plot.with_untracked(|plot| plot.as_ref().map(|plot| plot.area.width()))?));

    let press = move |event: PointerEvent| {
        let (Some(x), Some(plot)) = (x_of(&event), plot.get_untracked()) else { return };
        if event.button() != 0 || x < plot.area.left - REACH_TOUCH || x > plot.area.right + REACH_TOUCH {
            return;
        }
        let reach = if event.pointer_type() == "mouse" { REACH_MOUSE } else { REACH_TOUCH };
        let value = plot.x.clamp(plot.x.value_from_pixel(x));
        let near = |end: f64| (plot.x.pixel_from_value(plot.x.clamp(end)) - x).abs() <= reach;
        let started = match selected.get_untracked() {
            Some((from, to)) if near(to) => Drag::End { fixed: plot.x.clamp(from) },
            Some((from, to)) if near(from) => Drag::End { fixed: plot.x.clamp(to) },
            Some((from, to)) if from < value && value < to => Drag::Whole { grabbed: value, start: (from, to) },
            _ => Drag::End { fixed: value },
        };
        if let Some(layer) = layer.get_untracked() {
            // Fails when the pointer is gone already; then the release never comes here, but a later press starts anew.
            let _ = layer.set_pointer_capture(event.pointer_id());
        }
        drag.set(Some((event.pointer_id(), started, x, false)));
    };
    let follow = move |event: PointerEvent| {
        let Some((id, action, began, moved)) = drag.get_untracked().filter(|(id, ..)| *id == event.pointer_id()) else { return };
        let (Some(x), Some(snap)) = (x_of(&event), snap()) else { return };
        if !moved && (x - began).abs() < SLACK {
            return;
        }
        drag.set(Some((id, action, began, true)));
        let value = plot.with_untracked(|plot| plot.as_ref().map(|plot| plot.x.clamp(plot.x.value_from_pixel(x))));
        let interval = value.and_then(|value| action.interval(value, &snap));
        if interval.is_some() && interval != selected.get_untracked() {
            on_change.run(interval);
        }
    };
    let release = move |event: PointerEvent| {
        if drag.get_untracked().is_some_and(|(id, ..)| id == event.pointer_id()) {
            drag.set(None);
        }
    };
    let clear = move || {
        if selected.get_untracked().is_some() { on_change.run(None) } else { on_zoom.run(false) }
    };
    let dragging = move || drag.with(|drag| matches!(drag, Some((.., true))));
    let drawn = Memo::new(move |before| before == Some(&true) || plot.with(Option::is_some));
    view! {
        <div
            class="chart-brush"
            class:chart-dragging=dragging
            node_ref=layer
            on:pointerdown=press
            on:pointermove=follow
            on:pointerup=release
            on:pointercancel=release
            on:dblclick=move |_| clear()
        >
            <Body plot selected />
            // A slider without a value says nothing: there is none before the first painting.
            <Show when=move || drawn.get()>
                <Handle data plot selected on_change on_zoom locale is_active at_end=false />
                <Handle data plot selected on_change on_zoom locale is_active at_end=true />
            </Show>
        </div>
        <div class="chart-zoom" class:gone=dragging node_ref=buttons>
            {[(Phrase::ZoomIn, true), (Phrase::ZoomOut, false)].map(button)}
        </div>
    }
}

/// Shows by its cursor that the interval can be moved.
#[component]
fn Body(plot: PlotOf, selected: Memo<Option<Interval>>) -> impl IntoView {
    let edges = move || {
        let (from, to) = selected.get()?;
        plot.with(|plot| plot.as_ref().map(|plot| Rect { left: pixel(plot, from), right: pixel(plot, to), ..plot.area }))
    };
    let rect = move || edges().unwrap_or_default();
    view! {
        <i
            class="chart-brush-body"
            use:placed=At::new(rect)
        ></i>
    }
}

/// One end, for keys and for grabbing. Without a selection it stands, unseen, at the end of the axis.
#[component]
fn Handle(
    data: DataOf,
    plot: PlotOf,
    selected: Memo<Option<Interval>>,
    on_change: Callback<Option<Interval>>,
    /// Closer, or out again.
    on_zoom: Callback<bool>,
    locale: StoredValue<Arc<Locale>>,
    is_active: Signal<bool>,
    at_end: bool,
) -> impl IntoView {
    let own = move |(from, to): Interval| if at_end { to } else { from };
    let ends = move || plot.with(|plot| plot.as_ref().map(|plot| plot.x.domain));
    // Within the axis, also when the selection reaches beyond it.
    let shown = move || {
        let (first, last) = ends()?;
        let (from, to) = selected.get().unwrap_or((first, last));
        Some((from.clamp(first, last), to.clamp(first, last)))
    };
    let value = move || shown().map(own);
    let left = move || value().and_then(|value| plot.with(|plot| plot.as_ref().map(|plot| pixel(plot, value)))).unwrap_or(0.0);
    let area = move || plot.with(|plot| plot.as_ref().map(|plot| plot.area)).unwrap_or_default();
    let text = move || match (selected.get(), data.get(), value()) {
        (None, ..) => say(Phrase::AllSelected).to_owned(),
        (_, Some(data), Some(value)) => locale.with_value(|locale| words::place(&data, value, locale)),
        _ => String::new(),
    };
    let key = move |event: KeyboardEvent| {
        if event.ctrl_key() {
            return;
        }
        let leap = if event.shift_key() { LEAP } else { 1 };
        let steps = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => -leap,
            "ArrowRight" | "ArrowUp" => leap,
            "PageDown" => -LEAP,
            "PageUp" => LEAP,
            "Home" => i32::MIN / 2,
            "End" => i32::MAX / 2,
            "Escape" if selected.get_untracked().is_some() => {
                event.prevent_default();
                return on_change.run(None);
            }
            "+" | "=" => return on_zoom.run(true),
            "-" | "Escape" => return on_zoom.run(false),
            _ => return,
        };
        event.prevent_default();
        let (width, shown) = untrack(move || (area().width(), shown()));
        let (Some(snap), Some((from, to))) = (data.with_untracked(|data| data.as_ref()?.snap(width)), shown) else { return };
        let moved = snap.steps_from(own((from, to)), steps);
        let (moved, fixed) = if at_end { (moved.max(snap.steps_from(from, 1)), from) } else { (moved.min(snap.steps_from(to, -1)), to) };
        on_change.run(Some((moved.min(fixed), moved.max(fixed))));
    };
    view! {
        <div
            class="chart-handle"
            class:chart-unset=move || selected.with(Option::is_none)
            role="slider"
            aria-label=say(if at_end { Phrase::BrushEnd } else { Phrase::BrushStart })
            aria-orientation="horizontal"
            aria-valuemin=move || ends().map(|(first, _)| first.to_string())
            aria-valuemax=move || ends().map(|(_, last)| last.to_string())
            aria-valuenow=move || value().map(|value| value.to_string())
            aria-valuetext=text
            use:placed=At::new(move || Rect { left: left(), right: f64::NAN, ..area() })
            use:tabbed=is_active
            on:keydown=key
        ></div>
    }
}

fn pixel(plot: &Plot, value: f64) -> f64 {
    plot.x.pixel_from_value(plot.x.clamp(value))
}
