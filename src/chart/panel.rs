//! What lies over one chart: the crosshair and the tooltip, and the brush, the buttons or the picker that choose.
use super::bars::BarButtons;
use super::brush::{Brush, Zoom};
use super::keys::{Chosen, KeySelection, choose};
use super::picker::Picker;
use super::placed::{At, placed};
use super::roving::focus;
use super::shown::{DataOf, PlotOf};
use super::tip::Tip;
use crate::page::chart::Place;
use crate::page::chart::chart_set::ChartSet;
use crate::page::chart::hit::{describe, place};
use crate::page::chart::step::interval;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{DrawnPanel, Locale};
use tarn_dashboard::{Bucket, FilterValue, NumberFormat, Phrase, Scalar, View, ViewKind};
use web_sys::{FocusEvent, KeyboardEvent};

/// About what a tooltip takes.
const TIP_WIDTH: f64 = 190.0;

/// What the panels of a view have in common.
#[derive(Clone)]
pub struct Hand {
    pub view: Arc<View>,
    pub set: Memo<Option<Arc<ChartSet>>>,
    pub drawn: RwSignal<Option<Vec<DrawnPanel>>>,
    /// From the top left corner of them all.
    pub pointer: RwSignal<Option<(f64, f64)>>,
    /// Where on a time axis the pointer is, whichever chart it is over.
    pub instant: RwSignal<Option<f64>>,
    /// The panel that Tab leads to.
    pub active: RwSignal<usize>,
    /// The datum at which the keys enter the next panel.
    pub entry: StoredValue<Option<Place>>,
    pub root: NodeRef<html::Div>,
    pub keys: StoredValue<Vec<KeySelection>>,
    pub format: StoredValue<NumberFormat>,
    pub locale: StoredValue<Arc<Locale>>,
    pub zoom: Zoom,
    pub on_select: Callback<Chosen>,
    /// Goes down the view's hierarchy by a value, or up; false where there is no such level.
    pub on_step: Callback<Option<Scalar>, bool>,
}

impl Hand {
    /// The datum under the pointer, by panel.
    pub fn pointed(&self) -> Option<(usize, Place)> {
        let (x, y) = self.pointer.get()?;
        let (drawn, set) = (self.drawn.get()?, self.set.get()?);
        let at = drawn.iter().position(|panel| set.titles.is_empty() || panel.cell.contains(x, y))?;
        let DrawnPanel { cell, plot } = &drawn[at];
        place(set.charts.get(at)?, plot, (x - cell.left, y - cell.top)).map(|place| (at, place))
    }

    /// Moves the focus to another panel: the next or the one before, or that in the next row or the row before.
    fn walk(&self, from: usize, (right, down): (i32, i32), entry: Option<Place>) -> bool {
        let Some((n, columns)) = self.drawn.with_untracked(|drawn| {
            let drawn = drawn.as_ref()?;
            Some((drawn.len() as i32, drawn.iter().filter(|panel| panel.cell.top == drawn[0].cell.top).count() as i32))
        }) else {
            return false;
        };
        let to = from as i32 + right + down * columns;
        let Some(root) = self.root.get_untracked().filter(|_| (0..n).contains(&to)) else { return false };
        self.entry.set_value(entry);
        let to = to as usize;
        let row = entry.map_or(0, |(_, row)| row) + 1;
        let found = [format!(".chart-row:nth-child({row})"), ":is(.chart-picker, .chart-handle, .chart-row)".into()]
            .into_iter()
            .find_map(|target| root.query_selector(&format!("[data-panel=\"{to}\"] {target}")).ok().flatten());
        focus(found.clone());
        found.is_some()
    }
}

/// Over one of several charts, in its place; or over the only one.
#[component]
pub fn Panel(hand: Hand, at: usize) -> impl IntoView {
    let over = over(hand.clone(), at);
    if hand.view.facet.is_none() {
        return over;
    }
    let Hand { set, drawn, active, .. } = hand;
    let cell = move || drawn.with(|drawn| drawn.as_ref().and_then(|drawn| drawn.get(at)).map(|panel| panel.cell)).unwrap_or_default();
    let title = move || set.with(|set| set.as_ref().and_then(|set| set.titles.get(at).cloned()));
    let key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" => (1, 0),
            "ArrowLeft" => (-1, 0),
            "ArrowDown" => (0, 1),
            "ArrowUp" => (0, -1),
            _ => return,
        };
        if event.ctrl_key() && hand.walk(at, by, None) {
            event.prevent_default();
        }
    };
    view! {
        <div
            class="chart-panel"
            role="group"
            data-panel=at
            aria-label=title
            aria-description=crate::page::strings::say(Phrase::PanelsHelp)
            use:placed=At::new(cell)
            on:keydown=key
            on:focusin=move |_: FocusEvent| active.set(at)
        >
            {over}
        </div>
    }
    .into_any()
}

