//! Where rows come from: Parquet files on this machine or in a store, or a database through ADBC. Either way, batch by batch.
mod database;
mod driver;
mod exports;
mod parquet;

use crate::PublishError;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::{path::Path, time::Duration};
use tarn_spec::Input;

/// Batches of one schema.
pub(crate) struct Rows {
    pub schema: SchemaRef,
    pub batches: Box<dyn Iterator<Item = Result<RecordBatch, PublishError>>>,
}

/// Opens the input. Paths are relative to `base`; `columns` are those that are published. A store that fails is asked again for
/// `patience`.
pub(crate) fn open(
    input: &Input,
    base: &Path,
    patience: Duration,
    columns: &[&str],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Rows, PublishError> {
    match input {
        Input::Parquet(patterns) => {
            let patterns = patterns.iter().map(|pattern| filled_in(pattern, environment)).collect::<Result<Vec<_>, _>>()?;
            parquet::open(&patterns, base, patience, columns)
        }
        Input::Database { driver, entrypoint, uri, options, query } => {
            let uri = uri.as_ref().map(|uri| filled_in(uri, environment)).transpose()?;
            let options = options.iter().map(|(name, value)| Ok((name.clone(), filled_in(value, environment)?)));
            let options = options.collect::<Result<Vec<_>, PublishError>>()?;
            database::open(&filled_in(driver, environment)?, entrypoint.as_deref(), uri, options, &filled_in(query, environment)?)
        }
    }
}

fn input_error(from: &str, message: &str, hint: Option<&str>) -> PublishError {
    PublishError::Input { from: from.to_owned(), message: message.to_owned(), hint: hint.map(str::to_owned) }
}

/// The text with the values of environment variables in the places of `${NAME}`; `$$` is a dollar sign.
pub fn filled_in(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, PublishError> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let value = environment(name).ok_or_else(|| {
                PublishError::configuration(
                    format!("the environment variable `{name}` is not set"),
                    "set it where the publication runs, such as in the scheduler's secrets",
                )
            })?;
            result.push_str(&value);
            rest = after;
        } else {
            result.push('$');
        }
    }
    result.push_str(rest);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in() {
        let environment = |name: &str| (name == "USER").then(|| "alice".to_owned());
        let filled = |text| filled_in(text, &environment);
        assert_eq!(filled("postgres://${USER}@host/${USER}").ok().as_deref(), Some("postgres://alice@host/alice"));
        assert_eq!(filled("a $$5 or $5 $").ok().as_deref(), Some("a $5 or $5 $"));
        assert!(matches!(filled("${NOBODY}"), Err(PublishError::Configuration { message, .. }) if message.contains("NOBODY")));
    }
}
