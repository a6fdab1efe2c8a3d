use super::App;
use leptos::prelude::*;
use tarn_dashboard::{Comparison, FilterValue, Page, Scalar, View};
use tarn_protocol::{ResultTable, RowsRequest, Run, ViewRequest};

/// Everything that the results of a page depend on, apart from the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    pub page: String,
    pub selections: Vec<(String, FilterValue)>,
    pub comparisons: Vec<(String, Option<Comparison>)>,
    pub views: Vec<ViewRequest>,
}

impl Inputs {
    /// Its number is the coordinator's to give.
    pub fn to_run(&self) -> Run {
        let Self { page, selections, comparisons, views } = self.clone();
        Run { seq: 0, page, selections, comparisons, views }
    }
}

impl App {
    /// Asks for the results that the page needs now, unless that was the last question. Returns the number of the
    /// question: an answer with that number or a higher one covers it. Reads signals: the one effect runs it.
    pub fn request(self) -> u64 {
        let inputs = self.inputs(self.current_page());
        self.link.with_value(|link| link.run(inputs))
    }

    /// The viewer is about to open the page: its answers are made meanwhile.
    pub fn prefetch(self, page: &Page) {
        let run = untrack(|| self.inputs(page)).to_run();
        self.link.with_value(|link| link.prefetch(run));
    }

    fn inputs(self, page: &Page) -> Inputs {
        let views = page.views().map(|view| self.choices.request(view, self.level(view) as u32)).collect();
        Inputs { page: page.id.clone(), selections: self.selections.in_force(page), comparisons: self.selections.comparisons.get(), views }
    }

    /// What a view is asked with now, alone: for more rows of a long table.
    pub fn run_of(self, view: &View) -> Run {
        untrack(|| {
            let page = self.current_page();
            let (selections, comparisons) = (self.selections.in_force(page), self.selections.comparisons.get());
            let views = vec![self.choices.request(view, self.level(view) as u32)];
            Run { seq: 0, page: page.id.clone(), selections, comparisons, views }
        })
    }

    /// Calls back with rows of a long table: so many, fewer at its end, none when the run has another answer by now.
    pub fn rows(self, run: Run, token: u64, from: u32, n_rows: u32, then: impl FnOnce(Option<ResultTable>) + 'static) {
        let request = RowsRequest { run, token, from, n_rows, ..RowsRequest::default() };
        self.link.with_value(|link| link.rows(request, Box::new(move |rows| then(rows.table))));
    }

    /// Calls back with the first of the data's own rows behind a row of a view with these first keys, and how many there are.
    pub fn behind(self, run: Run, keys: Vec<Scalar>, n_rows: u32, then: impl FnOnce(Option<(ResultTable, u64)>) + 'static) {
        let request = RowsRequest { run, n_rows, behind: Some(keys), ..RowsRequest::default() };
        self.link.with_value(|link| link.rows(request, Box::new(move |rows| then(rows.table.map(|table| (table, rows.n_behind))))));
    }

    /// The level of its hierarchy that a view shows: as far down as the viewer went and the filters above have a value.
    pub fn level(self, view: &View) -> usize {
        let chosen = self.choices.level(&view.id) as usize;
        view.drill.iter().take(chosen).take_while(|level| self.selections.has(&level.filter)).count()
    }

    /// Shows another page. Its old results stay only if they answer the present question.
    pub fn open_page(self, id: &str) {
        if self.page.with_untracked(|page| page == id) {
            return;
        }
        let Some(page) = self.dashboard.page(id) else { return };
        let selections = untrack(|| self.selections.in_force(page));
        if self.link.with_value(|link| link.answered(id)) != Some(selections) {
            self.results.forget(page.views().map(|view| view.id.as_str()));
        }
        self.page.set(id.to_owned());
        self.forget_gone_readers();
    }
}
