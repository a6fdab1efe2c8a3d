//! Real object stores on loopback, each ended with its test: Azurite, Microsoft's own emulator, and moto, which speaks S3.
//!
//! What they lack beside the real ones: moto checks no signature and no expiry; Azurite checks both, and is one process
//! whose objects are in memory.
use crate::{python, root};
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A store with an empty bucket.
pub struct ObjectStore {
    child: Child,
    port: u16,
    /// Where objects of the bucket can be read: before and after an object's name.
    read: (String, &'static str),
    /// The bucket, as a publication names it.
    pub to: String,
    /// What the publication needs in its environment.
    pub environment: Vec<(&'static str, String)>,
    folder: Option<PathBuf>,
}

impl ObjectStore {
    /// Where a folder of the bucket can be read, as `reader.py` takes it.
    pub fn read_url(&self, folder: &str) -> String {
        format!("{}/{folder}{}", self.read.0, self.read.1)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The environment for a publication that reaches the store through another port.
    pub fn environment_through(&self, port: u16) -> Vec<(&'static str, String)> {
        let (own, other) = (format!("127.0.0.1:{}", self.port), format!("127.0.0.1:{port}"));
        self.environment.iter().map(|(name, value)| (*name, value.replace(&own, &other))).collect()
    }

    /// Panics with what to do where moto is not installed.
    pub fn moto() -> Self {
        let port = free_port();
        let mut command = python();
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        let child = started(command, "Running on");
        let url = format!("http://127.0.0.1:{port}");
        succeeded(
            python()
                .args(["-c", "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method='PUT'))"])
                .arg(format!("{url}/bucket")),
        );
        let environment = vec![
            ("AWS_ENDPOINT", url.clone()),
            ("AWS_ALLOW_HTTP", "true".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "tarn".into()),
            ("AWS_SECRET_ACCESS_KEY", "secret".into()),
        ];
        Self {
            child,
            port,
            read: (format!("{url}/bucket"), "?AWSAccessKeyId=tarn&Expires=99999999999&Signature=unchecked"),
            to: "s3://bucket".into(),
            environment,
            folder: None,
        }
    }

    /// Panics with what to do where Azurite is not installed.
    pub fn azurite() -> Self {
        let port = free_port();
        let program = root().join("target/tools/azurite/node_modules/azurite/dist/src/blob/main.js");
        assert!(program.is_file(), "{}: run `cargo xtask test`, which installs it", program.display());
        let folder = std::env::temp_dir().join(format!("tarn-azurite-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new("node");
        command.arg(program).args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string(), "--inMemoryPersistence"]);
        // It knows the versions of the protocol up to its own release.
        command.args(["--skipApiVersionCheck", "--disableTelemetry"]).current_dir(&folder);
        let child = started(command, "successfully listens");
        let url = format!("http://127.0.0.1:{port}");
        succeeded(python().args(["-c", CREATE_CONTAINER]).arg(&url));
        let environment = vec![("AZURE_STORAGE_USE_EMULATOR", "true".into()), ("AZURITE_BLOB_STORAGE_URL", url.clone())];
        Self {
            child,
            port,
            read: (format!("{url}/devstoreaccount1/bucket"), ""),
            to: "az://bucket".into(),
            environment,
            folder: Some(folder),
        }
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Signed with the key that every Azurite has; readable by all.
const CREATE_CONTAINER: &str = "
import base64, hashlib, hmac, sys, urllib.request
from email.utils import formatdate
key = base64.b64decode('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==')
headers = {'x-ms-blob-public-access': 'container', 'x-ms-date': formatdate(usegmt=True), 'x-ms-version': '2021-08-06'}
named = ''.join(f'{name}:{value}\\n' for name, value in sorted(headers.items()))
text = 'PUT' + '\\n' * 12 + named + '/devstoreaccount1/devstoreaccount1/bucket\\nrestype:container'
signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
headers |= {'Authorization': f'SharedKey devstoreaccount1:{signature}', 'Content-Length': '0', 'Content-Type': ''}
url = sys.argv[1] + '/devstoreaccount1/bucket?restype=container'
urllib.request.urlopen(urllib.request.Request(url, method='PUT', headers=headers))
";

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn started(command: Command, ready: &'static str) -> Child {
    started_with(command, ready).0
}

#[allow(clippy::zombie_processes, reason = "whoever gets the child waits for it when it is dropped")]
/// Starts a server and waits until it says that it listens, and how.
pub(crate) fn started_with(mut command: Command, ready: &'static str) -> (Child, String) {
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.unwrap_or_else(|error| panic!("{command:?}: {error}; `cargo xtask test` installs what the tests need"));
    let (said, heard) = mpsc::channel();
    let outputs: [Box<dyn Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
    for output in outputs {
        let said = said.clone();
        // Read to the end, so that the server never waits for a reader.
        std::thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).for_each(|line| drop(said.send(line))));
    }
    drop(said);
    let mut lines = vec![];
    while let Ok(line) = heard.recv_timeout(Duration::from_secs(60)) {
        if line.contains(ready) {
            return (child, line);
        }
        lines.push(line);
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!("{command:?} does not listen; `cargo xtask test` installs what the tests need\n{}", lines.join("\n"));
}

fn succeeded(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
