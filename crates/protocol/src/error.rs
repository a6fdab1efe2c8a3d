use serde::{Deserialize, Serialize};

/// Why a source cannot be shown. Data for the sentence, which [`LoadError::what`] and [`LoadError::hint`] write once for the
/// page and the command line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadError {
    pub source: String,
    pub url: String,
    pub kind: LoadErrorKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LoadErrorKind {
    /// 404 or 410.
    NotFound,
    /// 401 or 403.
    Forbidden {
        status: u16,
    },
    /// Any other status that is no answer.
    Status {
        status: u16,
    },
    /// `fetch` failed without a status although the page's own origin answers: the store sends no CORS headers.
    Blocked {
        origin: String,
    },
    /// `fetch` failed without a status and so did the probe.
    Offline,
    /// No byte for that long.
    Timeout {
        seconds: u32,
    },
    /// The answer's range or length is not what was asked for.
    WrongRange {
        expected: String,
        found: String,
    },
    /// The body ended early.
    CutShort {
        expected: u64,
        found: u64,
    },
    /// The file changed between two requests.
    Replaced,
    /// The answer is a web page, most likely a login form.
    HtmlInsteadOfData,
    NotParquet,
    Encrypted,
    UnsupportedCodec {
        codec: String,
        column: String,
    },
    UnsupportedType {
        column: String,
        found: String,
    },
    /// The file contradicts itself.
    Damaged {
        detail: String,
    },
    /// A column of the contract is not in the file.
    MissingColumn {
        column: String,
        available: Vec<String>,
    },
    /// A column's type cannot be widened to the contract's.
    ColumnType {
        column: String,
        expected: String,
        found: String,
    },
    /// A column that the contract calls not null has nulls.
    NullsInColumn {
        column: String,
    },
    /// More than the memory budget.
    TooLarge {
        bytes: u64,
        budget: u64,
    },
    /// The worker died while loading this source, several times.
    WorkerDied {
        message: String,
    },
    /// The answer is no manifest, or not one that this version reads.
    NotManifest {
        detail: String,
    },
    /// The bytes are not those that were published.
    DigestMismatch {
        what: String,
    },
    /// The address pins a snapshot that the store does not have.
    SnapshotGone {
        snapshot: String,
    },
}

/// Why one view has no result although its source may be fine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum QueryError {
    Load(LoadError),
    /// Arithmetic failed in a row that passed the filters.
    Overflow {
        expression: String,
    },
    /// A value did not fit in a cast.
    Cast {
        expression: String,
        value: String,
    },
    /// More groups than the engine can hold.
    TooManyGroups {
        groups: u64,
        limit: u64,
    },
    UnknownView {
        id: String,
    },
    /// A feature of the file that this engine does not run.
    Unsupported {
        what: String,
    },
}

