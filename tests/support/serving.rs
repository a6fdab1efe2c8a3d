//! `tarn serve`, as an author runs it.
use crate::tarn_with_page;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// Ends with the test.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Serving {
    /// Serves the dashboard file on a free port and waits for its address.
    pub fn start(dashboard: &Path) -> Self {
        let mut command = tarn_with_page();
        command.arg("serve").arg(dashboard).args(["--port", "0", "--no-open"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("http://"))).expect("an address").unwrap();
        let start = line.find("http://").unwrap();
        Self { child, url: line[start..].trim().to_owned() }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
