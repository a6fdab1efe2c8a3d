//! A PostgreSQL server of the suite's own: its folder is temporary, its port is free, it ends with the test.
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Postgres {
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Panics with what to do where there is no PostgreSQL.
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("tarn-postgres-{}-{port}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        if let Some(id) = user() {
            std::os::unix::fs::chown(&folder, Some(id), Some(id)).unwrap();
        }
        let server = Self { folder, port };
        server.run("initdb", &["-A", "trust", "-U", "tarn", "--no-sync"]);
        let options = format!("-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off", server.folder.display());
        let log = server.folder.join("log");
        server.run("pg_ctl", &["-o", &options, "-l", &log.to_string_lossy(), "-w", "start"]);
        server
    }

    pub fn uri(&self) -> String {
        self.uri_through(self.port)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address for a client that reaches it through another port.
    pub fn uri_through(&self, port: u16) -> String {
        format!("postgresql://tarn@127.0.0.1:{port}/postgres")
    }

    pub fn execute(&self, sql: &str) {
        let output = Command::new(program("psql")).args([&self.uri(), "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn run(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(program(name));
        command.arg("-D").arg(self.folder.join("data")).args(arguments).current_dir(&self.folder);
        if let Some(id) = user() {
            command.uid(id).gid(id);
        }
        // Not piped: the server that pg_ctl starts would hold the pipe open.
        let status = command.stdout(std::process::Stdio::null()).status().unwrap();
        assert!(status.success(), "{name}: {status}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// PostgreSQL refuses to run as root: the user that its package makes, then.
fn user() -> Option<u32> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().ok()
    };
    if id(&["-u"]) == Some(0) {
        Some(id(&["-u", "postgres"]).expect("root cannot run PostgreSQL, and there is no user `postgres`"))
    } else {
        None
    }
}

/// Debian keeps the server's programs off PATH.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = versions.chain(std::env::split_paths(&path)).collect();
    folders.sort_by_key(|folder| !folder.starts_with(Path::new("/usr/lib/postgresql")));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("there is no `{name}`: install PostgreSQL, or run `cargo xtask test`, which does"))
}
