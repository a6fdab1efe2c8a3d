use super::names;
use crate::{
    diagnostic::Report,
    suggest,
    yaml::{Fields, Node},
};
use tarn_dashboard::{TimeUnit, Weekday};

/// How rows are spread over files and row groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Columns by which rows are sorted within a file; empty: by the source's time.
    pub sort: Vec<String>,
    /// Columns whose values divide the rows into folders.
    pub partition_by: Vec<String>,
    pub split: Split,
    pub row_group_rows: u32,
}

/// Where a file ends and the next begins. Boundaries depend on values alone, so that new rows leave the files of old ones as
/// they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// The longest calendar unit of the first sort column whose files stay below a million rows; the last snapshot's for as long
    /// as it suits.
    Auto,
    Unit(TimeUnit),
    /// One file for each partition.
    Never,
}

/// Small enough for a filter on time to skip much, large enough for one request to be worth its round trip.
const ROW_GROUP_ROWS: u32 = 131_072;

impl Default for Layout {
    fn default() -> Self {
        Self { sort: vec![], partition_by: vec![], split: Split::Auto, row_group_rows: ROW_GROUP_ROWS }
    }
}

const SPLITS: [(&str, Split); 7] = [
    ("auto", Split::Auto),
    ("day", Split::Unit(TimeUnit::Day)),
    ("week", Split::Unit(TimeUnit::Week(Weekday::Monday))),
    ("month", Split::Unit(TimeUnit::Month)),
    ("quarter", Split::Unit(TimeUnit::Quarter)),
    ("year", Split::Unit(TimeUnit::Year)),
    ("never", Split::Never),
];

pub(super) fn read(node: &Node, report: &mut Report) -> Option<Layout> {
    let mut fields = Fields::read(node, "`layout`", report)?;
    let sort = fields.get("sort", report);
    let partition_by = fields.get("partition_by", report);
    let split_node = fields.get("split", report);
    let row_group_rows = fields.get("row_group_rows", report);
    fields.finish(report);
    let default = Layout::default();
    let sort = sort.map_or(Some(default.sort), |node| names(node, report));
    let partition_by = partition_by.map_or(Some(default.partition_by), |node| names(node, report));
    let split = split_node.map_or(Some(default.split), |node| split(node, report));
    let row_group_rows = row_group_rows.map_or(Some(default.row_group_rows), |node| node.count(16_777_216, report));
    Some(Layout { sort: sort?, partition_by: partition_by?, split: split?, row_group_rows: row_group_rows? })
}

fn split(node: &Node, report: &mut Report) -> Option<Split> {
    let text = node.text(report)?;
    let found = SPLITS.iter().find(|(name, _)| *name == text).map(|(_, split)| *split);
    if found.is_none() {
        let hint = suggest::hint(text, "values", SPLITS.iter().map(|(name, _)| *name));
        report.error(node.span, format!("files cannot be split by `{text}`")).hint(hint);
    }
    found
}
