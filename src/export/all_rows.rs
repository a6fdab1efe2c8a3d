//! The rows of a table that are not all in the page.
use crate::page::rows::{Form, more};
use crate::state::App;
use js_sys::Array;
use std::sync::Arc;
use tarn_dashboard::View;
use tarn_protocol::{Run, ViewResult};

/// Rows that are written at a time: none of it may hold up the page.
const STRETCH: u32 = 4_000;

/// Called once, with the pieces of the text; with none when the rows have changed meanwhile.
type Done = Box<dyn FnOnce(Option<Array>)>;

struct Gathering {
    app: App,
    run: Run,
    token: u64,
    form: &'static Form,
    most: u32,
    texts: Array,
    done: Done,
}

/// Calls back with the text of the rows, at most so many; `first` is that of those that are in the page.
pub fn all_rows(app: App, view: &View, result: Arc<ViewResult>, first: String, form: &'static Form, most: u32, done: Done) {
    let texts = Array::of1(&first.into());
    let Some(long) = &result.long else { return done(Some(texts)) };
    let gathering = Gathering { app, run: app.run_of(view), token: long.token, form, most: most.min(long.n_rows), texts, done };
    gathering.go_on(result.table.n_rows);
}

impl Gathering {
    fn go_on(self, from: u32) {
        let n_rows = self.most.saturating_sub(from).min(STRETCH);
        if n_rows == 0 {
            return (self.done)(Some(self.texts));
        }
        self.app.rows(self.run.clone(), self.token, from, n_rows, move |table| match table {
            Some(table) if table.n_rows > 0 => {
                self.texts.push(&more(&table, self.form).into());
                self.go_on(from + table.n_rows);
            }
            _ => (self.done)(None),
        });
    }
}
