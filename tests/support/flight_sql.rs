//! A Flight SQL server of the suite's own: ROAPI, which answers by DataFusion from a file.
use crate::python;
use crate::stores::{free_port, started};
use std::path::Path;
use std::process::{Child, Command};

pub struct FlightSql {
    child: Child,
    port: u16,
}

impl FlightSql {
    /// Serves a Parquet file as a table of that name. Panics with what to do where ROAPI is not installed.
    pub fn start(table: &str, file: &Path) -> Self {
        let port = free_port();
        let mut command = Command::new(Path::new(python().get_program()).with_file_name("roapi"));
        command.args(["--addr-flight-sql", &format!("127.0.0.1:{port}")]);
        // It serves these, too.
        for other in ["--addr-http", "--addr-postgres"] {
            command.args([other, &format!("127.0.0.1:{}", free_port())]);
        }
        command.args(["--table", &format!("{table}={}", file.display())]).env("RUST_LOG", "info");
        // What it says last before it answers.
        let child = started(command, "Serving web UI");
        Self { child, port }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn uri(&self) -> String {
        self.uri_through(self.port)
    }

    /// The address for a client that reaches it through another port.
    pub fn uri_through(&self, port: u16) -> String {
        format!("grpc://127.0.0.1:{port}")
    }
}

impl Drop for FlightSql {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
