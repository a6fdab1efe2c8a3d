use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Locale, Theme};

/// What all charts of the page share. The page provides it.
#[derive(Clone)]
pub struct ChartContext {
    pub theme: Signal<Arc<Theme>>,
    pub locale: Arc<Locale>,
}
