//! An empty folder of the author's, gone after the test.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tarn_tests::tarn_with_page;

pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tarn-author-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs `tarn` here.
    pub fn tarn(&self, arguments: &[&str]) -> Output {
        tarn_with_page().current_dir(&self.path).args(arguments).output().unwrap()
    }

    /// Runs DuckDB's SQL here, which may `copy` to a file.
    pub fn duckdb(&self, sql: &str) {
        let script = "import duckdb, sys; duckdb.connect().execute(sys.argv[1])";
        let output = tarn_tests::python().current_dir(&self.path).args(["-c", script, sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What the program said, when it succeeded.
pub fn succeeded(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

pub fn failed(output: &Output, code: i32) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    format!("{out}{err}")
}
