//! A Snowflake of the suite's own: fakesnow, which speaks its interface and answers by DuckDB.
use crate::python;
use crate::stores::{free_port, started};
use std::process::Child;

pub struct Snowflake {
    child: Child,
    port: u16,
}

impl Snowflake {
    /// Starts one whose database `DB` has what the statement creates. Panics with what to do where fakesnow is not installed.
    pub fn start(create: &str) -> Self {
        let port = free_port();
        let mut command = python();
        command.args(["-c", "from fakesnow.cli import main; main()", "--server", "--port", &port.to_string()]);
        let server = Self { child: started(command, "Uvicorn running on"), port };
        let script = "import sys, json, adbc_driver_snowflake.dbapi as snowflake
with snowflake.connect(db_kwargs=json.loads(sys.argv[1]), autocommit=True) as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[2])";
        let options: serde_json::Map<_, _> = server.options().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let output = python().args(["-c", script, &serde_json::Value::from(options).to_string(), create]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        server
    }

    /// What its driver needs to reach it.
    pub fn options(&self) -> [(&'static str, String); 8] {
        [
            ("adbc.snowflake.sql.account", "fakesnow".into()),
            ("username", "fake".into()),
            ("password", "snow".into()),
            ("adbc.snowflake.sql.uri.protocol", "http".into()),
            ("adbc.snowflake.sql.uri.host", "127.0.0.1".into()),
            ("adbc.snowflake.sql.uri.port", self.port.to_string()),
            ("adbc.snowflake.sql.db", "DB".into()),
            ("adbc.snowflake.sql.schema", "PUBLIC".into()),
        ]
    }
}

impl Drop for Snowflake {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
