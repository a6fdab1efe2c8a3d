//! What a column is likely for. Every guess has its reason, which stands in the file.
use crate::column::{Column, Facts, Kind};
use crate::profile::Profile;

/// What the first page shows. Positions are those of the profile's columns.
#[derive(Debug, Default)]
pub struct Guess {
    pub time: Option<(usize, String)>,
    pub measures: Vec<Measure>,
    /// Grouped and filtered by, the most useful first.
    pub dimensions: Vec<usize>,
    pub histograms: Vec<Histogram>,
    pub default_period: Option<&'static str>,
    pub grains: &'static [&'static str],
}

#[derive(Debug)]
pub struct Measure {
    pub name: String,
    pub sql: String,
    pub format: &'static str,
    pub reason: String,
}

#[derive(Debug)]
pub struct Histogram {
    pub column: usize,
    pub from: f64,
    pub to: f64,
    pub width: f64,
}

const DAY: f64 = 86.4e9;
const TIMES: &[&str] = &["date", "day", "time", "timestamp", "datetime", "ts", "at", "created", "ordered", "occurred", "month"];
const IDS: &[&str] = &["id", "uuid", "guid", "key", "pk", "zip", "zipcode", "postcode", "phone", "number", "no"];
const PARTS: &[&str] =
    &["year", "quarter", "month", "week", "weekday", "day", "hour", "code", "flag", "class", "type", "category", "status"];
const PLACES: &[&str] = &["lat", "latitude", "lon", "lng", "longitude"];
const SUMS: &[&str] = &[
    "amount", "revenue", "sales", "total", "quantity", "qty", "cost", "costs", "count", "units", "volume", "profit", "tax", "discount",
    "visits", "clicks", "views", "orders", "spend", "bytes", "fare", "tip", "distance", "paid",
];
const SHARES: &[&str] = &["rate", "ratio", "share", "pct", "percent", "percentage", "probability"];
const MONEY: &[&str] = &["amount", "revenue", "sales", "cost", "costs", "profit", "tax", "spend", "fare", "tip", "price", "paid"];

pub fn guess(profile: &Profile) -> Guess {
    let columns = &profile.columns;
    let mut guess = Guess { time: time(columns), ..Guess::default() };
    let taken: Vec<String> = columns.iter().map(|column| column.name.to_lowercase()).collect();
    let free = |name: String| if taken.contains(&name) { format!("n_{name}") } else { name };
    guess.measures.push(Measure { name: free("rows".into()), sql: "count(*)".into(), format: "#,##0", reason: "every row".into() });
    for (at, column) in columns.iter().enumerate() {
        if is_dimension(column, profile.n_rows) {
            guess.dimensions.push(at);
        } else if is_id(column, profile.n_rows) {
            let repeated = column.distinct().is_some_and(|distinct| distinct > 1 && distinct * 10 < profile.n_rows * 9);
            if repeated {
                let name = free(format!("distinct_{}", column.slug()));
                let reason = "an identifier: counted, not added".to_owned();
                guess.measures.push(Measure { name, sql: format!("count(distinct {})", column.sql()), format: "#,##0", reason });
            }
        } else if column.is_number() && !has(column, PLACES) && column.facts.is_none_or(|facts| facts.min < facts.max) {
            guess.measures.push(measure(column, free));
            guess.histograms.extend(column.facts.and_then(|facts| histogram(at, column.kind, &facts)));
        }
    }
    // Few values make the clearest bars, two or three the least interesting ones.
    guess.dimensions.sort_by_key(|at| columns.get(*at).and_then(Column::distinct).map_or(u64::MAX, |n| if n < 4 { 1_000 + n } else { n }));
    if let Some((at, _)) = guess.time {
        (guess.grains, guess.default_period) = periods(columns.get(at));
    }
    guess
}

fn has(column: &Column, words: &[&str]) -> bool {
    column.words().iter().any(|word| words.contains(&word.as_str()))
}

