//! Every sentence of the page, in one place: English today, another language is another module of the same names.

pub const ALL: &str = "All";
pub const APPLY_NOTHING_FOUND: &str = "No value matches.";
pub const BACK_TO_DEFAULTS: &str = "Reset";
pub const CLEAR_ALL_FILTERS: &str = "Clear all filters";
pub const CLOSE: &str = "Close";
pub const COLUMNS: &str = "Columns";
pub const COMPARE_WITH: &str = "Compare with";
pub const COPIED: &str = "Link copied";
pub const COPY_ROWS: &str = "Copy rows";
pub const COPY_JSON: &str = "Copy as JSON";
pub const COPY_FAILED: &str = "The link could not be copied. It stands in the address bar.";
pub const DEVELOPER: &str = "What this page costs";
pub const UNPIN: &str = "Go to the newest";
pub const DISMISS: &str = "Dismiss";
pub const EMPTY_TEXT: &str = "(empty)";
pub const FILTERS: &str = "Filters";
pub const FIRST_DAY: &str = "From";
pub const FROM: &str = "From";
pub const GRAIN: &str = "Grain";
pub const HOW_MANY: &str = "How many";
pub const JSON_COPIED: &str = "Figures copied";
pub const LAST: &str = "Last";
pub const LAST_DAY: &str = "To (included)";
pub const LIST_KEYS: &str = "Arrows walk the list, Enter chooses, Shift and Enter choose alone";
pub const LOADING: &str = "Loading";
pub const NO: &str = "No";
pub const NOTHING_BEFORE: &str = "no data in the previous period";
pub const NOTHING_TO_SHOW: &str = "There is nothing to show yet.";
pub const NO_ROWS: &str = "No rows match these filters";
pub const NO_ROWS_AT_ALL: &str = "The data has no rows";
pub const NO_VALUE: &str = "–";
pub const NULL_VALUE: &str = "(no value)";
pub const ONLY: &str = "only";
pub const OPEN_END: &str = "any";
pub const PAGES: &str = "Pages";
pub const RANGE_WRONG: &str = "The first number must be below the second.";
pub const RELOAD: &str = "Reload";
pub const RETRY: &str = "Retry";
pub const ROWS_NOT_COPIED: &str = "The browser gives no access to the clipboard here. Save the rows as CSV instead.";
pub const ROWS_SHOWN: &str = "Rows shown";
pub const SAVE_CSV: &str = "Save as CSV";
pub const SAVE_CSV_WITH_NOTES: &str = "Save as CSV with filters and definitions";
pub const SAVE_PNG: &str = "Save as PNG";
pub const SAVE_SVG: &str = "Save as SVG";
pub const SCALE: &str = "Scale";
pub const SEARCH: &str = "Search";
pub const SHARE: &str = "Share";
pub const THEME_DARK: &str = "Theme: dark";
pub const THEME_LIGHT: &str = "Theme: light";
pub const THEME_SYSTEM: &str = "Theme: as the system";
pub const TOTAL: &str = "Total";
pub const UNIT: &str = "Unit";
/// The row of all groups beyond a table's limit.
pub const OTHER: &str = "Other";
pub const UP_TO: &str = "Below";
pub const VS_PREVIOUS: &str = "vs previous";
pub const VS_PREVIOUS_YEAR: &str = "vs previous year";
pub const YES: &str = "Yes";

pub const SOURCE_FIGURES: [&str; 9] =
    ["Source", "Rows", "From the network", "From the cache", "Requests", "Row groups read / skipped", "Decoding", "Memory", "Worker"];
pub const VIEW_FIGURES: [&str; 7] = ["View", "Kind", "Rows", "Groups", "Matched", "Known already", "Painting"];

/// Presets of a date range: the label and the period's text form.
pub const PRESETS: [(&str, &str); 8] = [
    ("Last 7 days", "last 7 days"),
    ("Last 28 days", "last 28 days"),
    ("Last 90 days", "last 90 days"),
    ("Month to date", "month to date"),
    ("Previous month", "previous month"),
    ("Quarter to date", "quarter to date"),
    ("Previous quarter", "previous quarter"),
    ("Year to date", "year to date"),
];

pub fn units(unit: tarn_dashboard::TimeUnit) -> &'static str {
    use tarn_dashboard::TimeUnit as U;
    match unit {
        U::Week(_) => "weeks",
        U::Month => "months",
        U::Quarter => "quarters",
        U::Year => "years",
        _ => "days",
    }
}

pub fn comparison(comparison: Option<tarn_dashboard::Comparison>) -> &'static str {
    use tarn_dashboard::Comparison as C;
    match comparison {
        None => "Nothing",
        Some(C::PreviousPeriod) => "Previous period",
        Some(C::PreviousYear) => "Previous year",
    }
}

pub const SIGN_OUT: &str = "Sign out";

pub fn signed_in_as(name: &str) -> String {
    format!("Signed in as {name}")
}

pub fn more_of(view: &str) -> String {
    format!("More of {view}")
}

pub fn rows_copied(n: &str) -> String {
    format!("{n} rows copied")
}

pub fn exported(at: &str) -> String {
    format!("exported {at} UTC")
}

pub fn move_left(column: &str) -> String {
    format!("Move {column} to the left")
}

