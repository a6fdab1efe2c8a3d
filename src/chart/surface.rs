//! A canvas that is as large as its element and is painted at most once per frame.
use super::context::ChartContext;
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use tarn_chart::CanvasMeasure;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ResizeObserver, ResizeObserverEntry};

/// Pixels of a canvas for one of the page, where it is printed.
const PAPER: f64 = 3.0;

/// In CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// What a paint function draws on.
pub struct Surface<'a> {
    pub context: &'a CanvasRenderingContext2d,
    pub size: Size,
    pub device_pixel_ratio: f64,
}

/// Paints in the next frame after anything that `track` reads has changed, and in the same one after the canvas has changed its size; at once
/// for paper, as no frame comes before it. Ends with the owner.
pub fn paint_on(canvas: NodeRef<html::Canvas>, track: Box<dyn Fn()>, paint: Rc<dyn Fn(Surface<'_>)>) {
    let printing = expect_context::<ChartContext>().printing;
    let size = StoredValue::new(Size::default());
    let due = StoredValue::new(false);
    let paint = StoredValue::new_local(paint);
    let watch = StoredValue::new_local(None::<Watch>);
    let paint_now = move || {
        // Each is gone once the chart has left the page.
        let (Some(paint), Some(mut shown), Some(printing)) = (paint.try_get_value(), size.try_get_value(), printing.try_get_untracked())
        else {
            return;
        };
        due.try_set_value(false);
        let Some(canvas) = canvas.try_get_untracked().flatten() else { return };
        let Some(context) = context(&canvas) else { return };
        // The observer tells the first size when the frame is laid out: too late for what the painting changes around it.
        if printing || shown.width < 1.0 {
            let place = canvas.get_bounding_client_rect();
            shown = Size { width: place.width(), height: place.height() };
        }
        let mut device_pixel_ratio = PAPER;
        if !printing {
            size.try_set_value(shown);
            device_pixel_ratio = window().device_pixel_ratio();
        }
        if shown.width >= 1.0 && shown.height >= 1.0 {
            fit(&canvas, shown, device_pixel_ratio);
            paint(Surface { context: &context, size: shown, device_pixel_ratio });
        }
    };
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            watch.set_value(Watch::new(&canvas, size, paint_now));
        }
    });
    Effect::new(move |_| {
        track();
        if printing.get() {
            return paint_now();
        }
        if !due.get_value() {
            due.set_value(true);
            request_animation_frame(paint_now);
        }
    });
}

/// Text widths, remembered for all charts of the page.
pub fn text_measure(font_family: &str) -> Option<Rc<CanvasMeasure>> {
    thread_local! {
        static MEASURE: RefCell<Option<Rc<CanvasMeasure>>> = const { RefCell::new(None) };
    }
    MEASURE.with_borrow_mut(|measure| {
        if measure.as_ref().is_none_or(|measure| measure.font_family() != font_family) {
            let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
            *measure = Some(Rc::new(CanvasMeasure::new(context(&canvas)?, font_family)));
        }
        measure.clone()
    })
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

/// Setting the size clears the canvas and gives it new memory, so it is set only when it changes.
fn fit(canvas: &HtmlCanvasElement, size: Size, device_pixel_ratio: f64) {
    let (width, height) = ((size.width * device_pixel_ratio).round() as u32, (size.height * device_pixel_ratio).round() as u32);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}

/// Follows the size of an element until it is dropped.
struct Watch {
    observer: ResizeObserver,
    _on_resize: Closure<dyn FnMut(js_sys::Array)>,
}

impl Watch {
    fn new(element: &HtmlCanvasElement, size: StoredValue<Size>, resized: impl Fn() + 'static) -> Option<Self> {
        let on_resize = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let Ok(entry) = entries.get(0).dyn_into::<ResizeObserverEntry>() else { return };
            let now = Size { width: entry.content_rect().width(), height: entry.content_rect().height() };
            if size.try_get_value().is_some_and(|before| before != now) {
                size.set_value(now);
                resized();
            }
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _on_resize: on_resize })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
