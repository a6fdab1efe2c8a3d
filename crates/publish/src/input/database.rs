use super::Rows;
use crate::PublishError;
use adbc_core::{
    Connection as _, Database as _, Driver as _, LOAD_FLAG_DEFAULT, Statement as _,
    options::{AdbcVersion, OptionDatabase, OptionValue},
};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase, ManagedDriver, ManagedStatement};
use std::path::Path;

/// What must live as long as its rows are read.
struct Session {
    _statement: ManagedStatement,
    _connection: ManagedConnection,
    _database: ManagedDatabase,
    _driver: ManagedDriver,
}

/// Runs the query. The database streams; nothing is held here but the batch at hand.
pub(super) fn open(
    driver_name: &str,
    entrypoint: Option<&str>,
    uri: Option<String>,
    options: Vec<(String, String)>,
    query: &str,
) -> Result<Rows, PublishError> {
    let failed = |error: &adbc_core::error::Error| failure(driver_name, error, None);
    let mut driver = load(driver_name, entrypoint.map(str::as_bytes))?;
    let mut settings: Vec<(OptionDatabase, OptionValue)> =
        options.into_iter().map(|(name, value)| (OptionDatabase::Other(name), OptionValue::String(value))).collect();
    settings.extend(uri.map(|uri| (OptionDatabase::Uri, OptionValue::String(uri))));
    let database = driver.new_database_with_opts(settings).map_err(|error| failed(&error))?;
    let mut connection = database.new_connection().map_err(|error| failed(&error))?;
    let mut statement = connection.new_statement().map_err(|error| failed(&error))?;
    statement.set_sql_query(query).map_err(|error| failed(&error))?;
    let reader = statement.execute().map_err(|error| failed(&error))?;
    let session = Session { _statement: statement, _connection: connection, _database: database, _driver: driver };
    let schema = reader.schema();
    let name = driver_name.to_owned();
    let batches = reader.map(move |batch| {
        // Moved in, so that the connection is closed after the last batch and not before.
        let _ = &session;
        let hint = "the database ended the answer early; run again";
        batch.map_err(|error| PublishError::Input { from: name.clone(), message: error.to_string(), hint: Some(hint.to_owned()) })
    });
    Ok(Rows { schema, batches: Box::new(batches) })
}

/// By its path, or by its name: looked for where drivers are installed, then as an installed Python package's library.
fn load(name: &str, entrypoint: Option<&[u8]>) -> Result<ManagedDriver, PublishError> {
    let version = AdbcVersion::V110;
    let loaded = if Path::new(name).components().count() > 1 {
        ManagedDriver::load_dynamic_from_filename(name, entrypoint, version)
    } else {
        ManagedDriver::load_from_name(name, entrypoint, version, LOAD_FLAG_DEFAULT, None)
    };
    loaded.map_err(|error| {
        let hint = "install the driver (for PostgreSQL: `pip install adbc-driver-postgresql`) and give the path of its shared library, \
                    or its name where the system finds it";
        failure(name, &error, Some(hint))
    })
}

fn failure(driver: &str, error: &adbc_core::error::Error, hint: Option<&str>) -> PublishError {
    PublishError::Input { from: driver.to_owned(), message: error.message.clone(), hint: hint.map(str::to_owned) }
}
