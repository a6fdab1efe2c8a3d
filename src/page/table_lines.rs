//! The lines of a table's body, and which of them are shown where it has row groups.
use super::rows::plain;
use tarn_dashboard::{Scalar, Subtotals, View};
use tarn_protocol::ViewResult;

/// All row groups, in the list of those that are not as the author shows them.
pub const ALL: &str = "*";

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// How many row groups it is in.
    pub level: usize,
    /// In the table of its level.
    pub row: usize,
    /// Of a row group: whether what it holds is shown.
    pub open: Option<bool>,
}

/// The shown lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    n_rows: usize,
    nested: Option<Vec<Line>>,
}

impl Lines {
    /// `flipped`: row groups that are not as the author shows them.
    pub fn find(view: &View, result: Option<&ViewResult>, flipped: &[String]) -> Self {
        let Some(result) = result else { return Self::default() };
        let n_rows = result.n_rows() as usize;
        if result.subtotals.is_empty() {
            return Self { n_rows, nested: None };
        }
        // The level of the closed row group that the following lines are in.
        let mut closed = usize::MAX;
        let mut lines = vec![];
        for (level, row) in result.lines() {
            if level > closed {
                continue;
            }
            let open = (level < result.subtotals.len()).then(|| is_open(view, flipped, &path(result, level, row)));
            closed = if open == Some(false) { level } else { usize::MAX };
            lines.push(Line { level, row, open });
        }
        Self { n_rows, nested: Some(lines) }
    }

    pub fn n_lines(&self) -> usize {
        self.nested.as_ref().map_or(self.n_rows, Vec::len)
    }

    pub fn get(&self, index: usize) -> Option<Line> {
        match &self.nested {
            Some(lines) => lines.get(index).copied(),
            None => (index < self.n_rows).then_some(Line { level: 0, row: index, open: None }),
        }
    }

    /// The place of the row group that a line is in.
    pub fn parent(&self, index: usize) -> Option<usize> {
        let level = self.get(index)?.level;
        (0..index).rev().find(|above| self.get(*above).is_some_and(|line| line.level < level))
    }
}

fn is_open(view: &View, flipped: &[String], path: &str) -> bool {
    let has = |path: &str| flipped.iter().any(|own| own == path);
    (view.subtotals == Subtotals::Expanded) ^ has(ALL) ^ has(path)
}

/// A row group as text that is the same for the same keys.
pub fn path(result: &ViewResult, level: usize, row: usize) -> String {
    let columns = result.subtotals.get(level).map_or(&[][..], |level| &level.table.columns);
    let parts = columns.iter().take(level + 1).map(|column| match column.scalar(row) {
        Scalar::Null => "\\N".to_owned(),
        value => {
            let text = plain(&value).replace('\\', "\\\\").replace(',', "\\,").replace('/', "\\/");
            if text == ALL { "\\*".to_owned() } else { text }
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