fn over(hand: Hand, at: usize) -> AnyView {
    let Hand { view, set, drawn, instant, active, entry, root, keys, format, locale, zoom, on_select, on_step, .. } = hand.clone();
    let (kind, faceted) = (view.kind, view.facet.is_some());
    let (data, plot) = (DataOf { set, at }, PlotOf { drawn, at });
    let pointed = {
        let hand = hand.clone();
        Memo::new(move |_| hand.pointed().and_then(|(panel, place)| (panel == at).then_some(place)))
    };
    let current = RwSignal::new(None::<Place>);
    let hit = Memo::new(move |_| {
        let (data, plot) = (data.get()?, plot.get()?);
        // Else what stands where another chart of time is pointed at.
        let elsewhere = || data.instant((0, 0)).and(instant.get());
        let place =
            pointed.get().or(current.get()).or_else(|| place(&data, &plot, (plot.x.pixel_from_value(elsewhere()?), plot.area.top)))?;
        locale.with_value(|locale| format.with_value(|format| describe(&data, &plot, place, format, locale)))
    });
    // Of many panels only one speaks; the others show where it is.
    let speaks = Signal::derive(move || !faceted || pointed.with(Option::is_some) || current.with(Option::is_some));
    // Where the tooltip changes sides.
    let middle = Signal::derive(move || {
        let whole = || {
            let left = drawn.with(|drawn| drawn.as_ref()?.get(at).map(|panel| panel.cell.left))?;
            let width = f64::from(root.get()?.client_width());
            Some((width / 2.0).max(width - TIP_WIDTH) - left)
        };
        let own = || plot.with(|plot| plot.as_ref().map(|plot| (plot.area.left + plot.area.right) / 2.0));
        if faceted { whole() } else { own() }.unwrap_or_default()
    });
    let first = keys.with_value(|keys| keys.first().copied());
    let selection = first.map_or_else(|| Signal::derive(|| None), |key| key.value);
    let selected = Memo::new(move |_| selection.with(|selection| selection.as_ref().and_then(interval)));
    let is_active =
        Signal::derive(move || active.get().min(set.with(|set| set.as_ref().map_or(0, |set| set.charts.len().saturating_sub(1)))) == at);
    let on_leave = {
        let hand = hand.clone();
        Callback::new(move |(by, entry): ((i32, i32), Place)| hand.view.facet.is_some() && hand.walk(at, by, Some(entry)))
    };
    let title = {
        let name = view.title.clone();
        Signal::derive(move || match set.with(|set| set.as_ref().and_then(|set| set.titles.get(at).cloned())) {
            Some(panel) => format!("{name}, {panel}"),
            None => name.clone(),
        })
    };
    let on_interval =
        Callback::new(move |chosen: Option<(f64, f64)>| on_select.run(vec![(0, chosen.map(|chosen| filter_value(kind, chosen)))]));
    let on_set = Callback::new(move |chosen: Option<FilterValue>| on_select.run(vec![(0, chosen)]));
    // What is walked datum by datum, where there is no brush.
    let in_time = view.keys.first().is_some_and(|key| matches!(key.bucket, Bucket::Time { .. }));
    let cells = matches!(kind, ViewKind::Heatmap | ViewKind::Scatter);
    let selects = first.is_some_and(|key| key.writes.is_some()) || (cells && !view.selects.is_empty());
    let drilled = view.drilled();
    let brush = move |zoom: Option<Zoom>| view! { <Brush data plot selected on_change=on_interval zoom locale is_active /> }.into_any();
    let over = match (kind, selects) {
        (ViewKind::Combo, true) if in_time => brush(Some(zoom)),
        (ViewKind::Heatmap | ViewKind::Pie | ViewKind::Scatter | ViewKind::Combo, _) | (ViewKind::Box, false) | (ViewKind::Bar, _)
            if kind != ViewKind::Bar || view.vertical =>
        {
            let size = Signal::derive(move || data.with(|data| data.as_ref().map_or((0, 0), |data| data.size())));
            let said = Signal::derive(move || match (pointed.get(), current.get(), hit.get()) {
                (None, Some(_), Some(hit)) => hit.said(),
                _ => String::new(),
            });
            let on_choose = Callback::new(move |(place, adds): (Option<Place>, bool)| {
                let Some(data) = data.get_untracked() else { return };
                let steps = place.map(|place| data.steps(place));
                let step = steps.as_ref().map(|steps| Some(steps.get(drilled)?.as_ref()?.key.clone()));
                let is_chosen = || keys.with_value(|keys| keys.iter().any(|key| key.value.with_untracked(Option::is_some)));
                let steps_on = match &step {
                    Some(step) => !adds && step.is_some(),
                    None => adds || !is_chosen(),
                };
                if steps_on && on_step.run(step.flatten()) {
                    return;
                }
                let chosen = keys.with_value(|keys| match steps {
                    Some(steps) => choose(keys, &steps, adds),
                    None => (0..keys.len()).map(|at| (at, None)).collect(),
                });
                on_select.run(chosen);
            });
            let on_choose = selects.then_some(on_choose);
            view! { <Picker size current pointed=pointed.into() plot said on_choose title is_active entry on_leave /> }.into_any()
        }
        (_, false) => ().into_any(),
        (ViewKind::Bar | ViewKind::Box, true) => {
            view! { <BarButtons data plot selection on_select=on_set on_step locale title is_active on_leave /> }.into_any()
        }
        (_, true) => brush(in_time.then_some(zoom)),
    };
    let crosshair = view.vertical || matches!(kind, ViewKind::Line | ViewKind::Area | ViewKind::Combo);
    view! {
        <Tip hit plot crosshair speaks middle />
        {over}
    }
    .into_any()
}

fn filter_value(kind: ViewKind, (from, to): (f64, f64)) -> FilterValue {
    match kind {
        ViewKind::Line | ViewKind::Area | ViewKind::Combo => FilterValue::DateRange { from: Some(from as i64), to: Some(to as i64) },
        _ => FilterValue::Range { from: Some(from), to: Some(to) },
    }
}
