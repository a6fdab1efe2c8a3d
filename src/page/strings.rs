//! What the page says, in the dashboard's language: the words themselves are `tarn_dashboard::Phrase`.
use std::cell::Cell;
use tarn_dashboard::{Catalogue, Comparison, Phrase, Plural, TimeUnit};

thread_local! {
    static CATALOGUE: Cell<Catalogue<'static>> = const { Cell::new(Catalogue::ENGLISH) };
}

pub const NO_VALUE: &str = "–";

/// Presets of a date range: the label and the period's text form.
pub const PRESETS: [(Phrase, &str); 8] = [
    (Phrase::Last7Days, "last 7 days"),
    (Phrase::Last28Days, "last 28 days"),
    (Phrase::Last90Days, "last 90 days"),
    (Phrase::MonthToDate, "month to date"),
    (Phrase::PreviousMonth, "previous month"),
    (Phrase::QuarterToDate, "quarter to date"),
    (Phrase::PreviousQuarter, "previous quarter"),
    (Phrase::YearToDate, "year to date"),
];

/// Set once, before anything is shown.
pub fn set_catalogue(catalogue: Catalogue<'static>) {
    CATALOGUE.set(catalogue);
}

pub fn catalogue() -> Catalogue<'static> {
    CATALOGUE.get()
}

pub fn say(phrase: Phrase) -> &'static str {
    catalogue().say(phrase)
}

/// The phrase with its values in their places.
pub fn fill(phrase: Phrase, values: &[(&str, &str)]) -> String {
    catalogue().fill(phrase, values)
}

/// The phrase about so many; the number itself stands in it as the page writes numbers.
pub fn count(phrase: Phrase, n: u64, values: &[(&str, &str)]) -> String {
    let written = super::text::count(n);
    let values: Vec<(&str, &str)> = values.iter().copied().chain([("n", written.as_str())]).collect();
    catalogue().count(phrase, plural(n), &values)
}

fn plural(n: u64) -> Plural {
    if catalogue().is_english() {
        return if n == 1 { Plural::One } else { Plural::Other };
    }
    plural_of_language(n)
}

/// The browser knows every language's rules.
#[cfg(target_arch = "wasm32")]
fn plural_of_language(n: u64) -> Plural {
    use std::cell::OnceCell;
    thread_local! {
        static RULES: OnceCell<js_sys::Intl::PluralRules> = const { OnceCell::new() };
    }
    RULES.with(|rules| {
        let rules = rules.get_or_init(|| {
            let tags = js_sys::Array::of1(&super::text::locale().tag.as_str().into());
            js_sys::Intl::PluralRules::new(&tags, &js_sys::Object::new())
        });
        Plural::from_name(&String::from(rules.select(n as f64))).unwrap_or(Plural::Other)
    })
}

/// Tests alone ask natively.
#[cfg(not(target_arch = "wasm32"))]
fn plural_of_language(_: u64) -> Plural {
    Plural::Other
}

pub fn units(unit: TimeUnit) -> &'static str {
    use TimeUnit as U;
    say(match unit {
        U::Week(_) => Phrase::UnitWeeks,
        U::Month => Phrase::UnitMonths,
        U::Quarter => Phrase::UnitQuarters,
        U::Year => Phrase::UnitYears,
        _ => Phrase::UnitDays,
    })
}

pub fn comparison(comparison: Option<Comparison>) -> &'static str {
    say(match comparison {
        None => Phrase::CompareNothing,
        Some(Comparison::PreviousPeriod) => Phrase::ComparePreviousPeriod,
        Some(Comparison::PreviousYear) => Phrase::ComparePreviousYear,
    })
}

pub fn grain(unit: TimeUnit) -> &'static str {
    use TimeUnit as U;
    say(match unit {
        U::Microsecond => Phrase::GrainMicrosecond,
        U::Millisecond => Phrase::GrainMillisecond,
        U::Second => Phrase::GrainSecond,
        U::Minute => Phrase::GrainMinute,
        U::Hour => Phrase::GrainHour,
        U::Day => Phrase::GrainDay,
        U::Week(_) => Phrase::GrainWeek,
        U::Month => Phrase::GrainMonth,
        U::Quarter => Phrase::GrainQuarter,
        U::Year => Phrase::GrainYear,
    })
}

/// How long ago something was: `just now`, `3 min ago`, `2 h ago`, `5 d ago`.
pub fn age(seconds: f64) -> String {
    let ago = |phrase, unit: f64| count(phrase, (seconds / unit).floor() as u64, &[]);
    match seconds {
        seconds if seconds.is_nan() => NO_VALUE.to_owned(),
        seconds if seconds < 60.0 => say(Phrase::JustNow).to_owned(),
        seconds if seconds < 3600.0 => ago(Phrase::MinutesAgo, 60.0),
        seconds if seconds < 172_800.0 => ago(Phrase::HoursAgo, 3600.0),
        _ => ago(Phrase::DaysAgo, 86_400.0),
    }
}

/// `Period 3 – 30 Jun 2001 and delay 15 – 90 min leave nothing here.`
pub fn leave_nothing(filters: &[(String, String)]) -> String {
    let mut said: Vec<String> =
        filters.iter().map(|(label, value)| fill(Phrase::FilterIs, &[("filter", label), ("value", value)])).collect();
    let last = said.pop().unwrap_or_default();
    let list = if said.is_empty() { last } else { fill(Phrase::ListEnd, &[("list", &said.join(", ")), ("last", &last)]) };
    count(Phrase::LeavesNothing, filters.len() as u64, &[("filters", &upper_first(&list))])
}

/// A sentence and what to do about it.
pub fn with_hint(what: Phrase, hint: Phrase, values: &[(&str, &str)]) -> (String, String) {
    (fill(what, values), say(hint).to_owned())
}

/// Letters of ASCII alone: the tables for all others are larger than this file.
fn upper_first(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
