use crate::{
    Access, Diagnostic, Files, ReadFile, Severity, Span, dashboard,
    diagnostic::Report,
    include,
    yaml::{self, Node},
};
#[cfg(not(target_arch = "wasm32"))]
use std::thread;
use tarn_dashboard::Dashboard;

/// Larger files are no dashboards.
const MAX_BYTES: usize = 1_000_000;

/// What became of a dashboard file.
#[derive(Debug)]
pub struct Compiled {
    pub files: Files,
    /// In the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// Present exactly when no diagnostic is an error.
    pub dashboard: Option<Dashboard>,
    /// Who may see what of it; `None` for a public dashboard. Whoever gives the dashboard away splits it by this.
    pub access: Option<Access>,
    /// What was read, from all files together.
    root: Option<Node>,
}

impl Compiled {
    pub fn n_errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// Where a key stands, by the keys that lead to it: for what is found out later, such as data that breaks the contract.
    pub fn key_span(&self, path: &[&str]) -> Option<Span> {
        self.root.as_ref()?.key_span(path)
    }
}

/// Nested input is read by recursion. Its depth is bounded, but the SQL parser's frames are large, and a caller's stack may be
/// small: the work gets a stack of its own.
#[cfg(not(target_arch = "wasm32"))]
const STACK_BYTES: usize = 64 << 20;

/// Compiles a dashboard file that needs no other. `name` stands in messages.
pub fn compile(name: &str, bytes: &[u8]) -> Compiled {
    compile_with(name, bytes, &|_| Err("only the dashboard file itself is read here".to_owned()))
}

/// Compiles a dashboard file, and what it names beside it.
pub fn compile_with(name: &str, bytes: &[u8], read: ReadFile<'_>) -> Compiled {
    on_own_stack(|| compile_here(name, bytes, read)).unwrap_or_else(|| failed(name))
}

/// `None` when the work broke, or there is no memory for its stack. A browser has one stack and reads what a program drafted.
#[cfg(target_arch = "wasm32")]
pub(crate) fn on_own_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    Some(work())
}

/// `None` when the work broke, or there is no memory for its stack.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn on_own_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).ok()?.join().ok())
}

fn compile_here(name: &str, bytes: &[u8], read: ReadFile<'_>) -> Compiled {
    let mut files = Files::default();
    let mut report = Report::default();
    let root = match read_text(bytes) {
        Ok(text) => {
            let file = files.add(name, text.to_owned());
            let root = yaml::parse(text, file, &mut report);
            root.map(|root| include::resolve(root, name, &mut files, read, &mut report))
        }
        Err((message, hint)) => {
            let file = files.add(name, String::new());
            report.error(Span::new(file, 0, 0), message).hint(hint);
            None
        }
    };
    let dashboard = root.as_ref().and_then(|root| dashboard::compile(root, &mut files, read, &mut report));
    let (dashboard, access) = dashboard.filter(|_| !report.has_errors()).unzip();
    Compiled { files, diagnostics: report.into_diagnostics(), dashboard, access: access.flatten(), root }
}

/// The compiler itself broke, or there is no memory for its stack.
fn failed(name: &str) -> Compiled {
    let mut files = Files::default();
    let mut report = Report::default();
    let file = files.add(name, String::new());
    report.error(Span::new(file, 0, 0), "the file could not be read: Tarn failed on it").hint("please report this with the file");
    Compiled { files, diagnostics: report.into_diagnostics(), dashboard: None, access: None, root: None }
}

pub(crate) fn read_text(bytes: &[u8]) -> Result<&str, (String, &'static str)> {
    if bytes.len() > MAX_BYTES {
        return Err((format!("the file has {} bytes; a dashboard has at most {MAX_BYTES}", bytes.len()), "is this a dashboard file?"));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| (format!("the file is not UTF-8 (byte {})", error.valid_up_to()), "save it as UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
