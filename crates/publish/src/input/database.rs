use super::{Rows, driver, input_error};
use crate::PublishError;
use adbc_core::{
    Connection as _, Database as _, Driver as _, Statement as _,
    options::{OptionDatabase, OptionValue},
};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase, ManagedDriver, ManagedStatement};
use arrow_array::RecordBatch;

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
    let failed = |error: &adbc_core::error::Error| input_error(driver_name, &error.message, None);
    let mut driver = driver::load(driver_name, entrypoint.map(str::as_bytes))?;
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
    if schema.fields().is_empty() {
        let hint = "a driver may answer so where there are no rows, or where the role that reads them is missing \
                    (BigQuery: roles/bigquery.readSessionUser)";
        return Err(input_error(driver_name, "the answer has no columns", Some(hint)));
    }
    let name = driver_name.to_owned();
    let batches = reader.map(move |batch| {
        // Moved in, so that the connection is closed after the last batch and not before.
        let _ = &session;
        batch.map_err(|error| ended_early(&name, &error.to_string()))
    });
    let name = driver_name.to_owned();
    Ok(Rows { schema, batches: whole(batches, driver::take_told_rows(), name) })
}

/// The rows, and an error instead of their end where there are fewer than the driver told.
fn whole(
    mut batches: impl Iterator<Item = Result<RecordBatch, PublishError>> + 'static,
    told: Option<u64>,
    driver_name: String,
) -> Box<dyn Iterator<Item = Result<RecordBatch, PublishError>>> {
    let Some(told) = told else { return Box::new(batches) };
    let mut missing = told;
    Box::new(std::iter::from_fn(move || {
        let batch = batches.next();
        match &batch {
            Some(Ok(batch)) => missing = missing.saturating_sub(batch.num_rows() as u64),
            Some(Err(_)) => missing = 0,
            None if missing > 0 => {
                let message = format!("the answer has {told} rows, and the last {missing} of them did not come");
                missing = 0;
                return Some(Err(ended_early(&driver_name, &message)));
            }
            None => {}
        }
        batch
    }))
}

fn ended_early(driver_name: &str, message: &str) -> PublishError {
    input_error(driver_name, message, Some("the database ended the answer early; run again"))
}
