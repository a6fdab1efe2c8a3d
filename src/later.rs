//! What the first paint does without: charts, tables, menus. In a released page it lies in a wasm module of its own, which
//! `cargo xtask finish-build` splits off; both are asked for at once, and views show their skeletons until it is linked in.
use crate::state::App;
use crate::views::Picture;
use crate::{controls, pages, views};
use leptos::prelude::*;
use std::sync::Arc;
use tarn_coordinator::Ahead;
use tarn_dashboard::{Filter, FilterValue, View};
use tarn_protocol::{Answered, Run, Tiles, ViewResult};

/// Makes something of a view, its result and the place where a chart puts its picture.
type OfView = fn(App, &'static View, Signal<Option<Arc<ViewResult>>>, RwSignal<Option<Picture>>) -> AnyView;

/// The ways into the second module: it holds what only they lead to.
#[derive(Clone, Copy)]
pub struct Later {
    pub view: OfView,
    pub view_menu: OfView,
    pub filter_menu: fn(App, &'static Filter, Signal<Option<FilterValue>>) -> AnyView,
    pub figures: fn(App) -> AnyView,
    pub ahead: fn(&[u8]) -> Option<Ahead>,
}

/// Waits for the second module. If it cannot be had, the start-up script says so, and this never ends.
pub async fn load() -> Later {
    later().await
}

#[cfg_attr(not(debug_assertions), wasm_split::wasm_split(later))]
async fn later() -> Later {
    Later { view: views::view, view_menu: views::view_menu, filter_menu: controls::filter_menu, figures: pages::figures, ahead }
}

/// What answers the moves of a filter from tiles.
fn ahead(bytes: &[u8]) -> Option<Ahead> {
    let tiles = Tiles::decode(bytes)?;
    let answer = move |run: &Run, shown: &Run| {
        let begun = crate::link::now();
        // Views that stay have the results that are on the screen.
        let mut answered: Answered = if tiles.are_for(shown) { tiles.answer(run)? } else { return None };
        answered.results.query_ms = crate::link::now() - begun;
        Some(answered)
    };
    Some(Ahead(Box::new(answer)))
}
