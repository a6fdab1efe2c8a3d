use super::context::ChartContext;
use super::surface::{Surface, paint_on, text_measure};
use leptos::html;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;
use tarn_chart::{Backend, CanvasBackend, Frame, Part, Place};
use tarn_protocol::ViewResult;

/// The course of a key figure within the chosen period. Its number stands above it, so it is for eyes only.
#[component]
pub fn Sparkline(result: Signal<Option<Arc<ViewResult>>>) -> impl IntoView {
    let ChartContext { theme, locale, .. } = expect_context();
    let canvas = NodeRef::<html::Canvas>::new();
    let values = Memo::new(move |_| result.with(|result| result.as_deref().map(course).unwrap_or_default()));
    let track = move || {
        values.track();
        theme.track();
    };
    let paint = move |surface: Surface<'_>| {
        let (Some(theme), Some(values)) = (theme.try_get_untracked(), values.try_get_untracked()) else { return };
        let Some(measure) = text_measure(&theme.font_family) else { return };
        let frame = Frame::new((surface.size.width, surface.size.height), &theme, &locale, &*measure);
        let backend = Backend::Canvas(CanvasBackend::new(surface.context, frame.width, frame.height, surface.device_pixel_ratio));
        // Drawing to a canvas has no errors.
        let _ = tarn_chart::Sparkline { values: &values }.draw(Part::new(backend, Place::default()), &frame);
    };
    paint_on(canvas, Box::new(track), Rc::new(paint));
    view! { <div class="chart chart-sparkline" aria-hidden="true"><canvas class="chart-canvas" node_ref=canvas></canvas></div> }
}

/// The values of a key figure over time.
pub fn course(result: &ViewResult) -> Vec<Option<f64>> {
    let Some((series, values)) = result.series.as_ref().and_then(|series| Some((series, series.columns.get(1)?))) else { return vec![] };
    (0..series.n_rows as usize).map(|row| values.number(row)).collect()
}
