//! The publication file: where rows come from, how they are laid out, what must hold, and where they go.
mod checks;
mod input;
mod layout;

use crate::{
    Diagnostic, Files, Span,
    compile::read_text,
    diagnostic::Report,
    duration,
    yaml::{self, Fields, Node},
};

pub use checks::{Checks, RowBounds};
pub use input::Input;
pub use layout::{Layout, Split};

/// A publication file, read and checked as far as that is possible without its dashboard and its data.
///
/// Texts may hold `${NAME}`: the value of an environment variable, put in when the publication runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The dashboard file whose contract is kept, relative to the publication file.
    pub dashboard: String,
    /// The source in it; `None` where the dashboard has only one.
    pub source: Option<String>,
    pub input: Input,
    /// A folder, or an address of an object store (`s3://`, `gs://`, `az://`).
    pub to: String,
    pub layout: Layout,
    pub checks: Checks,
    /// Seconds for which a superseded snapshot stays readable.
    pub keep_secs: u32,
    /// Seconds until the next refresh is expected.
    pub every_secs: Option<u32>,
}

/// What became of a publication file.
#[derive(Debug)]
pub struct CompiledPublication {
    pub files: Files,
    pub diagnostics: Vec<Diagnostic>,
    /// Present exactly when no diagnostic is an error.
    pub publication: Option<Publication>,
}

/// A week: a link that pins a snapshot works that long.
const DEFAULT_KEEP_SECS: u32 = 7 * 86_400;

/// Reads a publication file. `name` stands in messages.
pub fn compile_publication(name: &str, bytes: &[u8]) -> CompiledPublication {
    let mut files = Files::default();
    let mut report = Report::default();
    let publication = match read_text(bytes) {
        Ok(text) => {
            let file = files.add(name, text.to_owned());
            yaml::parse(text, file, &mut report).and_then(|root| publication(&root, &mut report))
        }
        Err((message, hint)) => {
            let file = files.add(name, String::new());
            report.error(Span::new(file, 0, 0), message).hint(hint);
            None
        }
    };
    let publication = publication.filter(|_| !report.has_errors());
    CompiledPublication { files, diagnostics: report.into_diagnostics(), publication }
}

fn publication(root: &Node, report: &mut Report) -> Option<Publication> {
    let mut fields = Fields::read(root, "a publication", report)?;
    let dashboard = fields.required("dashboard", "the dashboard file whose `schema:` is kept, as in `dashboard: dashboard.yaml`", report);
    let source = fields.get("source", report);
    let from = fields.required("from", "where rows come from: `from: { parquet: exports/*.parquet }`, or a driver and a query", report);
    let to = fields.required("to", "a folder or a bucket, as in `to: s3://bucket/data/flights`", report);
    let layout = fields.get("layout", report);
    let checks = fields.get("checks", report);
    let keep = fields.get("keep", report);
    let every = fields.get("every", report);
    fields.finish(report);

    let layout = layout.map_or_else(|| Some(Layout::default()), |node| layout::read(node, report));
    let checks = checks.map_or_else(|| Some(Checks::default()), |node| checks::read(node, report));
    let keep_secs = keep.map_or(Some(DEFAULT_KEEP_SECS), |node| period(node, report));
    let every_secs = every.map(|node| period(node, report));
    let dashboard = dashboard.and_then(|node| filled(node, report));
    let source = source.map(|node| filled(node, report));
    let input = from.and_then(|node| input::read(node, report));
    let to = to.and_then(|node| target(node, report));
    Some(Publication {
        dashboard: dashboard?,
        source: source.map_or(Some(None), |source| source.map(Some))?,
        input: input?,
        to: to?,
        layout: layout?,
        checks: checks?,
        keep_secs: keep_secs?,
        every_secs: every_secs.map_or(Some(None), |every| every.map(Some))?,
    })
}

/// A text that is not blank.
fn filled(node: &Node, report: &mut Report) -> Option<String> {
    let text = node.text(report)?;
    if text.trim().is_empty() {
        report.error(node.span, "the text is empty").hint("write something, or remove the key");
        return None;
    }
    Some(text.to_owned())
}

fn period(node: &Node, report: &mut Report) -> Option<u32> {
    let text = node.text(report)?;
    let seconds = duration::seconds(text);
    if seconds.is_none() {
        report.error(node.span, format!("`{text}` is not a duration")).hint("a number and s, m, h or d: 30s, 5m, 24h, 7d");
    }
    seconds
}

fn target(node: &Node, report: &mut Report) -> Option<String> {
    let text = filled(node, report)?;
    let Some((scheme, _)) = text.split_once("://") else { return Some(text) };
    match scheme {
        "s3" | "s3a" | "gs" | "az" | "azure" | "abfs" | "abfss" | "file" => Some(text),
        "http" | "https" => {
            report
                .error(node.span, "a publication cannot write to a web address")
                .hint("name the bucket: s3://…, gs://…, az://…, or a folder");
            None
        }
        _ => {
            report
                .error(node.span, format!("`{scheme}://` is no store that can be written to"))
                .hint("s3://…, gs://…, az://…, or a folder");
            None
        }
    }
}

/// Names of columns: one, or a list.
fn names(node: &Node, report: &mut Report) -> Option<Vec<String>> {
    let names: Vec<Option<String>> = node.items().into_iter().map(|item| filled(item, report)).collect();
    let names: Vec<String> = names.into_iter().collect::<Option<_>>()?;
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            report.error(node.items()[at].span, format!("`{name}` stands here twice")).hint("remove one of them");
            return None;
        }
    }
    Some(names)
}
