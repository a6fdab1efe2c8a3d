use serde::{Deserialize, Serialize};

/// How a number is written, compiled from a pattern such as `0.0%`, `#,##0`, `0.0 min` or `$0.00a`. The locale gives
/// separators; the pattern never does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberFormat {
    pub style: NumberStyle,
    /// Decimals shown; `None` means as many as the value needs, at most three.
    pub decimals: Option<u8>,
    pub grouping: bool,
    pub prefix: String,
    /// With its leading space, such as `" min"`.
    pub suffix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    Decimal,
    /// Shown times 100 with a percent sign; changes are shown in points.
    Percent,
    /// 12.3k, 4.5M.
    Compact,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { style: NumberStyle::Decimal, decimals: None, grouping: true, prefix: String::new(), suffix: String::new() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}
