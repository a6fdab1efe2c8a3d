use super::{Choices, ResultStore, Selections, SourceSlot, Sources};
use crate::link::Link;
use leptos::prelude::*;
use leptos::reactive::graph::Source;
use tarn_dashboard::{Dashboard, Page};

/// The whole state of the page. The dashboard lives as long as the page does.
#[derive(Clone, Copy)]
pub struct App {
    pub dashboard: &'static Dashboard,
    pub page: RwSignal<String>,
    pub selections: Selections,
    pub choices: Choices,
    pub results: ResultStore,
    pub sources: Sources,
    /// The second module, once it is linked in.
    pub later: RwSignal<Option<crate::later::Later>>,
    /// The answer to the newest question for a filter's menu.
    pub menu: RwSignal<Option<tarn_protocol::Options>>,
    /// Something to tell the viewer that is no error of a view.
    pub notice: RwSignal<Option<String>>,
    /// Keys of the address that belong to somebody else.
    pub foreign_keys: StoredValue<Vec<(String, String)>>,
    pub link: StoredValue<Link, LocalStorage>,
}

impl App {
    /// The page that is shown: the first one when the chosen id does not exist.
    pub fn current_page(self) -> &'static Page {
        self.page.with(|id| self.dashboard.page(id).unwrap_or(self.first_page()))
    }

    pub fn first_page(self) -> &'static Page {
        static NONE: Page = Page { id: String::new(), title: String::new(), filters: vec![], rows: vec![] };
        self.dashboard.pages.first().unwrap_or(&NONE)
    }

    /// A signal keeps a note of every effect and memo that has read it, also of those that are gone (reactive_graph 0.2.16): 28 kB for
    /// each page that is opened, and a look at all of them with each change. Here the notes are thrown away; who is still there reads
    /// again, in the next microtask, and is noted again.
    pub fn forget_gone_readers(self) {
        let own: [&dyn Source; 4] = [&self.page, &self.later, &self.menu, &self.notice];
        let parts = [self.selections.signals(), self.choices.signals(), self.results.signals(), self.sources.signals()];
        forget_readers(own.into_iter().chain(parts.into_iter().flatten()));
    }

    /// Asks the store again for every source of the page, and starts a worker if they kept dying.
    pub fn retry(self, source: &str) {
        self.link.with_value(|link| link.retry(source));
    }

    /// Asks again for what failed: a new session may be given what the former one was refused.
    pub fn retry_failed(self) {
        let failed = |slot: &SourceSlot| slot.status.with_untracked(|status| status.as_ref().is_some_and(|status| status.error.is_some()));
        self.sources.iter().filter(failed).for_each(|slot| self.retry(&slot.source.name));
    }
}

/// See [`App::forget_gone_readers`].
pub fn forget_readers<'a>(signals: impl Iterator<Item = &'a dyn Source>) {
    for signal in signals {
        signal.mark_dirty();
        signal.clear_subscribers();
    }
}
