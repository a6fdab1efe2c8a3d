use tarn_dashboard::TimeUnit;

/// How the viewer wants one view shown, where it differs from the author's wish.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    pub grain: Option<TimeUnit>,
    /// Positions in keys followed by measures, each with whether descending; empty for the view's own order.
    pub order: Vec<(u32, bool)>,
    /// How many rows, where the view has a limit.
    pub limit: Option<u32>,
    /// The positions of a table's columns that are shown, in their order.
    pub columns: Option<Vec<u32>>,
    /// The positions of a table's columns that stay in sight at the left; its first one unless chosen.
    pub pins: Option<Vec<u32>>,
    /// A table's row groups that are not as the author shows them, by their keys; `*` for all.
    pub groups: Vec<String>,
    /// What a table's columns are searched for, by position; `None` while the fields for it are not shown.
    pub search: Option<Vec<(u32, String)>>,
    /// Widths of columns by position, in pixels.
    pub widths: Vec<(u32, u32)>,
    /// A chart's numbers instead of the chart.
    pub as_table: bool,
    /// How far the viewer went down the view's hierarchy.
    pub level: u32,
    /// What the time axis shows, unless all of it: `[from, to)` in microseconds since 1970.
    pub zoom: Option<(i64, i64)>,
}
