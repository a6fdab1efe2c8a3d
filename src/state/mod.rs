//! What the viewer chose, and what is known. Controls write selections and choices; results, sources and domains are
//! written by the worker's answers alone.
mod app;
mod by_id;
mod choices;
mod request;
mod results;
mod selections;
mod sources;
mod url;
mod url_sync;

pub use app::{App, forget_readers};
pub use by_id::ById;
pub use choices::{Choice, Choices};
pub use request::Inputs;
pub use results::{ResultStore, set_if_changed};
pub use selections::{Comparisons, Selections};
pub use sources::{SourceSlot, Sources};
pub use url::WIDTHS;
pub use url_sync::{can_be_pinned, follow_history, pinned, read_url, refusal, share_link, unpin, write_url};
