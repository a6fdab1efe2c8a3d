//! Values as JSON.
use crate::column::Values;
use crate::schema::FieldType;
use std::fmt::Write as _;

const DAY_MICROS: i64 = 86_400_000_000;

/// The value at a place: numbers and booleans as such, everything else as text.
pub(crate) fn push_value(out: &mut String, field_type: FieldType, values: &Values, place: usize) {
    match values {
        Values::Texts(texts) => push_text(out, texts.get(place)),
        Values::Floats(values) if values[place].is_finite() => drop(write!(out, "{:?}", values[place])),
        // JSON has no word for it.
        Values::Floats(_) => out.push_str("null"),
        Values::Decimals(values) => push_decimal(out, field_type, values[place]),
        Values::Ints(values) => match (field_type, values[place]) {
            (FieldType::Boolean, value) => out.push_str(if value == 0 { "false" } else { "true" }),
            (FieldType::Date, days) => {
                out.push('"');
                push_date(out, days);
                out.push('"');
            }
            (FieldType::Time, micros) => {
                out.push('"');
                push_time(out, micros);
                out.push('"');
            }
            (FieldType::Timestamp | FieldType::Timestamptz, micros) => {
                out.push('"');
                push_date(out, micros.div_euclid(DAY_MICROS));
                out.push(' ');
                push_time(out, micros.rem_euclid(DAY_MICROS));
                out.push_str(if field_type == FieldType::Timestamptz { "+00\"" } else { "\"" });
            }
            (_, value) => push_decimal(out, field_type, i128::from(value)),
        },
    }
}

pub(crate) fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => drop(write!(out, "\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn push_decimal(out: &mut String, field_type: FieldType, unscaled: i128) {
    let scale = if let FieldType::Decimal { scale, .. } = field_type { usize::from(scale) } else { 0 };
    let digits = format!("{:0width$}", unscaled.unsigned_abs(), width = scale + 1);
    if unscaled < 0 {
        out.push('-');
    }
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    out.push_str(whole);
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
}

fn push_time(out: &mut String, micros: i64) {
    let seconds = micros.div_euclid(1_000_000);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = micros.rem_euclid(1_000_000);
    if fraction > 0 {
        let digits = format!(".{fraction:06}");
        out.push_str(digits.trim_end_matches('0'));
    }
}

/// The Gregorian date of a day since 1970, counted in eras of 400 years that start in March.
fn push_date(out: &mut String, days: i64) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}
