use crate::page::by_id::ById;
use crate::page::url::{Comparisons, defaults};
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use tarn_dashboard::{Comparison, Dashboard, Filter, FilterValue, Page};

/// The value of every filter that has one. The only place where a filter's value lives.
#[derive(Clone, Copy)]
pub struct Selections {
    dashboard: &'static Dashboard,
    chosen: RwSignal<ById<FilterValue>>,
    pub comparisons: RwSignal<Comparisons>,
}

impl Selections {
    pub fn new(dashboard: &'static Dashboard, chosen: ById<FilterValue>, comparisons: Comparisons) -> Self {
        Self { dashboard, chosen: RwSignal::new(chosen), comparisons: RwSignal::new(comparisons) }
    }

    /// Changes only when this filter does.
    pub fn signal(self, filter: &str) -> Signal<Option<FilterValue>> {
        let filter = filter.to_owned();
        Memo::new(move |_| self.chosen.with(|chosen| chosen.get(&filter).cloned())).into()
    }

    pub fn signals(&self) -> Vec<&dyn Source> {
        vec![&self.chosen, &self.comparisons]
    }

    pub fn has(self, filter: &str) -> bool {
        self.chosen.with(|chosen| chosen.get(filter).is_some())
    }

    pub fn all(self) -> ById<FilterValue> {
        self.chosen.get()
    }

    pub fn replace(self, chosen: ById<FilterValue>) {
        if self.chosen.with_untracked(|old| *old != chosen) {
            self.chosen.set(chosen);
        }
    }

    pub fn set(self, filter: &str, value: Option<FilterValue>) {
        self.set_many([(filter.to_owned(), value)]);
    }

    /// What the filter's period is compared with.
    pub fn comparison(self, filter: &Filter) -> Option<Comparison> {
        self.comparisons.with(|chosen| chosen.iter().find(|(id, _)| *id == filter.id).map_or(filter.compare, |(_, comparison)| *comparison))
    }

    pub fn compare(self, filter: &Filter, comparison: Option<Comparison>) {
        let mut chosen = self.comparisons.get_untracked();
        chosen.retain(|(id, _)| *id != filter.id);
        if comparison != filter.compare {
            chosen.push((filter.id.clone(), comparison));
        }
        self.replace_comparisons(chosen);
    }

    pub fn replace_comparisons(self, chosen: Comparisons) {
        if self.comparisons.with_untracked(|old| *old != chosen) {
            self.comparisons.set(chosen);
        }
    }

    /// Several filters in one step: one round of results. A required filter that is cleared gets its default.
    pub fn set_many(self, values: impl IntoIterator<Item = (String, Option<FilterValue>)>) {
        let mut chosen = self.chosen.get_untracked();
        for (filter, value) in values {
            let value = value.or_else(|| self.dashboard.filter(&filter)?.cleared());
            match value {
                Some(value) => chosen.insert(filter, value),
                None => chosen.remove(&filter),
            };
        }
        self.replace(chosen);
    }

    pub fn clear_all(self) {
        let required = self.dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), filter.cleared()?)));
        self.replace(ById::from_iter(required));
    }

    pub fn reset(self) {
        self.replace(defaults(self.dashboard));
        self.replace_comparisons(vec![]);
    }

    /// Whether Reset would change anything.
    pub fn changed(self) -> bool {
        self.chosen.with(|chosen| *chosen != defaults(self.dashboard)) || self.comparisons.with(|chosen| !chosen.is_empty())
    }

    /// The values in force on a page, in the page's order.
    pub fn in_force(self, page: &Page) -> Vec<(String, FilterValue)> {
        self.chosen.with(|chosen| {
            let in_force = page.filters_in_force();
            // Wherever they are offered, parameters mean the same everywhere.
            let parameters = self.dashboard.filters.iter().filter(|filter| filter.is_parameter()).map(|filter| filter.id.as_str());
            let elsewhere: Vec<&str> = parameters.filter(|id| !in_force.contains(id)).collect();
            in_force.into_iter().chain(elsewhere).filter_map(|id| Some((id.to_owned(), chosen.get(id)?.clone()))).collect()
        })
    }
}
