use super::brush::Zoom;
use super::context::ChartContext;
use super::keys::{Chosen, KeySelection};
use super::legend::Legend;
use super::paint::{Look, paint_charts, picture as draw_picture, timed};
use super::panel::{Hand, Panel};
use super::surface::{Surface, paint_on};
use super::table_twin::TableTwin;
use crate::changing::changing_view;
use crate::page::chart::chart_set::ChartSet;
use crate::page::chart::series::{color_key, has_series};
use crate::page::chart::step::interval;
use crate::page::chart::words;
use leptos::html;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;
use tarn_chart::{DrawnPanel, Reference};
use tarn_dashboard::{AxisScale, Measure, NumberFormat, Scalar, TimeUnit, View, ViewKind};
use tarn_protocol::ViewResult;
use web_sys::{KeyboardEvent, PointerEvent};

/// A chart that fills its element, or several.
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
    /// Whether its numbers are shown instead.
    as_table: Memo<bool>,
    on_table: Callback<()>,
    /// Is given a way to draw the chart as a picture.
    picture: RwSignal<Option<Callback<(), Option<crate::page::picture::Drawing>>>>,
    /// The view's measures: their formats and labels.
    measures: Vec<Arc<Measure>>,
) -> impl IntoView {
    let ChartContext { theme, locale, instant, .. } = expect_context();
    let format = StoredValue::new(measures.first().map_or_else(NumberFormat::default, |measure| measure.format.clone()));
    let locale = StoredValue::new(locale);
    let kind = view.kind;
    let references = view.references.iter().map(|reference| {
        let tarn_dashboard::Reference { across, from, to, label } = reference.clone();
        Reference { across, from, to, label }
    });
    let references = StoredValue::new(references.collect::<Vec<_>>());
    let (scale, measured) = (view.scale, StoredValue::new(view.measured.clone()));
    let value_label = measures.first().map_or_else(|| view.measures.first().cloned().unwrap_or_default(), |measure| measure.label.clone());
    let set = {
        let view = view.clone();
        Memo::new(move |_| {
            let result = result.get()?;
            let set = locale.with_value(|locale| ChartSet::new(&view, &result, grain.get(), &measures, locale));
            let set = set.map(|set| match zoom.shown.get() {
                Some(shown) => set.within(shown),
                None => set,
            });
            set.map(Arc::new)
        })
    };
    let id = view.id.clone();
    let drawn = RwSignal::new(None::<Vec<DrawnPanel>>);
    let keys = StoredValue::new(keys);
    let chosen = move || keys.with_value(|keys| keys.iter().map(|key| key.value.get()).collect::<Vec<_>>());
    let canvas = NodeRef::<html::Canvas>::new();
    let track = move || {
        set.track();
        chosen();
        theme.track();
    };
    // Runs a drawing with how it looks now.
    let with_look = move |draw: &mut dyn FnMut(&ChartSet, &Look<'_>)| {
        let (Some(theme), Some(Some(set))) = (theme.try_get_untracked(), set.try_get_untracked()) else { return };
        let chosen = untrack(chosen);
        locale.with_value(|locale| {
            format.with_value(|format| {
                references.with_value(|references| {
                    measured.with_value(|measured| {
                        draw(&set, &Look { chosen: &chosen, format, theme: &theme, locale, references, scale, measured });
                    })
                })
            })
        });
    };
    let paint = move |surface: Surface<'_>| {
        if set.try_get_untracked().flatten().is_none() {
            surface.context.clear_rect(0.0, 0.0, surface.size.width, surface.size.height);
            drawn.try_set(None);
        }
        with_look(&mut |set, look| {
            let painted = timed(&id, || paint_charts(&surface, set, look));
            if drawn.with_untracked(|before| *before != painted) {
                drawn.set(painted);
            }
        });
    };
    paint_on(canvas, Box::new(track), Rc::new(paint));

    let root = NodeRef::<html::Div>::new();
    picture.set(Some(Callback::new(move |()| {
        let root = root.try_get_untracked()??;
        let (width, height) = (f64::from(root.client_width()), f64::from(root.client_height()));
        let mut picture = None;
        with_look(&mut |set, look| {
            picture = draw_picture((width, height), set, look);
            let labelled = drawn.with_untracked(|drawn| drawn.as_ref().is_some_and(|drawn| drawn.iter().all(|panel| panel.plot.labelled)));
            if let (false, Some(picture)) = (labelled, &mut picture) {
                picture.legend = super::legend::drawn(set, look.theme);
            }
        });
        picture
    })));
    let pointer = RwSignal::new(None::<(f64, f64)>);
    let (active, entry) = (RwSignal::new(0), StoredValue::new(None));
    let hand =
        Hand { view: view.clone(), set, drawn, pointer, instant, active, entry, root, keys, format, locale, zoom, on_select, on_step };
    let point = {
        let hand = hand.clone();
        move |event: PointerEvent| {
            let Some(root) = root.get_untracked() else { return };
            let rect = root.get_bounding_client_rect();
            pointer.set(Some((f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top())));
            let at = untrack(|| hand.pointed());
            instant.set(at.and_then(|(at, place)| set.with_untracked(|set| set.as_ref()?.charts.get(at)?.instant(place))));
        }
    };
    let press = point.clone();
    let leave = move |_| {
        pointer.set(None);
        instant.set(None);
    };
    let button = NodeRef::<html::Button>::new();
    let turn = move |event: KeyboardEvent| {
        let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        if is_plain && event.key().eq_ignore_ascii_case("t") {
            // What has the focus in the chart is covered then.
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
            on_table.run(());
        }
    };
    let first = keys.with_value(|keys| keys.first().copied());
    let selected = move || first.and_then(|key| key.value.with(|value| value.as_ref().and_then(interval)));
    let summary = {
        let view = view.clone();
        move || {
            let set = set.get();
            locale.with_value(|locale| format.with_value(|format| words::summary(&view, set.as_deref(), selected(), format, locale)))
        }
    };
    // The table's rows are those of the axis that runs down.
    let key_label = view.keys.get(usize::from(kind == ViewKind::Heatmap)).map(|key| key.label.clone()).unwrap_or_default();
    let facet_label = view.facet.as_ref().map(|facet| facet.key.label.clone());
    let legend = has_series(&view).then(|| {
        let color = color_key(&view).and_then(|at| Some((at, keys.with_value(|keys| keys.get(at).copied())?)));
        let labelled =
            Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().is_some_and(|drawn| drawn.iter().all(|panel| panel.plot.labelled))));
        view! { <Legend set color on_select labelled=labelled.into() title=view.title.clone() /> }
    });
    let panels = if view.facet.is_none() {
        view! { <Panel hand at=0 /> }.into_any()
    } else {
        let n = Memo::new(move |_| set.with(|set| set.as_ref().map_or(0, |set| set.charts.len())));
        changing_view(move || Some((0..n.get()).map(|at| view! { <Panel hand=hand.clone() at /> }).collect_view().into_any()))
    };
    let has_log = [view.scale, view.scale_up].contains(&AxisScale::Log);
    let note = (view.facet.is_some() || kind == ViewKind::Heatmap || has_log).then(|| {
        let view = view.clone();
        changing_view(move || {
            let notes = result.with(|result| Some(words::shown_in_part(&view, result.as_deref()?)))?;
            (!notes.is_empty()).then(|| view! { <p class="chart-note">{notes.join(" · ")}</p> }.into_any())
        })
    });
    view! {
        {legend}
        <div
            class=format!("chart chart-{}", kind.name())
            node_ref=root
            on:pointermove=point
            on:pointerdown=press
            on:pointerleave=leave
            on:keydown=turn
        >
            <canvas class="chart-canvas" node_ref=canvas role="img" aria-label=summary></canvas>
            {panels}
            <TableTwin set facet_label key_label value_label format locale open=as_table toggle=on_table button />
        </div>
        {note}
    }
}
