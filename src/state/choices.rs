use super::ById;
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use tarn_dashboard::{TimeUnit, View};
use tarn_protocol::ViewRequest;

/// How the viewer wants one view shown, where it differs from the author's wish.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    pub grain: Option<TimeUnit>,
    /// Positions in keys followed by measures, each with whether descending; empty for the view's own order.
    pub order: Vec<(u32, bool)>,
    /// How many rows, where the view has a limit.
    pub limit: Option<u32>,
    /// The positions of a table's columns that are shown, in their order.
    pub columns: Option<Vec<u32>>,
    /// The positions of a table's columns that stay in sight at the left; its first one unless chosen.
    pub pins: Option<Vec<u32>>,
    /// A table's row groups that are not as the author shows them, by their keys; `*` for all.
    pub groups: Vec<String>,
    /// What a table's columns are searched for, by position; `None` while the fields for it are not shown.
    pub search: Option<Vec<(u32, String)>>,
    /// Widths of columns by position, in pixels.
    pub widths: Vec<(u32, u32)>,
    /// A chart's numbers instead of the chart.
    pub as_table: bool,
    /// How far the viewer went down the view's hierarchy.
    pub level: u32,
    /// What the time axis shows, unless all of it: `[from, to)` in microseconds since 1970.
    pub zoom: Option<(i64, i64)>,
}

/// The choices of all views, by view id.
#[derive(Clone, Copy)]
pub struct Choices {
    chosen: RwSignal<ById<Choice>>,
}

impl Choices {
    pub fn new(chosen: ById<Choice>) -> Self {
        Self { chosen: RwSignal::new(chosen) }
    }

    /// Changes only when this view's choice does.
    pub fn signal(self, view: &str) -> Memo<Choice> {
        let view = view.to_owned();
        Memo::new(move |_| self.chosen.with(|chosen| chosen.get(&view).cloned().unwrap_or_default()))
    }

    pub fn signals(&self) -> Vec<&dyn Source> {
        vec![&self.chosen]
    }

    pub fn level(self, view: &str) -> u32 {
        self.chosen.with(|chosen| chosen.get(view).map_or(0, |choice| choice.level))
    }

    pub fn all(self) -> ById<Choice> {
        self.chosen.get()
    }

    pub fn replace(self, chosen: ById<Choice>) {
        if self.chosen.with_untracked(|old| *old != chosen) {
            self.chosen.set(chosen);
        }
    }

    pub fn update(self, view: &str, change: impl FnOnce(&mut Choice)) {
        let mut chosen = self.chosen.get_untracked();
        let mut choice = chosen.remove(view).unwrap_or_default();
        change(&mut choice);
        if choice != Choice::default() {
            chosen.insert(view.to_owned(), choice);
        }
        self.replace(chosen);
    }

    /// `level`: what the view shows of its hierarchy.
    pub fn request(self, view: &View, level: u32) -> ViewRequest {
        let choice = self.chosen.with(|chosen| chosen.get(&view.id).cloned().unwrap_or_default());
        let search = choice.search.unwrap_or_default();
        ViewRequest { id: view.id.clone(), grain: choice.grain, order: choice.order, limit: choice.limit, level, search, in_parts: true }
    }
}
