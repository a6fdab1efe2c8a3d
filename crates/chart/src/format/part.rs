use super::format_scalar;
use crate::Locale;
use tarn_dashboard::{DatePart, Expr, Function, Node, NumberFormat, Scalar};

/// A value of a column or dimension. What `extract` takes from a date is written as people say it: days of the week and
/// months by their names, hours as on a clock.
pub fn format_field(expr: &Expr, format: &NumberFormat, value: &Scalar, locale: &Locale) -> String {
    let part = if let Node::Call(Function::Extract(part), _) = expr.node { Some(part) } else { None };
    if let (Some(part), Scalar::Int(value)) = (part, value) {
        let named = |names: &[String], first: i64| names.get(usize::try_from(value - first).ok()?).cloned();
        let name = match part {
            DatePart::IsoDayOfWeek => named(&locale.weekdays_short, 1),
            // Sunday is 0, and the last of the names.
            DatePart::DayOfWeek if *value == 0 => named(&locale.weekdays_short, -6),
            DatePart::DayOfWeek => named(&locale.weekdays_short, 1),
            DatePart::Month => named(&locale.months_short, 1),
            DatePart::Hour => Some(format!("{value:02}:00")),
            // Thousands of years are not grouped.
            DatePart::Year => Some(value.to_string()),
            _ => None,
        };
        if let Some(name) = name {
            return name;
        }
    }
    format_scalar(format, value, locale)
}
