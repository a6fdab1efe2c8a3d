use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Locale, Theme};

/// What all charts of the page share. The page provides it.
#[derive(Clone)]
pub struct ChartContext {
    pub theme: Signal<Arc<Theme>>,
    pub locale: Arc<Locale>,
    /// Where on a time axis the pointer is, whichever chart it is over: all of them show what they have there.
    pub instant: RwSignal<Option<f64>>,
    /// On its way to paper.
    pub printing: RwSignal<bool>,
}
