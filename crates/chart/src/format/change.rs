use super::number::format_number;
use crate::Locale;
use tarn_dashboard::{NumberFormat, NumberStyle};

/// How a number differs from what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub trend: Trend,
    /// Without sign: the trend is shown as an arrow.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    Up,
    Down,
    /// No difference at the precision shown.
    Flat,
}

impl Trend {
    pub fn arrow(self) -> &'static str {
        match self {
            Self::Up => "▲",
            Self::Down => "▼",
            Self::Flat => "=",
        }
    }
}

/// The change from `previous` to `value`: in points for percentages (`4.3 pt`), in the unit for numbers that have one
/// (`5.2 min`), otherwise relative (`0.6 %`). `None` when there is nothing to compare with, as for a relative change from
/// zero.
pub fn format_change(format: &NumberFormat, value: f64, previous: f64, locale: &Locale) -> Option<Change> {
    let difference = value - previous;
    let (amount, shown) = match format.style {
        NumberStyle::Percent => {
            let points = NumberFormat {
                style: NumberStyle::Decimal,
                decimals: Some(format.decimals.unwrap_or(1)),
                suffix: "\u{a0}pt".to_owned(),
                prefix: String::new(),
                grouping: true,
            };
            (difference * 100.0, points)
        }
        _ if !format.suffix.is_empty() => (difference, format.clone()),
        _ if difference == 0.0 => (0.0, relative()),
        _ if previous == 0.0 => return None,
        _ => (difference / previous.abs(), relative()),
    };
    if !amount.is_finite() {
        return None;
    }
    let text = format_number(&shown, amount.abs(), locale);
    let trend = match amount {
        _ if text == format_number(&shown, 0.0, locale) => Trend::Flat,
        amount if amount > 0.0 => Trend::Up,
        _ => Trend::Down,
    };
    Some(Change { trend, text })
}

fn relative() -> NumberFormat {
    NumberFormat { style: NumberStyle::Percent, decimals: Some(1), ..NumberFormat::default() }
}
