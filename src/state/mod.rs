//! What the viewer chose, and what is known. Controls write selections and choices; results, sources and domains are
//! written by the worker's answers alone.
mod app;
mod choices;
mod request;
mod results;
mod selections;
mod sources;
mod url;
mod url_sync;

/// A map filled entry by entry: collecting would link a sort into the page for every kind of value.
fn map_of<V>(entries: impl IntoIterator<Item = (String, V)>) -> std::collections::BTreeMap<String, V> {
    let mut map = std::collections::BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}

pub use app::App;
pub use choices::{Choice, Choices};
pub use request::Inputs;
pub use results::ResultStore;
pub use selections::{Comparisons, Selections};
pub use sources::{SourceSlot, Sources};
pub use url::{LIMITS, WIDTHS};
pub use url_sync::{follow_history, pinned, read_url, refusal, share_link, unpin, write_url};