pub fn move_right(column: &str) -> String {
    format!("Move {column} to the right")
}

pub fn width_of(column: &str) -> String {
    format!("Width of {column}")
}

pub fn confirmed(at: &str) -> String {
    format!("confirmed {at} UTC")
}

pub fn n_values(n: &str) -> String {
    if n == "1" { "1 value".into() } else { format!("{n} values") }
}

pub fn search_values(filter: &str) -> String {
    format!("Search {}", lower_first(filter))
}

pub fn grain(unit: tarn_dashboard::TimeUnit) -> &'static str {
    use tarn_dashboard::TimeUnit as U;
    match unit {
        U::Microsecond => "Microsecond",
        U::Millisecond => "Millisecond",
        U::Second => "Second",
        U::Minute => "Minute",
        U::Hour => "Hour",
        U::Day => "Day",
        U::Week(_) => "Week",
        U::Month => "Month",
        U::Quarter => "Quarter",
        U::Year => "Year",
    }
}

pub fn vs_previous_days(days: i64) -> String {
    if days == 1 { "vs previous day".into() } else { format!("vs previous {days} days") }
}

pub fn clear(filter: &str) -> String {
    format!("Clear {}", lower_first(filter))
}

/// `Period 3 – 30 Jun 2001 and delay 15 – 90 min leave nothing here.`
pub fn leave_nothing(filters: &[(String, String)]) -> String {
    let mut said: Vec<String> = filters.iter().map(|(label, value)| format!("{} {value}", lower_first(label))).collect();
    let verb = if said.len() == 1 { "leaves" } else { "leave" };
    let last = said.pop().unwrap_or_default();
    let list = if said.is_empty() { last } else { format!("{} and {last}", said.join(", ")) };
    format!("{} {verb} nothing here.", upper_first(&list))
}

pub fn data_to(day: &str) -> String {
    format!("Data to {day}")
}

pub fn refreshed(age: &str) -> String {
    format!("refreshed {age}")
}

/// The next snapshot was expected that long ago.
pub fn refresh_late(by: &str) -> String {
    format!("a refresh is late, due {by}")
}

pub fn refresh_failed(what: &str) -> String {
    format!("last refresh failed: {what}")
}

pub fn expired_notice(age: &str) -> String {
    format!("Not current: last confirmed {age}.")
}

pub fn of_rows(matched: &str, total: &str, noun: &str) -> String {
    format!("{matched} of {total} {noun}")
}

pub fn snapshot(name: &str) -> String {
    format!("snapshot {name}")
}

pub fn bytes_read(read: &str, from_network: &str) -> String {
    format!("{read} read, {from_network} from the network")
}

pub fn query_took(ms: &str) -> String {
    format!("query {ms} ms")
}

pub fn loading_bytes(done: &str, total: &str) -> String {
    format!("{done} of {total}")
}

pub fn showing_rows(shown: &str, all: &str) -> String {
    format!("{shown} of {all} rows")
}

pub fn sort_by(column: &str) -> String {
    format!("Sort by {column}")
}

pub fn address_not_understood(details: &str) -> String {
    format!("Part of the address was not understood and was left out: {details}.")
}

pub fn workers_died(message: &str) -> String {
    format!("The part of the page that reads the data stopped several times ({message}).")
}

pub const WORKERS_DIED_HINT: &str = "Retry. If it stays, close other tabs to free memory, or reload the page.";

pub fn overflow(expression: &str) -> (String, String) {
    (
        format!("A number became too large in `{expression}`."),
        "Cast to double in the dashboard's SQL, or filter the rows that are out of range.".into(),
    )
}

pub fn cast_failed(expression: &str, value: &str) -> (String, String) {
    (format!("`{value}` does not fit in `{expression}`."), "Use try_cast, or clean the value before publishing the data.".into())
}

pub fn too_many_groups(groups: u64, limit: u64) -> (String, String) {
    (format!("The grouping makes {groups} groups; the limit is {limit}."), "Filter more, or group by something coarser.".into())
}

pub fn unknown_view(id: &str) -> (String, String) {
    (format!("The worker does not know the view `{id}`."), "Reload: the page and its worker are of different versions.".into())
}

pub fn unsupported(what: &str) -> (String, String) {
    (format!("{what} is not supported here."), "Compute it upstream, when the data is written.".into())
}

pub fn boot_error(error: &crate::boot::BootError) -> (&'static str, String, String) {
    use crate::boot::BootError as E;
    match error {
        E::NoStartScript => {
            ("This page is incomplete", "Its start-up script is missing. Build it again with `trunk build`.".into(), String::new())
        }
        E::NotLoaded { message } => (
            "The dashboard could not be loaded",
            "Check the connection, then reload. If it stays, the deployment lacks a file.".into(),
            message.clone(),
        ),
        E::NotADashboard => ("The dashboard file is damaged", "Deploy it again with the tool that built this page.".into(), String::new()),
        E::OtherVersion { found } => (
            "The dashboard and this page are of different versions",
            "Reload. If it stays, deploy both from one build.".into(),
            format!("format {found}, expected {}", tarn_dashboard::FORMAT),
        ),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub fn pinned(snapshot: &str) -> String {
    format!("This link shows the snapshot {snapshot}, whatever is newer.")
}