/// A time column without nulls whose name says so; the first one in doubt.
fn time(columns: &[Column]) -> Option<(usize, String)> {
    let score = |column: &Column| {
        let varied = column.facts.is_none_or(|facts| facts.min < facts.max);
        let whole =
            column.facts.is_none_or(|facts| columns.iter().all(|other| other.facts.is_none_or(|other| other.present <= facts.present)));
        (u8::from(varied), u8::from(whole), u8::from(has(column, TIMES)))
    };
    let mut best: Option<(usize, (u8, u8, u8))> = None;
    let mut n = 0;
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.is_time()) {
        n += 1;
        if best.is_none_or(|(_, known)| score(column) > known) {
            best = Some((at, score(column)));
        }
    }
    let reason = if n == 1 {
        "the only column with times".to_owned()
    } else {
        format!("of {n} columns with times, the one that looks most like the event")
    };
    best.map(|(at, _)| (at, reason))
}

fn is_id(column: &Column, n_rows: u64) -> bool {
    let unique = column.distinct().is_some_and(|distinct| distinct > 100 && distinct * 10 >= n_rows * 9);
    match column.kind {
        Kind::Integer => has(column, IDS) || (unique && !has(column, SUMS)),
        Kind::Text => has(column, IDS) || unique || column.distinct().is_some_and(|distinct| distinct > 10_000),
        _ => false,
    }
}

fn is_dimension(column: &Column, n_rows: u64) -> bool {
    let varied = |most: u64| column.distinct().is_some_and(|distinct| (2..=most).contains(&distinct));
    match column.kind {
        Kind::Text if column.facts.is_none() => !has(column, IDS),
        Kind::Text => varied(10_000) && !is_id(column, n_rows),
        Kind::Boolean => varied(2),
        Kind::Integer => varied(60) && (has(column, PARTS) || (varied(12) && !has(column, SUMS) && !has(column, SHARES) && n_rows > 100)),
        _ => false,
    }
}

fn measure(column: &Column, free: impl Fn(String) -> String) -> Measure {
    let (sql, slug) = (column.sql(), column.slug());
    let facts = column.facts.unwrap_or_default();
    let share = has(column, SHARES);
    if has(column, SUMS) && !share {
        let format = if has(column, MONEY) { "0.0a" } else { "#,##0" };
        let reason = "its name says that it can be added up".to_owned();
        return Measure { name: free(format!("total_{slug}")), sql: format!("sum({sql})"), format, reason };
    }
    let unit = share && facts.min.is_some_and(|min| min >= 0.0) && facts.max.is_some_and(|max| max <= 1.0);
    let (format, reason) = match (share, unit) {
        (true, true) => ("0.0%", "a share between 0 and 1: averaged, never added"),
        (true, false) => ("0.0", "a rate: averaged, never added"),
        _ if has(column, MONEY) => ("#,##0.00", "a price: averaged, as adding prices has no meaning"),
        _ => ("#,##0.0", "averaged: use sum(…) if adding its values has a meaning"),
    };
    Measure { name: free(format!("avg_{slug}")), sql: format!("avg({sql})"), format, reason: reason.to_owned() }
}

/// About 30 bins of a round width over 98 % of the values.
fn histogram(column: usize, kind: Kind, facts: &Facts) -> Option<Histogram> {
    let (low, high) = (facts.low?, facts.high?);
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return None;
    }
    let raw = span / 30.0;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= raw).unwrap_or(10.0);
    let mut width = step * power;
    if kind == Kind::Integer {
        width = width.max(1.0).round();
    }
    let (from, to) = ((low / width).floor() * width, ((high / width).floor() + 1.0) * width);
    Some(Histogram { column, from, to, width })
}

/// The grains of the time axis and the period that the page opens with.
fn periods(time: Option<&Column>) -> (&'static [&'static str], Option<&'static str>) {
    let days = time.and_then(|time| time.facts).and_then(|facts| Some((facts.max? - facts.min?) / DAY));
    let hours = time.is_some_and(|time| time.kind == Kind::Timestamp);
    match days {
        None => (&["day", "week", "month"], None),
        Some(days) if days > 1_500.0 => (&["month", "quarter", "year"], Some("last 12 months")),
        Some(days) if days > 90.0 => (&["day", "week", "month"], Some("last 28 days")),
        Some(days) if days > 4.0 || !hours => (&["day", "week"], None),
        Some(_) => (&["hour", "minute"], None),
    }
}
