use crate::{data_dir, footer};
use std::collections::BTreeSet;
use std::path::Path;
use tarn_dashboard::{Dashboard, Location, Source};
use tarn_protocol::{LoadError, QueryError, Run, ViewRequest};
use tarn_runtime::{FileHost, Runtime, block_on};
use tarn_snapshot::check_contract;
use tarn_spec::{Compiled, Diagnostic, Severity, Span};

/// Adds what the local data says of a dashboard without errors: columns that break the contract, views without an answer.
/// Sources with an `https://` address are left to the page.
pub fn check(file: &Path, named_dir: Option<&Path>, compiled: &mut Compiled) -> Result<(), String> {
    let Some(dashboard) = &compiled.dashboard else { return Ok(()) };
    let place = |path: &[&str]| compiled.key_span(path).unwrap_or_default();
    let dir = data_dir::chosen(named_dir, file, dashboard);
    let _progress = crate::progress::Progress::of("answering every view");
    let mut found = vec![];
    for source in &dashboard.sources {
        found.extend(contract(source, &dir, place));
    }
    if found.is_empty() {
        found = views(dashboard, &dir, place);
    }
    compiled.diagnostics.extend(found);
    Ok(())
}

fn error(span: Span, message: String, hint: String) -> Diagnostic {
    Diagnostic { severity: Severity::Error, span, message, hint: Some(hint) }
}

/// Whether the data is not here: it has an address of its own, or one that a viewer's claim completes.
fn is_elsewhere(url: &str) -> bool {
    url.contains("://") || url.contains("{user.")
}

/// Every column of every file, by the footers alone.
fn contract(source: &Source, dir: &Path, place: impl Fn(&[&str]) -> Span) -> Vec<Diagnostic> {
    let Location::Parquet(urls) = &source.location else { return vec![] };
    let mut found = vec![];
    for url in urls.iter().filter(|url| !is_elsewhere(url)) {
        let path = dir.join(url);
        let footer = match footer::read(&path) {
            Ok(footer) => footer,
            Err(message) => {
                let hint = "write `source:` relative to the dashboard file, or name the folder with --data-dir".to_owned();
                found.push(error(place(&["data", &source.name, "source"]), message, hint));
                continue;
            }
        };
        for column in &source.columns {
            if let Err(kind) = check_contract(url, footer.fields(), std::slice::from_ref(column)) {
                let problem = LoadError { source: source.name.clone(), url: url.clone(), kind };
                let span = place(&["data", &source.name, "schema", &column.name]);
                found.push(error(span, format!("{} [{}]", problem.what(), path.display()), problem.hint()));
            }
        }
    }
    found
}

/// Answers every view as it opens, each failure once.
fn views(dashboard: &Dashboard, dir: &Path, place: impl Fn(&[&str]) -> Span) -> Vec<Diagnostic> {
    let runtime = Runtime::new(FileHost::new(dir), dashboard.clone(), "", |_| {});
    let remote = |source: &str| {
        dashboard.source(source).is_some_and(|source| match &source.location {
            Location::Manifest(url) => is_elsewhere(url),
            Location::Parquet(urls) => urls.iter().any(|url| is_elsewhere(url)),
        })
    };
    let defaults = dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), filter.default.clone()?)));
    let selections: Vec<_> = defaults.collect();
    let (mut found, mut told) = (vec![], BTreeSet::new());
    for page in &dashboard.pages {
        let local = page.views().filter(|view| !remote(&view.source));
        let views = local.map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() }).collect();
        // All rows have to keep the contract, also those that no view shows as it opens.
        block_on(runtime.preload(&page.id, None));
        let run = Run { seq: 0, page: page.id.clone(), selections: selections.clone(), comparisons: vec![], views };
        for (id, result) in block_on(runtime.run(&run)).views {
            let Err(problem) = result else { continue };
            let (span, message, hint) = match problem {
                QueryError::Load(problem) => {
                    let message = format!("{} [{}]", problem.what(), problem.url);
                    (place(&["data", &problem.source]), message, problem.hint())
                }
                other => {
                    let text = crate::query::explained(&other);
                    let (message, hint) = text.split_once("\nhint: ").unwrap_or((&text, "simplify the view"));
                    (place(&["pages"]), format!("view `{id}`: {message}"), hint.to_owned())
                }
            };
            if told.insert(message.clone()) {
                found.push(error(span, message, hint));
            }
        }
    }
    found
}
