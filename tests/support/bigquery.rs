//! A BigQuery of the suite's own: no emulator of it speaks what its driver reads rows by.
use crate::stores::started_with;
use crate::{python, root};
use std::fs;
use std::path::PathBuf;
use std::process::Child;

pub struct BigQuery {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl BigQuery {
    /// Starts one whose dataset `shop` has what the statement creates. Panics with what to do where a package is not installed.
    pub fn start(create: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tarn-bigquery-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut command = python();
        command.arg(root().join("tests/support/bigquery.py")).arg(&folder).arg(create);
        let (child, said) = started_with(command, "listening on ");
        let port = said.rsplit(' ').next().unwrap().parse().unwrap();
        Self { child, port, folder }
    }

    /// The port of the proxy that leads to it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What its driver needs to come in.
    pub fn options(&self) -> [(&'static str, String); 4] {
        [
            ("adbc.bigquery.sql.project_id", "shop".into()),
            ("adbc.bigquery.sql.auth_type", "adbc.bigquery.sql.auth_type.json_credential_file".into()),
            ("adbc.bigquery.sql.auth_credentials", self.folder.join("key.json").to_string_lossy().into_owned()),
            ("bigquery.auth.credentials_type", "service_account".into()),
        ]
    }

    /// What leads its driver here, through a port: nothing but a proxy and a certificate does.
    pub fn environment_through(&self, port: u16) -> [(&'static str, String); 2] {
        let certificate = self.folder.join("certificate.pem").to_string_lossy().into_owned();
        [("HTTPS_PROXY", format!("http://127.0.0.1:{port}")), ("SSL_CERT_FILE", certificate)]
    }
}

impl Drop for BigQuery {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
