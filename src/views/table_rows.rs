//! The rows that a long table lacks are asked for as the viewer comes near them.
use crate::page::stretches::{STRETCH, Stretches, is_in_sight};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::View;
use tarn_protocol::ViewResult;

/// Asks for what the rows from `first` on lack, those in sight before those near them. Reads the signals of the result, of `first`
/// and `answered`: while the scroll bar is dragged, one answer after the other, the place where it is by then is asked for.
pub fn want(
    app: App,
    view: &'static View,
    result: &ViewResult,
    stretches: RwSignal<Stretches>,
    first: Memo<usize>,
    answered: RwSignal<()>,
) {
    answered.track();
    let (Some(long), topmost) = (&result.long, first.get()) else { return };
    let (token, last) = (long.token, long.n_rows.saturating_sub(1));
    if stretches.with_untracked(|stretches| stretches.token != token) {
        stretches.set(Stretches::of(token));
    }
    let lacks = stretches.with_untracked(|stretches| stretches.lacks(result.table.n_rows, topmost, last as usize));
    let Some(number) = lacks else { return };
    let from = number * STRETCH;
    stretches.update_untracked(|stretches| stretches.is_asked = true);
    app.rows(app.run_of(view), token, from, STRETCH, move |table| {
        // The view may have gone meanwhile. Without rows there is another answer by now: nothing is asked until it comes.
        let _ = match table {
            Some(table) => {
                let taken = stretches.try_update_untracked(|stretches| stretches.take(token, number, table));
                // Rows that the bar has left behind change nothing on the screen.
                if first.try_get_untracked().is_some_and(|first| is_in_sight(number, first)) {
                    stretches.notify();
                }
                taken.map(|()| answered.notify())
            }
            None => stretches.try_update_untracked(|stretches| stretches.is_asked &= stretches.token != token),
        };
    });
}
