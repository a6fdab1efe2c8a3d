use serde::{Deserialize, Serialize};
use tarn_dashboard::{Catalogue, Phrase as P};

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
        columns: Vec<String>,
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
    pub fn is_too_large(&self) -> bool {
        matches!(self.kind, LoadErrorKind::TooLarge { .. })
    }

    /// What happened, in one sentence without the place, in English.
    pub fn what(&self) -> String {
        self.what_in(Catalogue::ENGLISH)
    }

    /// What to do about it, in English.
    pub fn hint(&self) -> String {
        self.hint_in(Catalogue::ENGLISH)
    }

    /// What happened, in one sentence without the place.
    pub fn what_in(&self, catalogue: Catalogue<'_>) -> String {
        use LoadErrorKind as K;
        let say = |phrase, values: &[(&str, &str)]| catalogue.fill(phrase, values);
        match &self.kind {
            K::NotFound => say(P::NotFound, &[]),
            K::Forbidden { status } => say(P::Forbidden, &[("status", &status.to_string())]),
            K::Status { status } => say(P::BadStatus, &[("status", &status.to_string())]),
            K::Blocked { origin } => say(P::Blocked, &[("origin", origin)]),
            K::Offline => say(P::Offline, &[]),
            K::Timeout { seconds } => say(P::Timeout, &[("seconds", &seconds.to_string())]),
            K::WrongRange { expected, found } => say(P::WrongRange, &[("expected", expected), ("found", found)]),
            K::CutShort { expected, found } => say(P::CutShort, &[("expected", &expected.to_string()), ("found", &found.to_string())]),
            K::Replaced => say(P::Replaced, &[]),
            K::HtmlInsteadOfData => say(P::HtmlInsteadOfData, &[]),
            K::NotParquet => say(P::NotParquet, &[]),
            K::Encrypted => say(P::Encrypted, &[]),
            K::UnsupportedCodec { codec, column } => say(P::UnsupportedCodec, &[("codec", codec), ("column", column)]),
            K::UnsupportedType { column, found } => say(P::UnsupportedType, &[("column", column), ("found", found)]),
            K::Damaged { detail } => say(P::Damaged, &[("detail", detail)]),
            K::MissingColumn { column, .. } => say(P::MissingColumn, &[("column", column)]),
            K::ColumnType { column, expected, found } => {
                say(P::ColumnType, &[("column", column), ("expected", expected), ("found", found)])
            }
            K::NullsInColumn { column } => say(P::NullsInColumn, &[("column", column)]),
            K::TooLarge { columns, bytes, budget } => {
                let megabytes = |bytes: u64| bytes.div_ceil(1_000_000).to_string();
                let values = [("columns", columns.join(", ")), ("needed", megabytes(*bytes)), ("budget", megabytes(*budget))];
                say(P::TooLarge, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
            }
            K::WorkerDied { message } => say(P::WorkerDied, &[("message", message)]),
            K::NotManifest { detail } => say(P::NotManifest, &[("detail", detail)]),
            K::SnapshotGone { snapshot } => say(P::SnapshotGone, &[("snapshot", snapshot)]),
            K::DigestMismatch { what } => say(P::DigestMismatch, &[("what", what)]),
        }
    }

    /// What to do about it.
    pub fn hint_in(&self, catalogue: Catalogue<'_>) -> String {
        use LoadErrorKind as K;
        let say = |phrase, values: &[(&str, &str)]| catalogue.fill(phrase, values);
        let source = ("source", self.source.as_str());
        match &self.kind {
            K::NotFound => say(P::NotFoundHint, &[source]),
            K::Forbidden { .. } => say(P::ForbiddenHint, &[]),
            K::Status { .. } => say(P::BadStatusHint, &[]),
            K::Blocked { origin } => say(P::BlockedHint, &[("origin", origin)]),
            K::Offline => say(P::OfflineHint, &[]),
            K::Timeout { .. } | K::CutShort { .. } => say(P::CutShortHint, &[]),
            K::WrongRange { .. } => say(P::WrongRangeHint, &[]),
            K::Replaced => say(P::ReplacedHint, &[]),
            K::HtmlInsteadOfData => say(P::HtmlInsteadOfDataHint, &[]),
            K::NotParquet => say(P::NotParquetHint, &[source]),
            K::Encrypted => say(P::EncryptedHint, &[]),
            K::UnsupportedCodec { .. } => say(P::UnsupportedCodecHint, &[]),
            K::UnsupportedType { .. } => say(P::UnsupportedTypeHint, &[]),
            K::Damaged { .. } => say(P::DamagedHint, &[]),
            K::MissingColumn { column, available } => match closest(column, available) {
                Some(name) => say(P::MissingColumnMeant, &[("name", name)]),
                None => say(P::MissingColumnHint, &[("columns", &available.join(", "))]),
            },
            K::ColumnType { column, expected, .. } => say(P::ColumnTypeHint, &[("column", column), ("expected", expected)]),
            K::NullsInColumn { column } => say(P::NullsInColumnHint, &[("column", column)]),
            K::TooLarge { .. } => say(P::TooLargeHint, &[]),
            K::WorkerDied { .. } => say(P::WorkerDiedHint, &[]),
            K::NotManifest { .. } => say(P::NotManifestHint, &[source]),
            K::SnapshotGone { .. } => say(P::SnapshotGoneHint, &[]),
            K::DigestMismatch { .. } => say(P::DigestMismatchHint, &[]),
        }
    }
}

/// The name that a typing mistake most likely meant: at most a third of its letters away.
fn closest<'a>(name: &str, available: &'a [String]) -> Option<&'a str> {
    let name: Vec<char> = name.to_ascii_lowercase().chars().collect();
    let distances = available.iter().map(|other| (distance(&name, &other.to_ascii_lowercase().chars().collect::<Vec<char>>()), other));
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
            K::TooLarge { columns: vec![text()], bytes: 2, budget: 1 },
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
