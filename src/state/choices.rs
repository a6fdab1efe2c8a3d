use crate::page::by_id::ById;
use crate::page::choice::Choice;
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use tarn_dashboard::View;
use tarn_protocol::ViewRequest;

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
