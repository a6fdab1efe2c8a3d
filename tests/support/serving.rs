//! Programs that serve until somebody stops them, as an author runs them.
use crate::tarn_with_page;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Ends with the test.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Serving {
    /// Serves the dashboard file on a free port and waits for its address.
    pub fn start(dashboard: &Path) -> Self {
        Self::tarn("serve", dashboard)
    }

    /// Opens the data without a dashboard file.
    pub fn explore(data: &Path) -> Self {
        Self::tarn("explore", data)
    }

    /// Waits for data, in that folder.
    pub fn exploring(folder: &Path) -> Self {
        Self::run(tarn_with_page().current_dir(folder).args(["explore", "--port", "0", "--no-open"]))
    }

    /// Opens the data of an address without a dashboard file.
    pub fn explore_address(folder: &Path, url: &str) -> Self {
        Self::run(tarn_with_page().current_dir(folder).args(["explore", url, "--port", "0", "--no-open"]))
    }

    /// Of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to end, as whoever started it would, and waits until it has.
    pub fn end(self) {}

    /// Ends it with no chance to clear up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn tarn(subcommand: &str, path: &Path) -> Self {
        let mut command = tarn_with_page();
        // What it reads is the author's folder, and nothing around it.
        command.current_dir(path.parent().unwrap_or(path)).arg(subcommand).arg(path).args(["--port", "0", "--no-open"]);
        Self::run(&mut command)
    }

    /// Any server that prints its address.
    pub fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("http://"))).expect("an address").unwrap();
        let url = line[line.find("http://").unwrap()..].split([' ', ')']).next().unwrap_or_default();
        Self { child, url: url.to_owned() }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // As whoever started it would: it clears up what is temporary.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