impl LoadError {
    /// What happened, in one sentence without the place.
    pub fn what(&self) -> String {
        use LoadErrorKind as K;
        match &self.kind {
            K::NotFound => "The data file was not found.".into(),
            K::Forbidden { status } => format!("The store refused access to the data (status {status})."),
            K::Status { status } => format!("The store answered with status {status}."),
            K::Blocked { origin } => format!("The store does not let pages from {origin} read this file."),
            K::Offline => "The data could not be reached.".into(),
            K::Timeout { seconds } => format!("The store sent nothing for {seconds} seconds."),
            K::WrongRange { expected, found } => format!("The store answered with other bytes ({found}) than were asked for ({expected})."),
            K::CutShort { expected, found } => format!("The answer ended after {found} of {expected} bytes."),
            K::Replaced => "The data file was replaced while it was being read.".into(),
            K::HtmlInsteadOfData => "The store answered with a web page instead of data.".into(),
            K::NotParquet => "The file is not a Parquet file.".into(),
            K::Encrypted => "The file is encrypted.".into(),
            K::UnsupportedCodec { codec, column } => {
                format!("Column `{column}` is compressed with {codec}, which the browser runtime does not carry.")
            }
            K::UnsupportedType { column, found } => format!("Column `{column}` has the type {found}, which is not supported."),
            K::Damaged { detail } => format!("The file is damaged: {detail}."),
            K::MissingColumn { column, .. } => format!("The data has no column `{column}`."),
            K::ColumnType { column, expected, found } => {
                format!("Column `{column}` is {found} in the data, but the dashboard expects {expected}.")
            }
            K::NullsInColumn { column } => format!("Column `{column}` has nulls, but the dashboard says that it has none."),
            K::TooLarge { bytes, budget } => {
                format!("The data needs {} MB of memory; the budget is {} MB.", bytes / 1_000_000, budget / 1_000_000)
            }
            K::WorkerDied { message } => format!("Reading the data failed repeatedly: {message}."),
            K::NotManifest { detail } => format!("The manifest cannot be read: {detail}."),
            K::SnapshotGone { snapshot } => format!("The snapshot `{snapshot}` of this link is no longer kept."),
            K::DigestMismatch { what } => format!("The bytes of {what} are not those that were published."),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        use LoadErrorKind as K;
        match &self.kind {
            K::NotFound => format!("Check `source:` of `{}` in the dashboard file and that the file was deployed.", self.source),
            K::Forbidden { .. } => {
                "Sign in again. If that does not help, ask the owner of the dashboard for access; a signed URL may have expired.".into()
            }
            K::Status { .. } => "Try again. If it stays, the store's log tells more.".into(),
            K::Blocked { origin } => format!(
                "Add a CORS rule to the store: allow origin {origin}, method GET, header Range; expose ETag, Content-Range and Content-Length."
            ),
            K::Offline => "Check the connection, then retry.".into(),
            K::Timeout { .. } | K::CutShort { .. } => "Retry. If it stays, a proxy between here and the store may cut long answers.".into(),
            K::WrongRange { .. } => "The server or a proxy does not serve byte ranges correctly; serve the file from one that does.".into(),
            K::Replaced => "Retry. Publish new data under a new name, so that readers never see half of it.".into(),
            K::HtmlInsteadOfData => "Sign in again, or check that the URL points at the file itself.".into(),
            K::NotParquet => format!("Check that `source:` of `{}` names a .parquet file, not a CSV or a folder.", self.source),
            K::Encrypted => "Write the file without Parquet encryption and protect it at the proxy.".into(),
            K::UnsupportedCodec { .. } => "Write the file with zstd or snappy.".into(),
            K::UnsupportedType { .. } => "Cast the column when writing the file.".into(),
            K::Damaged { .. } => "Write the file again.".into(),
            K::MissingColumn { column, available } => match closest(column, available) {
                Some(name) => format!("Did you mean `{name}`? Change the dashboard's `schema:` or add the column to the data."),
                None => format!("The data has: {}. Change the dashboard's `schema:` or add the column to the data.", available.join(", ")),
            },
            K::ColumnType { column, expected, .. } => {
                format!("Write the data with `cast({column} as {expected})`, or change the dashboard's `schema:`.")
            }
            K::NullsInColumn { column } => format!("Remove the `!` after the type of `{column}` in `schema:`, or fix the data."),
            K::TooLarge { .. } => "Filter or aggregate the data before publishing it, or use fewer columns on this page.".into(),
            K::WorkerDied { .. } => "Reload the page. If it stays, the data file is likely damaged.".into(),
            K::NotManifest { .. } => format!("Check that `source:` of `{}` names a manifest that `tarn publish` wrote.", self.source),
            K::SnapshotGone { .. } => "Go to the newest snapshot, or ask the publisher to keep more of them.".into(),
            K::DigestMismatch { .. } => {
                "Retry. If it stays, a proxy changes answers or a published file was overwritten: publish again.".into()
            }
        }
    }
}

/// The name that a typing mistake most likely meant: at most a third of its letters away.
fn closest<'a>(name: &str, available: &'a [String]) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let distances = available.iter().map(|other| (distance(&name, &other.to_lowercase().chars().collect::<Vec<char>>()), other));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len().max(3) / 3).then_some(nearest.as_str())
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (vec![], (0..=b.len()).collect());
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let substituted = above[j] + usize::from(a[i] != b[j]);
            let swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
            let swapped = if swapped { before[j - 1] + 1 } else { usize::MAX };
            row.push(substituted.min(above[j + 1] + 1).min(row[j] + 1).min(swapped));
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn missing(column: &str, available: &[&str]) -> LoadError {
        let available = available.iter().map(|name| (*name).to_owned()).collect();
        LoadError {
            source: "flights".into(),
            url: "f.parquet".into(),
            kind: LoadErrorKind::MissingColumn { column: column.into(), available },
        }
    }

    #[test]
    fn missing_column_names_the_closest_one() {
        let error = missing("destinaton", &["origin", "destination"]);
        assert_eq!(error.what(), "The data has no column `destinaton`.");
        assert!(error.hint().starts_with("Did you mean `destination`?"), "{}", error.hint());
    }

    #[test]
    fn swapped_letters_are_one_mistake() {
        assert!(missing("delya", &["date", "delay"]).hint().starts_with("Did you mean `delay`?"));
        assert!(missing("origni", &["orion", "origin"]).hint().starts_with("Did you mean `origin`?"));
        assert!(missing("delya", &["daley", "daily"]).hint().starts_with("The data has: daley, daily."));
    }

    #[test]
    fn missing_column_lists_the_columns_when_none_is_close() {
        assert!(missing("carrier", &["origin", "delay"]).hint().starts_with("The data has: origin, delay."));
        assert!(missing("carrier", &[]).hint().starts_with("The data has: ."));
    }

    #[test]
    fn blocked_store_names_the_rule_to_add() {
        let kind = LoadErrorKind::Blocked { origin: "https://a.example".into() };
        let error = LoadError { source: "flights".into(), url: "https://b.example/f.parquet".into(), kind };
        assert!(error.hint().contains("allow origin https://a.example, method GET, header Range"));
    }

    /// One of each kind.
    fn all() -> Vec<LoadErrorKind> {
        use LoadErrorKind as K;
        let text = || "x".to_owned();
        vec![
            K::NotFound,
            K::Forbidden { status: 403 },
            K::Status { status: 503 },
            K::Blocked { origin: text() },
            K::Offline,
            K::Timeout { seconds: 15 },
            K::WrongRange { expected: text(), found: text() },
            K::CutShort { expected: 2, found: 1 },
            K::Replaced,
            K::HtmlInsteadOfData,
            K::NotParquet,
            K::Encrypted,
            K::UnsupportedCodec { codec: text(), column: text() },
            K::UnsupportedType { column: text(), found: text() },
            K::Damaged { detail: text() },
            K::MissingColumn { column: text(), available: vec![] },
            K::ColumnType { column: text(), expected: text(), found: text() },
            K::NullsInColumn { column: text() },
            K::TooLarge { bytes: 2, budget: 1 },
            K::WorkerDied { message: text() },
            K::NotManifest { detail: text() },
            K::DigestMismatch { what: text() },
            K::SnapshotGone { snapshot: text() },
        ]
    }

    #[test]
    fn every_failure_stands_in_the_documentation_once_and_says_what_to_do() {
        let table = include_str!("../../../docs/loading.md").split("| message |").nth(1).unwrap();
        let messages: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
        let kinds = all();
        assert_eq!(messages.len(), kinds.len());
        for kind in kinds {
            let error = LoadError { source: "flights".into(), url: "f.parquet".into(), kind };
            let what = error.what().replace('`', "");
            let says = |message: &&&str| {
                let mut rest = what.as_str();
                message.split('…').all(|part| rest.split_once(part.trim()).inspect(|(_, behind)| rest = behind).is_some())
            };
            assert_eq!(messages.iter().filter(says).count(), 1, "{what}");
            assert!(error.hint().len() > 15, "{what}");
        }
    }
}
