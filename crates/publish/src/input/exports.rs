//! The files of an export: on this machine, or in a store, from which they are copied one at a time.
use super::input_error;
use crate::{PublishError, Store};
use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};
use tarn_snapshot::folder_values;

pub(super) struct Export {
    place: Place,
    /// As people know it.
    pub name: String,
    /// Values in the names of folders, by column.
    pub partition: Vec<(String, Option<String>)>,
}

enum Place {
    Here(PathBuf),
    /// Its name below the address that the store was opened with.
    There(Rc<Store>, String),
}

impl Export {
    /// What was copied from a store is gone when the file is closed.
    pub fn open(&self) -> Result<File, PublishError> {
        match &self.place {
            Place::Here(path) => File::open(path).map_err(|error| PublishError::File { path: path.clone(), error }),
            Place::There(store, name) => store.copy(name),
        }
    }
}

/// Those of each pattern, in the order of their names and each once. Patterns are relative to `base`, or addresses.
pub(super) fn find(patterns: &[String], base: &Path, patience: Duration) -> Result<Vec<Export>, PublishError> {
    let mut paths = BTreeSet::new();
    let mut exports = vec![];
    for pattern in patterns {
        if pattern.contains("://") {
            exports.extend(in_store(pattern, patience)?);
        } else {
            on_machine(pattern, base, &mut paths)?;
        }
    }
    let here = paths.into_iter().map(|path| {
        let name = path.display().to_string();
        let partition = folder_values(&path.to_string_lossy());
        Export { place: Place::Here(path), name, partition }
    });
    exports.extend(here);
    exports.sort_by(|a, b| a.name.cmp(&b.name));
    exports.dedup_by(|a, b| a.name == b.name);
    Ok(exports)
}

fn on_machine(pattern: &str, base: &Path, paths: &mut BTreeSet<PathBuf>) -> Result<(), PublishError> {
    let full = base.join(pattern);
    if full.is_dir() {
        return list(&full, paths);
    }
    if full.is_file() {
        paths.insert(full);
        return Ok(());
    }
    let found = glob::glob(&full.to_string_lossy()).map_err(|error| no_pattern(pattern, &error))?;
    for path in found {
        let path = path.map_err(|error| input_error(pattern, &error.to_string(), None))?;
        if path.is_dir() {
            list(&path, paths)?;
        } else {
            paths.insert(path);
        }
    }
    Ok(())
}

/// All Parquet files below a folder.
fn list(folder: &Path, paths: &mut BTreeSet<PathBuf>) -> Result<(), PublishError> {
    let error = |error| PublishError::File { path: folder.to_owned(), error };
    for entry in folder.read_dir().map_err(error)? {
        let path = entry.map_err(error)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_bookkeeping(&name) {
            continue;
        }
        if path.is_dir() {
            list(&path, paths)?;
        } else if is_parquet(&name) {
            paths.insert(path);
        }
    }
    Ok(())
}

/// An object, all Parquet files below a folder, or what a pattern matches: whole names, or folders.
fn in_store(address: &str, patience: Duration) -> Result<Vec<Export>, PublishError> {
    // What stands before the first folder with a wildcard is where to look.
    let wildcard = address.find(['*', '?', '[']);
    let (above, pattern) = match wildcard.and_then(|at| address[..at].rfind('/')) {
        Some(at) => (&address[..at], Some(glob::Pattern::new(&address[at + 1..]).map_err(|error| no_pattern(address, &error))?)),
        None => (address.trim_end_matches('/'), None),
    };
    let store = Rc::new(Store::open(above, Path::new(""), patience)?);
    let export = |name: String| {
        let whole = if name.is_empty() { above.to_owned() } else { format!("{above}/{name}") };
        let partition = folder_values(&whole);
        Export { place: Place::There(Rc::clone(&store), name), name: whole, partition }
    };
    let Some(pattern) = pattern else {
        if store.size("")?.is_some() {
            return Ok(vec![export(String::new())]);
        }
        let names = store.list("")?.into_iter().map(|(name, _)| name).filter(|name| is_data(name));
        return Ok(names.map(export).collect());
    };
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    let matches = |name: &str| {
        let folders = name.match_indices('/').map(|(at, _)| (&name[..at], &name[at + 1..]));
        pattern.matches_with(name, options)
            || folders.into_iter().any(|(folder, rest)| pattern.matches_with(folder, options) && is_data(rest))
    };
    Ok(store.list("")?.into_iter().map(|(name, _)| name).filter(|name| matches(name)).map(export).collect())
}

fn is_data(name: &str) -> bool {
    is_parquet(name) && !name.split('/').any(is_bookkeeping)
}

/// Of the engine that wrote the rows.
fn is_bookkeeping(name: &str) -> bool {
    name.starts_with(['_', '.'])
}

fn is_parquet(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

fn no_pattern(pattern: &str, error: &glob::PatternError) -> PublishError {
    input_error(pattern, &format!("this is no pattern: {error}"), None)
}
