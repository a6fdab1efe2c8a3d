//! Messages between the page and its data worker: plain data, one compact encoding; no behaviour but that of [`Tiles`].
//!
//! Both sides come from one build, so the encoding is not versioned. Requests carry a `seq`; the page drops answers that it
//! no longer waits for.
mod csv;
mod description;
mod error;
mod message;
mod result;
mod status;
mod tile;

pub use csv::{csv_comment, csv_field, harmless};
pub use description::{DescribedColumn, Description};
pub use error::{LoadError, LoadErrorKind, QueryError};
pub use message::{
    DecodeError, OptionRow, Options, OptionsRequest, Request, ResolvedPeriod, Response, Results, Rows, RowsRequest, Run, ViewRequest,
    decode, encode,
};
pub use result::{FIRST_ROWS, Long, ResultColumn, ResultTable, RowGroups, Values, ViewResult, WHOLE_ROWS};
pub use status::{CacheNotice, FieldDomain, FilterDomain, ReadCost, SourceStatus};
pub use tile::{Answered, Axis, AxisKind, Bytes, Formula, MovingView, Packed, Question, Tally, Tile, Tiles, can_evaluate, subject};
