use crate::Span;

/// Something that the author should know about a place in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub span: Span,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// There is no dashboard.
    Error,
    /// The dashboard was compiled and likely does not do what was meant.
    Warning,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Diagnostic {
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}

/// A file with more errors than this is not the file that was meant.
const MAX_DIAGNOSTICS: usize = 1_000;

/// Collects what is found, so that a file's errors are all told at once.
#[derive(Debug, Default)]
pub(crate) struct Report {
    diagnostics: Vec<Diagnostic>,
    /// The keys that were asked for, by what the mapping is.
    #[cfg(test)]
    asked: std::collections::BTreeMap<&'static str, std::collections::BTreeSet<&'static str>>,
}

impl Report {
    pub fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Error, span, message.into())
    }

    pub fn warning(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Warning, span, message.into())
    }

    fn add(&mut self, severity: Severity, span: Span, message: String) -> &mut Diagnostic {
        let at = self.diagnostics.len();
        self.diagnostics.push(Diagnostic { severity, span, message, hint: None });
        &mut self.diagnostics[at]
    }

    /// Notes which keys a mapping may have; for the test that holds the schema to them.
    pub fn note_keys(&mut self, what: &'static str, keys: &[&'static str]) {
        #[cfg(test)]
        self.asked.entry(what).or_default().extend(keys);
        #[cfg(not(test))]
        let _ = (what, keys);
    }

    #[cfg(test)]
    pub fn keys_asked(&self) -> std::collections::BTreeMap<&'static str, std::collections::BTreeSet<&'static str>> {
        self.asked.clone()
    }

    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// In the order of the file, the first thousand. What an alias repeats is told once.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics;
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        let mut seen = std::collections::HashSet::new();
        diagnostics.retain(|diagnostic| seen.insert((diagnostic.span, diagnostic.message.clone())));
        diagnostics.truncate(MAX_DIAGNOSTICS);
        diagnostics
    }
}
