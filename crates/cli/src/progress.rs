//! What goes on, for work that a person waits for.
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// A line on standard error while it lives. There is none where standard error is no terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// Work of unknown length.
    #[cfg(feature = "query")]
    pub fn of(what: impl Into<String>) -> Self {
        let bar = ProgressBar::new_spinner().with_message(what.into());
        bar.set_style(style("{spinner} {msg} {elapsed}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Work on that many bytes.
    #[cfg(feature = "runtime")]
    pub fn of_bytes(what: impl Into<String>, n: u64) -> Self {
        let bar = ProgressBar::new(n).with_message(what.into());
        bar.set_style(style("{spinner} {msg} [{bar:30}] {bytes} of {total_bytes}, {elapsed}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    #[cfg(feature = "runtime")]
    pub fn advance(&self, by: u64) {
        self.0.inc(by);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
