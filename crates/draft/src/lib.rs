//! A first dashboard for data that is there. No I/O: whoever reads the data says what it is made of (a
//! [`Description`](tarn_protocol::Description)); a [`Question`] is what is to be asked of the engine about it, the answers make a
//! [`Profile`], and [`draft`] writes the dashboard file with a reason for every guess. [`Drafting`] is all of that as a
//! conversation with a data worker.
mod column;
mod columns_page;
mod draft;
mod drafting;
mod guess;
mod profile;
mod question;
mod quoted;
mod text;

pub use draft::{Draft, draft};
pub use drafting::{Drafting, Failure, Step};
pub use profile::{Nothing, Profile};
pub use question::Question;
pub use quoted::quoted;
pub use text::Shape;
