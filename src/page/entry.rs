//! What viewers type: numbers and days, read and shown as the dashboard's language writes them.
use super::text::locale;
use tarn_dashboard::{Civil, DAY_MICROS};

/// A number in a field: every digit, with the language's separators.
pub fn number(value: f64) -> String {
    let locale = locale();
    written(value, &locale.decimal, &locale.group)
}

/// `None` for what is no number in the dashboard's language.
pub fn parse_number(entry: &str) -> Option<f64> {
    let locale = locale();
    read(entry, &locale.decimal, &locale.group)
}

fn written(value: f64, decimal: &str, group: &str) -> String {
    let digits = value.to_string();
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut text = sign.to_owned();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text += group;
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text += decimal;
        text += fraction;
    }
    text
}

/// A separator of groups counts only where groups stand: `1.5` is one and a half in German, too, and `1,5` nothing in English.
fn read(entry: &str, decimal: &str, group: &str) -> Option<f64> {
    let bare: String = entry.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.replace('−', "-");
    let (whole, fraction) = bare.split_once(decimal).map_or((bare.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let group = group.trim();
    let mut groups = whole.split(group).skip(1).peekable();
    let grouped = !group.is_empty() && groups.peek().is_some();
    let whole = match grouped {
        true if groups.all(|group| matches!(group.len(), 2 | 3)) && whole.rsplit(group).next()?.len() == 3 => whole.replace(group, ""),
        // A point is the decimal sign where it separates no groups.
        true if group == "." && fraction.is_none() => whole.to_owned(),
        true => return None,
        false => whole.to_owned(),
    };
    let ascii = fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"));
    tarn_dashboard::parse_number(&ascii)
}

/// How a language writes a day in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct DayForm {
    /// `d`, `m` or `y` and what stands behind it, three times.
    parts: Vec<(char, String)>,
}

impl DayForm {
    pub fn new(parts: Vec<(char, String)>) -> Self {
        Self { parts }
    }

    pub fn iso() -> Self {
        Self::new([('y', "-"), ('m', "-"), ('d', "")].map(|(part, behind)| (part, behind.to_owned())).into())
    }

    /// The day of an instant, in microseconds since 1970.
    pub fn write(&self, at: i64) -> String {
        let date = Civil::from_micros(at);
        let part = |(part, behind): &(char, String)| match part {
            'd' => format!("{:02}{behind}", date.day),
            'm' => format!("{:02}{behind}", date.month),
            _ => format!("{:04}{behind}", date.year),
        };
        self.parts.iter().map(part).collect()
    }

    /// Midnight of a day, in microseconds since 1970: in the language's order, or as ISO 8601. The year has four digits.
    pub fn read(&self, entry: &str) -> Option<i64> {
        let figures: Vec<&str> = entry.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let [first, second, third] = figures.as_slice() else { return None };
        let part = |wanted: char| Some(figures[self.parts.iter().position(|(part, _)| *part == wanted)?]);
        let (year, month, day) = if first.len() == 4 { (*first, *second, *third) } else { (part('y')?, part('m')?, part('d')?) };
        let short = month.len() <= 2 && day.len() <= 2;
        let iso = (year.len() == 4 && short).then(|| format!("{year}-{month:0>2}-{day:0>2}"))?;
        Civil::parse_date(&iso)?.to_micros()
    }
}

/// The day before midnight of `to`, as people say a last day.
pub fn last_day(to: i64) -> i64 {
    to.saturating_sub(1).div_euclid(DAY_MICROS) * DAY_MICROS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_language_writes_them() {
        assert_eq!(read("1.234,5", ",", "."), Some(1234.5));
        assert_eq!(read(" −1,234.5", ".", ","), Some(-1234.5));
        assert_eq!(read("1 234,5", ",", "\u{202f}"), Some(1234.5));
        assert_eq!(read("1.5", ",", "."), Some(1.5), "a point that separates no groups");
        assert_eq!(read("1.500", ",", "."), Some(1500.0));
        assert_eq!(read("1,5", ".", ","), None, "neither groups nor a fraction");
        assert_eq!(read("12,34,567", ".", ","), Some(1_234_567.0));
        assert_eq!(read("many", ".", ","), None);
        assert_eq!(read("", ".", ","), None);
    }

    #[test]
    fn numbers_are_written_with_every_digit() {
        assert_eq!(written(-1_234_567.125, ",", "."), "-1.234.567,125");
        assert_eq!(written(0.000_01, ".", ","), "0.00001");
        assert_eq!(written(999.0, ",", "."), "999");
        for value in [0.0, -15.0, 1234.5, 1e15, 0.1] {
            assert_eq!(read(&written(value, ",", "."), ",", "."), Some(value));
        }
    }

    #[test]
    fn days_are_read_and_written_in_the_languages_order() {
        let form = |parts: [(char, &str); 3]| DayForm::new(parts.map(|(part, behind)| (part, behind.to_owned())).into());
        let german = form([('d', "."), ('m', "."), ('y', "")]);
        let american = form([('m', "/"), ('d', "/"), ('y', "")]);
        let micros = |text: &str| Civil::parse_date(text).and_then(Civil::to_micros);
        assert_eq!(german.read("14.6.2001"), micros("2001-06-14"));
        assert_eq!(american.read("6/14/2001"), micros("2001-06-14"));
        assert_eq!(german.read("2001-06-14"), micros("2001-06-14"));
        assert_eq!((german.read("31.02.2001"), german.read("14.6.01"), german.read("14.6."), german.read("x")), (None, None, None, None));
        assert_eq!(micros("2001-06-04").map(|at| (german.write(at), american.write(at))), Some(("04.06.2001".into(), "06/04/2001".into())));
    }
}
