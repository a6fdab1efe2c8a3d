//! Real object stores on loopback that hold the flights, with addresses as their owners sign them.
use crate::stores::{free_port, started};
use crate::{python, root};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// Microsoft's own emulator: signatures, expiry and CORS rules as in Azure.
    Azurite,
    /// Speaks S3; checks no signature.
    Moto,
    /// Speaks S3; checks the expiry of an address, not its signature.
    S3rver,
    /// Speaks S3 and checks signatures, but answers ranges with status 200.
    Rclone,
}

/// Ended with the test.
pub struct ReadStore {
    child: Child,
    folder: PathBuf,
    /// An address that reads the file for an hour.
    pub good: String,
    /// One whose time is over.
    pub expired: String,
}

impl ReadStore {
    /// With the CORS rule of the documentation for the page at this address, or with none. Panics with what to do where the store
    /// is not installed.
    pub fn start(kind: StoreKind, page: Option<&str>) -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("tarn-read-store-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (origin, text) = (page.map(|page| page.trim_end_matches('/').to_owned()), port.to_string());
        let tools = root().join("target/tools");
        let (command, ready, speaks) = match kind {
            StoreKind::Azurite => {
                let mut command = Command::new("node");
                command.arg(tools.join("azurite/node_modules/azurite/dist/src/blob/main.js"));
                command.args(["--blobHost", "127.0.0.1", "--blobPort", &text, "--inMemoryPersistence", "--skipApiVersionCheck"]);
                command.arg("--disableTelemetry").current_dir(&folder);
                (command, "successfully listens", "azure")
            }
            StoreKind::Moto => {
                let mut command = python();
                command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &text]);
                (command, "Running on", "s3")
            }
            StoreKind::S3rver => {
                let mut command = Command::new("node");
                command.arg(tools.join("s3rver/node_modules/s3rver/bin/s3rver.js"));
                command.args(["-a", "127.0.0.1", "-p", &text, "-d"]).arg(&folder);
                (command, "listening on", "s3")
            }
            StoreKind::Rclone => {
                let mut command = Command::new(tools.join("venv/bin/rclone"));
                command.args(["serve", "s3", "--auth-key", "S3RVER,S3RVER", "--addr"]).arg(format!("127.0.0.1:{port}"));
                command.args(["--config", "", "--allow-origin", origin.as_deref().unwrap_or("null")]).arg(&folder);
                (command, "Starting s3 server", "s3")
            }
        };
        let child = started(command, ready);
        let mut signing = python();
        signing.arg(root().join("tests/support/object_store.py")).args([speaks, &format!("http://127.0.0.1:{port}")]);
        signing.arg(root().join("public/data/flights-3m.parquet"));
        // rclone has no rules: it names an origin at its start.
        if let Some(origin) = origin.filter(|_| kind != StoreKind::Rclone) {
            signing.arg(documented_rule(&origin));
        }
        let mut store = Self { child, folder, good: String::new(), expired: String::new() };
        let output = signing.output().unwrap();
        assert!(output.status.success(), "{kind:?}: {}", String::from_utf8_lossy(&output.stderr));
        let signed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let address = |name: &str| signed[name].as_str().unwrap().to_owned();
        (store.good, store.expired) = (address("good"), address("expired"));
        store
    }
}

/// The list for S3 of `docs/stores.md`, with another origin in it.
fn documented_rule(origin: &str) -> String {
    let docs = fs::read_to_string(root().join("docs/stores.md")).unwrap();
    let (_, after) = docs.split_once("## Amazon S3").unwrap();
    let (_, after) = after.split_once("```json\n").unwrap();
    let (rule, _) = after.split_once("```").unwrap();
    assert!(rule.contains("https://dashboards.example.com"), "{rule}");
    rule.replace("https://dashboards.example.com", origin)
}

impl Drop for ReadStore {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
