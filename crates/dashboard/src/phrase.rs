//! Everything that the page says, in English. `{name}` stands for a value, `{name.lower}` for it with a small first letter.
//! Two texts are the singular and the plural by `{n}`; other languages may have more forms, or one. The German twin is
//! `crates/spec/src/strings/german.yaml`.

macro_rules! phrases {
    ($($name:ident = $first:literal $(/ $plural:literal)?,)*) => {
        /// One thing that the page says, whatever the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Phrase { $($name),* }

        impl Phrase {
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The English text, or singular and plural.
            const ENGLISH: &[&[&str]] = &[$(&[$first $(, $plural)?]),*];
            const NAMES: &[&str] = &[$(stringify!($name)),*];
        }
    };
}

impl Phrase {
    /// The English text, or singular and plural.
    pub fn english(self) -> &'static [&'static str] {
        Self::ENGLISH[self as usize]
    }

    /// Its key in a file of strings: `LinkCopied` is `link_copied`.
    pub fn key(self) -> String {
        let mut key = String::new();
        for (i, c) in Self::NAMES[self as usize].char_indices() {
            if c.is_ascii_uppercase() && i > 0 {
                key.push('_');
            }
            key.push(c.to_ascii_lowercase());
        }
        key
    }
}

phrases! {
    // The page.
    Pages = "Pages",
    Filters = "Filters",
    Share = "Share",
    LinkCopied = "Link copied",
    LinkNotCopied = "The link could not be copied. It stands in the address bar.",
    SignOut = "Sign out",
    SignedInAs = "Signed in as {name}",
    ThemeSystem = "Theme: as the system",
    ThemeLight = "Theme: light",
    ThemeDark = "Theme: dark",
    Dismiss = "Dismiss",
    Close = "Close",
    Retry = "Retry",
    Reload = "Reload",
    Loading = "Loading",
    LoadingBytes = "{done} of {total}",
    NothingToShow = "There is nothing to show yet.",
    AddressNotUnderstood = "Part of the address was not understood and was left out: {details}.",
    Pinned = "This link shows the snapshot {snapshot}, whatever is newer.",
    GoToNewest = "Go to the newest",
    NewVersion = "There is a new version of this page. What you see goes on working.",
    // Freshness and the foot of the page.
    Fresh = "fresh",
    Stale = "stale",
    Expired = "expired",
    DataTo = "Data to {day}",
    Refreshed = "refreshed {age}",
    RefreshLate = "a refresh is late, due {age}",
    RefreshFailed = "last refresh failed: {what}",
    NotCurrent = "Not current: last confirmed {age}.",
    JustNow = "just now",
    MinutesAgo = "{n} min ago" / "{n} min ago",
    HoursAgo = "{n} h ago" / "{n} h ago",
    DaysAgo = "{n} d ago" / "{n} d ago",
    OfRows = "{matched} of {total} {noun}",
    Snapshot = "snapshot {name}",
    BytesRead = "{read} read, {fetched} from the network",
    QueryTook = "query {ms} ms",
    Confirmed = "confirmed {at} UTC",
    Exported = "exported {at} UTC",
    CacheTooSmall = "The data is larger than the space that this browser gives: it is fetched again on the next visit.",
    CacheUnavailable = "This browser stores nothing here (private mode?): data is fetched again on the next visit.",
    CacheFull = "This browser's storage is full: data is fetched again on the next visit.",
    CacheFailed = "Storing the data failed: it may be fetched again on the next visit.",
    // Filters.
    All = "All",
    AnswerYes = "Yes",
    AnswerNo = "No",
    Only = "only",
    Search = "Search",
    Reset = "Reset",
    ClearFilter = "Clear {filter.lower}",
    ClearAllFilters = "Clear all filters",
    NoValueMatches = "No value matches.",
    EmptyText = "(empty)",
    NullValue = "(no value)",
    ListKeys = "Arrows walk the list, Enter chooses, Shift and Enter choose alone",
    SearchValues = "Search {filter.lower}",
    NValues = "{n} value" / "{n} values",
    From = "From",
    Below = "Below",
    AnyNumber = "any",
    RangeWrong = "The first number must be below the second.",
    NotANumber = "This is not a number.",
    NotWhole = "This is not a whole number.",
    Within = "From {min} to {max}.",
    AtLeast = "At least {min}.",
    AtMost = "At most {max}.",
    FirstDay = "From",
    LastDay = "To (included)",
    NotADay = "This is not a date: write it like {example}.",
    DaysWrong = "The first day must not be after the last.",
    OpenCalendar = "Open the calendar",
    Last = "Last",
    HowMany = "How many",
    Top = "Top {n}" / "Top {n}",
    RankedBy = "by {measure.lower}",
    Unit = "Unit",
    Last7Days = "Last 7 days",
    Last28Days = "Last 28 days",
    Last90Days = "Last 90 days",
    MonthToDate = "Month to date",
    PreviousMonth = "Previous month",
    QuarterToDate = "Quarter to date",
    PreviousQuarter = "Previous quarter",
    YearToDate = "Year to date",
    UnitDays = "days",
    UnitWeeks = "weeks",
    UnitMonths = "months",
    UnitQuarters = "quarters",
    UnitYears = "years",
    CompareWith = "Compare with",
    CompareNothing = "Nothing",
    ComparePreviousPeriod = "Previous period",
    ComparePreviousYear = "Previous year",
    VsTarget = "vs target {target}",
    VsPrevious = "vs previous",
    VsPreviousDays = "vs previous day" / "vs previous {n} days",
    VsPreviousYear = "vs previous year",
    NothingBefore = "no data in the previous period",
    // Views.
    MoreOf = "More of {view}",
    CopyRows = "Copy rows",
    RowsCopied = "{n} row copied" / "{n} rows copied",
    RowsNotCopied = "The browser gives no access to the clipboard here. Save the rows as CSV instead.",
    SaveCsv = "Save as CSV",
    SaveCsvWithNotes = "Save as CSV with filters and definitions",
    SavePng = "Save as PNG",
    SaveSvg = "Save as SVG",
    Scale = "Scale",
    RowsShown = "Rows shown",
    Columns = "Columns",
    MoveLeft = "Move {column} to the left",
    MoveRight = "Move {column} to the right",
    WidthOf = "Width of {column}",
    SortBy = "Sort by {column}",
    ShowingRows = "{shown} of {all} rows",
    Total = "Total",
    Other = "Other",
    Grain = "Grain",
    GrainMicrosecond = "Microsecond",
    GrainMillisecond = "Millisecond",
    GrainSecond = "Second",
    GrainMinute = "Minute",
    GrainHour = "Hour",
    GrainDay = "Day",
    GrainWeek = "Week",
    GrainMonth = "Month",
    GrainQuarter = "Quarter",
    GrainYear = "Year",
    TextView = "Text",
    NoRows = "No rows match these filters",
    NoRowsAtAll = "The data has no rows",
    ListEnd = "{list} and {last}",
    FilterIs = "{filter.lower} {value}",
    LeavesNothing = "{filters} leaves nothing here." / "{filters} leave nothing here.",
    TitleBy = "{measures} by {keys.lower}",
    // Charts.
    ShowAsTable = "Show as table",
    ShowAsChart = "Show as chart",
    BrushStart = "Start of the selection",
    BrushEnd = "End of the selection",
    ArrowKeysWalk = "{title}: arrow keys walk through the data",
    AllSelected = "everything is selected",
    LegendOf = "{view}: legend",
    MoreSeries = "and {n} more" / "and {n} more",
    NoData = "{title}: no data.",
    LineSummary = "{title}: line chart, {span}.",
    AreaSummary = "{title}: area chart, {span}.",
    ByColour = "By colour: {series}.",
    PieSummary = "{title}: pie, {n} slice." / "{title}: pie, {n} slices.",
    HistogramSummary = "{title}: histogram, {span}.",
    BarSummary = "{title}: bar chart, {n} row." / "{title}: bar chart, {n} rows.",
    HeatmapSummary = "{title}: heatmap, {columns} by {rows}.",
    ScatterSummary = "{title}: scatter plot, {n} point, {up} by {across}." / "{title}: scatter plot, {n} points, {up} by {across}.",
    DensitySummary = "{title}: density of {n} row, {up} by {across}." / "{title}: density of {n} rows, {up} by {across}.",
    SizeIs = "Size: {size}.",
    Colour = "Colour",
    HighestOn = "Highest: {value} on {place}.",
    HighestAt = "Highest: {value} at {place}.",
    LowestAt = "Lowest: {value} at {place}.",
    FirstIs = "First: {label}, {value}.",
    SelectedIs = "Selected: {span}.",
    // What the page costs.
    Costs = "What this page costs",
    CopyJson = "Copy as JSON",
    FiguresCopied = "Figures copied",
    CostSource = "Source",
    CostRows = "Rows",
    CostNetwork = "From the network",
    CostCache = "From the cache",
    CostRequests = "Requests",
    CostRowGroups = "Row groups read / skipped",
    CostDecoding = "Decoding",
    CostMemory = "Memory",
    CostWorker = "Worker",
    CostView = "View",
    CostKind = "Kind",
    CostGroups = "Groups",
    CostMatched = "Matched",
    CostKnown = "Known already",
    CostPainting = "Painting",
    // What an address or a host page may say of a filter.
    NoSuchPage = "there is no page `{page}`",
    FilterNeedsValue = "“{filter}” needs a value",
    NothingToCompareWith = "`{text}` is nothing to compare with",
    NotOfView = "`{text}` is no {name} of “{view}”",
    FilterExpects = "filter `{filter}` expects {expected}, not `{found}`",
    ExpectsDateRange = "dates like 2001-06-03..2001-07-01 or a period like `last 28 days`",
    ExpectsRange = "a range like 15..90, its first end below its second",
    ExpectsSet = "values separated by commas",
    ExpectsOne = "one value",
    ExpectsText = "a text",
    ExpectsTop = "a whole number from 1 to 10,000",
    ExpectsListed = "one of its values",
    ExpectsInteger = "a whole number within its limits",
    ExpectsNumber = "a number within its limits",
    ExpectsDay = "a day within its limits, like 2001-06-30",
    ExpectsBoolean = "true or false",
    // Errors of a view.
    WorkersDied = "The part of the page that reads the data stopped several times ({message}).",
    WorkersDiedHint = "Retry. If it stays, close other tabs to free memory, or reload the page.",
    Overflow = "A number became too large in `{expression}`.",
    OverflowHint = "Cast to double in the dashboard's SQL, or filter the rows that are out of range.",
    CastFailed = "`{value}` does not fit in `{expression}`.",
    CastFailedHint = "Use try_cast, or clean the value before publishing the data.",
    TooManyGroups = "The grouping makes {groups} groups; the limit is {limit}.",
    TooManyGroupsHint = "Filter more, or group by something coarser.",
    UnknownView = "The worker does not know the view `{view}`.",
    UnknownViewHint = "Reload: the page and its worker are of different versions.",
    Unsupported = "{what} is not supported here.",
    UnsupportedHint = "Compute it upstream, when the data is written.",
    // Errors of a source.
    NotFound = "The data file was not found.",
    NotFoundHint = "Check `source:` of `{source}` in the dashboard file and that the file was deployed.",
    Forbidden = "The store refused access to the data (status {status}).",
    ForbiddenHint = "Sign in again. If that does not help, ask the owner of the dashboard for access; a signed URL may have expired.",
    BadStatus = "The store answered with status {status}.",
    BadStatusHint = "Try again. If it stays, the store's log tells more.",
    Blocked = "The store does not let pages from {origin} read this file.",
    BlockedHint = "Add a CORS rule to the store: allow origin {origin}, method GET, header Range; expose ETag, Content-Range and Content-Length.",
    Offline = "The data could not be reached.",
    OfflineHint = "Check the connection, then retry.",
    Timeout = "The store sent nothing for {seconds} seconds.",
    CutShort = "The answer ended after {found} of {expected} bytes.",
    CutShortHint = "Retry. If it stays, a proxy between here and the store may cut long answers.",
    WrongRange = "The store answered with other bytes ({found}) than were asked for ({expected}).",
    WrongRangeHint = "The server or a proxy does not serve byte ranges correctly; serve the file from one that does.",
    Replaced = "The data file was replaced while it was being read.",
    ReplacedHint = "Retry. Publish new data under a new name, so that readers never see half of it.",
    HtmlInsteadOfData = "The store answered with a web page instead of data.",
    HtmlInsteadOfDataHint = "Sign in again, or check that the URL points at the file itself.",
    NotParquet = "The file is not a Parquet file.",
    NotParquetHint = "Check that `source:` of `{source}` names a .parquet file, not a CSV or a folder.",
    Encrypted = "The file is encrypted.",
    EncryptedHint = "Write the file without Parquet encryption and protect it at the proxy.",
    UnsupportedCodec = "Column `{column}` is compressed with {codec}, which the browser runtime does not carry.",
    UnsupportedCodecHint = "Write the file with zstd or snappy.",
    UnsupportedType = "Column `{column}` has the type {found}, which is not supported.",
    UnsupportedTypeHint = "Cast the column when writing the file.",
    Damaged = "The file is damaged: {detail}.",
    DamagedHint = "Write the file again.",
    MissingColumn = "The data has no column `{column}`.",
    MissingColumnMeant = "Did you mean `{name}`? Change the dashboard's `schema:` or add the column to the data.",
    MissingColumnHint = "The data has: {columns}. Change the dashboard's `schema:` or add the column to the data.",
    ColumnType = "Column `{column}` is {found} in the data, but the dashboard expects {expected}.",
    ColumnTypeHint = "Write the data with `cast({column} as {expected})`, or change the dashboard's `schema:`.",
    NullsInColumn = "Column `{column}` has nulls, but the dashboard says that it has none.",
    NullsInColumnHint = "Remove the `!` after the type of `{column}` in `schema:`, or fix the data.",
    TooLarge = "The data needs {needed} MB of memory; the budget is {budget} MB.",
    TooLargeHint = "Filter or aggregate the data before publishing it, or use fewer columns on this page.",
    WorkerDied = "Reading the data failed repeatedly: {message}.",
    WorkerDiedHint = "Reload the page. If it stays, the data file is likely damaged.",
    NotManifest = "The manifest cannot be read: {detail}.",
    NotManifestHint = "Check that `source:` of `{source}` names a manifest that `tarn publish` wrote.",
    DigestMismatch = "The bytes of {what} are not those that were published.",
    DigestMismatchHint = "Retry. If it stays, a proxy changes answers or a published file was overwritten: publish again.",
    SnapshotGone = "The snapshot `{snapshot}` of this link is no longer kept.",
    SnapshotGoneHint = "Go to the newest snapshot, or ask the publisher to keep more of them.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_names_in_small_letters() {
        assert_eq!(Phrase::LinkCopied.key(), "link_copied");
        assert_eq!(Phrase::Last7Days.key(), "last7_days");
        assert_eq!(Phrase::NValues.english(), ["{n} value", "{n} values"]);
        assert_eq!(Phrase::ALL.len(), Phrase::ENGLISH.len());
    }
}
