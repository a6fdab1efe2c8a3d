//! What a chart reads and writes of its view's keys.
use crate::page::chart::step::Step;
use leptos::prelude::*;
use tarn_dashboard::{FilterKind, FilterValue};

/// The filter that a view selects by one of its keys.
#[derive(Clone, Copy)]
pub struct KeySelection {
    /// A relative period as the dates that it stands for.
    pub value: Signal<Option<FilterValue>>,
    /// `None`: the view writes no filter of this key.
    pub writes: Option<FilterKind>,
}

/// What a viewer chose of each key, by its position.
pub type Chosen = Vec<(usize, Option<FilterValue>)>;

/// What to write when these steps, one for each key, are chosen together; nothing is chosen where they alone were it.
pub fn choose(keys: &[KeySelection], steps: &[Option<Step>], adds: bool) -> Chosen {
    let written = |adds: bool| -> Chosen {
        let keys = keys.iter().zip(steps).enumerate();
        keys.filter_map(|(at, (key, step))| {
            let before = key.value.get_untracked();
            Some((at, step.as_ref()?.chosen(key.writes?, before.as_ref(), adds)))
        })
        .collect()
    };
    let alone = written(false);
    if !adds && !alone.is_empty() && alone.iter().all(|(at, value)| keys[*at].value.get_untracked() == *value) {
        return alone.into_iter().map(|(at, _)| (at, None)).collect();
    }
    if adds { written(true) } else { alone }
}
