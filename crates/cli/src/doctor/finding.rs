use std::fmt::Write as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Viewers see nothing, or somebody sees what is not theirs.
    Error,
    /// It works, but slower, less safe or less current than it could.
    Warning,
}

/// What was asked and found, in order.
#[derive(Debug, Default)]
pub struct Findings {
    n_sound: usize,
    found: Vec<(Severity, String, &'static str)>,
}

impl Findings {
    /// Notes a problem with its cure unless the condition holds.
    pub fn expect(&mut self, sound: bool, severity: Severity, problem: impl FnOnce() -> String, cure: &'static str) {
        if sound {
            self.n_sound += 1;
            return;
        }
        let problem = problem();
        if !self.found.iter().any(|(_, known, _)| *known == problem) {
            self.found.push((severity, problem, cure));
        }
    }

    pub fn error(&mut self, problem: String, cure: &'static str) {
        self.expect(false, Severity::Error, || problem, cure);
    }

    pub fn n(&self, severity: Severity) -> usize {
        self.found.iter().filter(|(found, _, _)| *found == severity).count()
    }

    pub fn text(&self, url: &str) -> String {
        let mut text = String::new();
        for (severity, problem, cure) in &self.found {
            let name = if *severity == Severity::Error { "error" } else { "warning" };
            let _ = write!(text, "{name}: {problem}\nhint: {cure}\n\n");
        }
        let (errors, warnings) = (self.n(Severity::Error), self.n(Severity::Warning));
        let _ = writeln!(
            text,
            "{url}: {} sound, {}, {}",
            crate::input::count(self.n_sound, "check"),
            crate::input::count(errors, "error"),
            crate::input::count(warnings, "warning")
        );
        text
    }
}
