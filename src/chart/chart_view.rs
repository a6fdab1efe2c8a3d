use super::bars::BarButtons;
use super::brush::{Brush, Zoom};
use super::context::ChartContext;
use super::data::ChartData;
use super::hit::{describe, place};
use super::keys::{Chosen, KeySelection, choose, interval};
use super::legend::Legend;
use super::paint::{paint_chart, picture as draw_picture, timed};
use super::picker::{Picker, Place};
use super::series::{color_key, has_series};
use super::surface::paint_on;
use super::table_twin::TableTwin;
use super::tip::Tip;
use super::words;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Plot, Reference};
use tarn_dashboard::{Bucket, FilterValue, Measure, NumberFormat, Scalar, TimeUnit, View, ViewKind};
use tarn_protocol::ViewResult;
use web_sys::PointerEvent;

/// A chart that fills its element.
#[component]
pub fn ChartView(
    view: Arc<View>,
    result: Signal<Option<Arc<ViewResult>>>,
    /// One for each of the view's keys.
    keys: Vec<KeySelection>,
    /// Called at every step of a drag: who listens must be able to drop what is superseded.
    on_select: Callback<Chosen>,
    /// Goes down the view's hierarchy by a value, or up; false where there is no such level.
    on_step: Callback<Option<Scalar>, bool>,
    grain: Signal<Option<TimeUnit>>,
    /// Of a time axis.
    zoom: Zoom,
    /// Is given a way to draw the chart as a picture.
    picture: RwSignal<Option<Callback<(), Option<crate::export::Drawing>>>>,
    /// The view's measures: their formats and labels.
    measures: Vec<Arc<Measure>>,
) -> impl IntoView {
    let ChartContext { theme, locale, instant } = expect_context();
    let format = StoredValue::new(measures.first().map_or_else(NumberFormat::default, |measure| measure.format.clone()));
    let locale = StoredValue::new(locale);
    let kind = view.kind;
    let references = view.references.iter().map(|reference| {
        let tarn_dashboard::Reference { across, from, to, label } = reference.clone();
        Reference { across, from, to, label }
    });
    let references = StoredValue::new(references.collect::<Vec<_>>());
    let value_label = measures.first().map_or_else(|| view.measures.first().cloned().unwrap_or_default(), |measure| measure.label.clone());
    let data = {
        let view = view.clone();
        Memo::new(move |_| {
            let result = result.get()?;
            let data = locale.with_value(|locale| ChartData::new(&view, &result, grain.get(), &measures, locale));
            let data = data.map(|data| match zoom.shown.get() {
                Some(shown) => data.within(shown),
                None => data,
            });
            data.map(Arc::new)
        })
    };
    let id = view.id.clone();
    let plot = RwSignal::new(None::<Plot>);
    let keys = StoredValue::new(keys);
    let chosen = move || keys.with_value(|keys| keys.iter().map(|key| key.value.get()).collect::<Vec<_>>());
    let first = keys.with_value(|keys| keys.first().copied());
    let selection = first.map_or_else(|| Signal::derive(|| None), |key| key.value);
    let selected = Memo::new(move |_| selection.with(|selection| selection.as_ref().and_then(interval)));

    let canvas = NodeRef::<html::Canvas>::new();
    let track = move || {
        data.track();
        chosen();
        theme.track();
    };
    paint_on(canvas, track, move |surface| {
        let (Some(theme), Some(data)) = (theme.try_get_untracked(), data.try_get_untracked()) else { return };
        let Some(data) = data else {
            surface.context.clear_rect(0.0, 0.0, surface.size.width, surface.size.height);
            return plot.set(None);
        };
        let chosen = untrack(chosen);
        let paint = || {
            locale.with_value(|locale| {
                format.with_value(|format| {
                    references.with_value(|references| paint_chart(&surface, &data, &chosen, format, (&theme, locale, references)))
                })
            })
        };
        let drawn = timed(&id, paint);
        if plot.with_untracked(|before| *before != drawn) {
            plot.set(drawn);
        }
    });

    let root = NodeRef::<html::Div>::new();
    picture.set(Some(Callback::new(move |()| {
        let (theme, data, root) = (theme.try_get_untracked()?, data.try_get_untracked()??, root.try_get_untracked()??);
        let size = (f64::from(root.client_width()), f64::from(root.client_height()));
        let chosen = untrack(chosen);
        locale
            .with_value(|locale| {
                format.with_value(|format| {
                    references.with_value(|references| draw_picture(size, &data, &chosen, format, (&theme, locale, references)))
                })
            })
            .map(|svg| crate::export::Drawing { svg, width: size.0, height: size.1 })
    })));
    let pointer = RwSignal::new(None::<(f64, f64)>);
    // The datum that the pointer is over, else the one that the keys are at.
    let pointed = Memo::new(move |_| place(&*data.get()?, &plot.get()?, pointer.get()?));
    let point = move |event: PointerEvent| {
        let Some(root) = root.get_untracked() else { return };
        let rect = root.get_bounding_client_rect();
        pointer.set(Some((f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top())));
        instant.set(pointed.get_untracked().and_then(|place| data.get_untracked()?.instant(place)));
    };
    let leave = move |_| {
        pointer.set(None);
        instant.set(None);
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
    let summary = {
        let view = view.clone();
        move || {
            let data = data.get();
            locale.with_value(|locale| format.with_value(|format| words::summary(&view, data.as_deref(), selected.get(), format, locale)))
        }
    };
    let on_interval =
        Callback::new(move |chosen: Option<(f64, f64)>| on_select.run(vec![(0, chosen.map(|chosen| filter_value(kind, chosen)))]));
    let on_set = Callback::new(move |chosen: Option<FilterValue>| on_select.run(vec![(0, chosen)]));
    // What is walked datum by datum, where there is no brush.
    let in_time = view.keys.first().is_some_and(|key| matches!(key.bucket, Bucket::Time { .. }));
    let cells = matches!(kind, ViewKind::Heatmap | ViewKind::Scatter);
    let selects = first.is_some_and(|key| key.writes.is_some()) || (cells && !view.selects.is_empty());
    let drilled = view.drilled();
    // The table's rows are those of the axis that runs down.
    let key_label = view.keys.get(usize::from(kind == ViewKind::Heatmap)).map(|key| key.label.clone()).unwrap_or_default();
    let over = match (kind, selects) {
        (ViewKind::Combo, true) if in_time => {
            view! { <Brush data plot selected on_change=on_interval zoom=Some(zoom) locale /> }.into_any()
        }
        (ViewKind::Heatmap | ViewKind::Pie | ViewKind::Scatter | ViewKind::Combo, _) | (ViewKind::Box, false) => {
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
            view! { <Picker size current pointed=pointed.into() plot said on_choose title=view.title.clone() /> }.into_any()
        }
        (_, false) => ().into_any(),
        (ViewKind::Bar | ViewKind::Box, true) => {
            view! { <BarButtons data plot selection on_select=on_set on_step locale title=view.title.clone() /> }.into_any()
        }
        (_, true) => view! { <Brush data plot selected on_change=on_interval zoom=in_time.then_some(zoom) locale /> }.into_any(),
    };
    let legend = has_series(&view).then(|| {
        let color = color_key(&view).and_then(|at| Some((at, keys.with_value(|keys| keys.get(at).copied())?)));
        let labelled = Memo::new(move |_| plot.with(|plot| plot.as_ref().is_some_and(|plot| plot.labelled)));
        view! { <Legend data color on_select labelled=labelled.into() title=view.title.clone() /> }
    });
    view! {
        {legend}
        <div
            class=format!("chart chart-{}", kind.name())
            node_ref=root
            on:pointermove=point
            on:pointerdown=point
            on:pointerleave=leave
        >
            <canvas class="chart-canvas" node_ref=canvas role="img" aria-label=summary></canvas>
            <Tip hit plot crosshair=matches!(kind, ViewKind::Line | ViewKind::Area | ViewKind::Combo) />
            {over}
            <TableTwin data key_label value_label format locale />
        </div>
    }
}

fn filter_value(kind: ViewKind, (from, to): (f64, f64)) -> FilterValue {
    match kind {
        ViewKind::Line | ViewKind::Area | ViewKind::Combo => FilterValue::DateRange { from: Some(from as i64), to: Some(to as i64) },
        _ => FilterValue::Range { from: Some(from), to: Some(to) },
    }
}
