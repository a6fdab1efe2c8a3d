//! What went wrong, in the page's language. A viewer here has no dashboard file to mend: where a message's cure is in one, none is
//! named.
use tarn_dashboard::Dashboard;
use tarn_draft::Failure;
use tarn_protocol::{LoadError, LoadErrorKind};

/// What happened, and what to do about it where that is known.
pub fn told(failure: &Failure, spoken: &Dashboard) -> (String, String) {
    let german = spoken.locale.starts_with("de");
    match failure {
        Failure::Load(error) => load(error, spoken),
        Failure::Nothing(nothing) => match &nothing.unreadable {
            Some(kind @ LoadErrorKind::UnsupportedCodec { .. }) => load(&of_kind(kind), spoken),
            _ if german => {
                let what = format!("Keine Spalte dieser Datei kann gezeigt werden: {}.", nothing.list());
                (what, "Listen und Strukturen vorher auflösen, zum Beispiel mit unnest() in DuckDB.".into())
            }
            _ => {
                let what = format!("No column of this file can be shown: {}.", nothing.list());
                (what, "Flatten lists and structs upstream, for example with unnest() in DuckDB.".into())
            }
        },
        Failure::Died(message) => load(&of_kind(&LoadErrorKind::WorkerDied { message: message.clone() }), spoken),
        Failure::Program(found) => (found.clone(), String::new()),
    }
}

fn of_kind(kind: &LoadErrorKind) -> LoadError {
    LoadError { source: String::new(), url: String::new(), kind: kind.clone() }
}

fn load(error: &LoadError, spoken: &Dashboard) -> (String, String) {
    use LoadErrorKind as K;
    let catalogue = spoken.catalogue();
    let elsewhere = matches!(
        error.kind,
        K::NotFound
            | K::NotParquet
            | K::Replaced
            | K::MissingColumn { .. }
            | K::ColumnType { .. }
            | K::NullsInColumn { .. }
            | K::WorkerDied { .. }
    );
    (error.what_in(catalogue), if elsewhere { String::new() } else { error.hint_in(catalogue) })
}
