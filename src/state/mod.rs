//! What the viewer chose, and what is known. Controls write selections and choices; results, sources and domains are
//! written by the worker's answers alone.
mod app;
mod choices;
mod request;
mod results;
mod selections;
mod sources;
mod url_sync;

pub use app::{App, forget_readers};
pub use choices::Choices;
pub use request::Inputs;
pub use results::{ResultStore, set_if_changed};
pub use selections::Selections;
pub use sources::{SourceSlot, Sources};
pub use url_sync::{can_be_pinned, follow_history, pinned, read_url, refusal, share_link, unpin, write_url};
