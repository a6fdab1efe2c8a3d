use leptos::prelude::*;
use std::collections::BTreeMap;
use tarn_dashboard::{Dashboard, FilterValue, Page};

/// The value of every filter that has one. The only place where a filter's value lives.
#[derive(Clone, Copy)]
pub struct Selections {
    dashboard: &'static Dashboard,
    chosen: RwSignal<BTreeMap<String, FilterValue>>,
}

impl Selections {
    pub fn new(dashboard: &'static Dashboard, chosen: BTreeMap<String, FilterValue>) -> Self {
        Self { dashboard, chosen: RwSignal::new(chosen) }
    }

    pub fn defaults(dashboard: &Dashboard) -> BTreeMap<String, FilterValue> {
        dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), filter.default.clone()?))).collect()
    }

    /// Changes only when this filter does.
    pub fn signal(self, filter: &str) -> Signal<Option<FilterValue>> {
        let filter = filter.to_owned();
        Memo::new(move |_| self.chosen.with(|chosen| chosen.get(&filter).cloned())).into()
    }

    pub fn all(self) -> BTreeMap<String, FilterValue> {
        self.chosen.get()
    }

    pub fn replace(self, chosen: BTreeMap<String, FilterValue>) {
        if self.chosen.with_untracked(|old| *old != chosen) {
            self.chosen.set(chosen);
        }
    }

    pub fn set(self, filter: &str, value: Option<FilterValue>) {
        self.set_many([(filter.to_owned(), value)]);
    }

    /// Several filters in one step: one round of results.
    pub fn set_many(self, values: impl IntoIterator<Item = (String, Option<FilterValue>)>) {
        let mut chosen = self.chosen.get_untracked();
        for (filter, value) in values {
            match value {
                Some(value) => chosen.insert(filter, value),
                None => chosen.remove(&filter),
            };
        }
        self.replace(chosen);
    }

    pub fn clear_all(self) {
        self.replace(BTreeMap::new());
    }

    pub fn reset(self) {
        self.replace(Self::defaults(self.dashboard));
    }

    /// Whether Reset would change anything.
    pub fn changed(self) -> bool {
        self.chosen.with(|chosen| *chosen != Self::defaults(self.dashboard))
    }

    /// The values in force on a page, in the page's order.
    pub fn in_force(self, page: &Page) -> Vec<(String, FilterValue)> {
        self.chosen.with(|chosen| {
            let ids = page.filters_in_force().into_iter();
            ids.filter_map(|id| Some((id.to_owned(), chosen.get(id)?.clone()))).collect()
        })
    }
}
