//! One chart of several: its data, and where it is drawn.
use crate::page::chart::chart_set::ChartSet;
use crate::page::chart::data::ChartData;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{DrawnPanel, Plot};

#[derive(Clone, Copy)]
pub struct DataOf {
    pub set: Memo<Option<Arc<ChartSet>>>,
    pub at: usize,
}

impl DataOf {
    pub fn get(self) -> Option<Arc<ChartData>> {
        self.set.with(|set| set.as_ref()?.charts.get(self.at).cloned())
    }

    pub fn get_untracked(self) -> Option<Arc<ChartData>> {
        untrack(|| self.get())
    }

    pub fn with<T>(self, read: impl FnOnce(&Option<Arc<ChartData>>) -> T) -> T {
        read(&self.get())
    }

    pub fn with_untracked<T>(self, read: impl FnOnce(&Option<Arc<ChartData>>) -> T) -> T {
        read(&self.get_untracked())
    }
}

#[derive(Clone, Copy)]
pub struct PlotOf {
    pub drawn: RwSignal<Option<Vec<DrawnPanel>>>,
    pub at: usize,
}

impl PlotOf {
    pub fn get(self) -> Option<Plot> {
        self.drawn.with(|drawn| drawn.as_ref()?.get(self.at).map(|panel| panel.plot.clone()))
    }

    pub fn get_untracked(self) -> Option<Plot> {
        untrack(|| self.get())
    }

    pub fn with<T>(self, read: impl FnOnce(&Option<Plot>) -> T) -> T {
        read(&self.get())
    }

    pub fn with_untracked<T>(self, read: impl FnOnce(&Option<Plot>) -> T) -> T {
        read(&self.get_untracked())
    }
}
