//! The shape of the repository, checked: who may depend on whom, how long a file may be, and that the map is right.
#![allow(clippy::unwrap_used)]
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tarn_tests::{cargo, root, source_files};

/// Which crates of the workspace a crate may use. A new arrow is a change of the architecture: its reason belongs in
/// ARCHITECTURE.md.
const ALLOWED: &[(&str, &[&str])] = &[
    ("tarn-dashboard", &[]),
    ("tarn-protocol", &["tarn-dashboard"]),
    ("tarn-spec", &["tarn-dashboard"]),
    // Why a file cannot be read is said with the protocol's error.
    // The contract is checked against the types that a file declares.
    ("tarn-snapshot", &["tarn-dashboard", "tarn-decode", "tarn-protocol"]),
    ("tarn-decode", &[]),
    // Decoded blocks are what tables are made of.
    ("tarn-engine", &["tarn-dashboard", "tarn-decode", "tarn-protocol"]),
    ("tarn-runtime", &["tarn-dashboard", "tarn-decode", "tarn-engine", "tarn-protocol", "tarn-snapshot"]),
    ("tarn-worker", &["tarn-dashboard", "tarn-protocol", "tarn-runtime", "tarn-snapshot"]),
    ("tarn-coordinator", &["tarn-dashboard", "tarn-protocol"]),
    // Number formats alone: charts know nothing of queries.
    ("tarn-chart", &["tarn-dashboard"]),
    ("tarn-app", &["tarn-chart", "tarn-coordinator", "tarn-dashboard", "tarn-protocol"]),
    // The module `page` of tarn-app, once more, to be tested natively without Leptos.
    ("tarn-page", &["tarn-chart", "tarn-dashboard", "tarn-protocol"]),
    // Stands in for the crate of that name, for decompression alone.
    ("zstd", &[]),
    // The scheduled refresh, native only: the contract comes from the dashboard file, the documents are the snapshot's.
    ("tarn-publish", &["tarn-dashboard", "tarn-snapshot", "tarn-spec"]),
    // Drafts a dashboard from what the engine answers, in the protocol's words: where the data is read it does not know.
    ("tarn-draft", &["tarn-dashboard", "tarn-protocol", "tarn-spec"]),
    // The draft in a browser: another module's worker reads the data.
    ("tarn-explorer", &["tarn-dashboard", "tarn-draft", "tarn-protocol"]),
    // `tarn init` reads footers.
    (
        "tarn-cli",
        &["tarn-dashboard", "tarn-decode", "tarn-draft", "tarn-protocol", "tarn-publish", "tarn-runtime", "tarn-snapshot", "tarn-spec"],
    ),
    ("tarn-tests", &["tarn-dashboard"]),
    ("xtask", &[]),
];

/// What must not end up in a bundle, by the beginning of the crate's name.
const KEPT_OUT: &[(&str, &[&str])] = &[
    ("tarn-app", &["arrow", "parquet", "sqlparser", "saphyr", "serde-saphyr", "idb", "tarn-engine", "tarn-decode", "tarn-spec"]),
    ("tarn-explorer", &["arrow", "parquet", "leptos", "plotters", "idb", "tarn-engine", "tarn-decode", "tarn-runtime"]),
    ("tarn-worker", &["arrow", "leptos", "plotters", "sqlparser", "saphyr", "serde-saphyr", "tarn-spec", "tarn-chart"]),
];

const MAX_LINES: usize = 400;

/// Files that read best in one piece although they are longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Folders that are compiled for tests alone, with the words that say so in their crate.
const TEST_MODULES: &[(&str, &str)] = &[("crates/engine/src/reference", "#[cfg(test)]\nmod reference;")];

#[test]
fn crates_depend_only_on_what_their_layer_may_know() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut problems = vec![];
    for (package, dependencies) in workspace_dependencies() {
        let Some(allowed) = allowed.get(package.as_str()) else {
            problems.push(format!("{package} is not in the list of tests/architecture.rs"));
            continue;
        };
        for dependency in dependencies.iter().filter(|name| !allowed.contains(&name.as_str())) {
            problems.push(format!("{package} must not depend on {dependency}"));
        }
        for unused in allowed.iter().filter(|name| !dependencies.contains(**name)) {
            problems.push(format!("{package} no longer depends on {unused}: remove it from the list"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn bundles_stay_free_of_what_belongs_to_the_other_side() {
    for (package, kept_out) in KEPT_OUT {
        let mut tree = cargo();
        tree.args(["tree", "--quiet", "--package", package, "--target", "wasm32-unknown-unknown"]);
        let output = tree.args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let reached: BTreeSet<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(reached.contains(package), "cargo tree says nothing of {package}: {text}");
        let wrong: Vec<&&str> = reached.iter().filter(|name| kept_out.iter().any(|start| name.starts_with(start))).collect();
        assert!(
            wrong.is_empty(),
            "{package} reaches {wrong:?}; `cargo tree -p {package} --target wasm32-unknown-unknown -i NAME` shows how"
        );
    }
}

#[test]
fn files_have_at_most_400_lines() {
    let mut problems = vec![];
    for file in source_files(&["rs", "py", "js", "mjs", "css"]) {
        let name = file.to_string_lossy().replace('\\', "/");
        let lines = fs::read_to_string(root().join(&file)).unwrap().lines().count();
        let excused = LONG_FILES.iter().any(|(path, _)| *path == name);
        match (lines > MAX_LINES, excused) {
            (true, false) => problems.push(format!("{name} has {lines} lines: split it by what it does")),
            (false, true) => problems.push(format!("{name} is short again: remove it from LONG_FILES")),
            _ => {}
        }
    }
    for (path, _) in LONG_FILES {
        assert!(root().join(path).is_file(), "{path} is gone: remove it from LONG_FILES");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_path_of_the_map_exists() {
    let Ok(text) = fs::read_to_string(root().join("ARCHITECTURE.md")) else { return };
    let paths = map_paths(&text);
    assert!(!paths.is_empty(), "ARCHITECTURE.md has no table under \"Where is …?\"");
    let missing: Vec<&String> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md points at what is not there: {missing:?}");
}

#[test]
fn no_unwrap_outside_tests() {
    let of_tests = |name: &str| TEST_MODULES.iter().any(|(module, _)| name.starts_with(module));
    for (module, declaration) in TEST_MODULES {
        let parent = Path::new(module).parent().unwrap().join("lib.rs");
        assert!(fs::read_to_string(root().join(parent)).unwrap().contains(declaration), "{module} is no module for tests alone");
    }
    let mut problems = vec![];
    for file in source_files(&["rs"]) {
        let name = file.to_string_lossy().replace('\\', "/");
        if name.starts_with("tests/")
            || name.contains("/tests/")
            || name.ends_with("tests.rs")
            || name.contains("/benches/")
            || of_tests(&name)
        {
            continue;
        }
        let text = fs::read_to_string(root().join(&file)).unwrap();
        // A test module stands at the end of its file.
        for (index, line) in text.lines().take_while(|line| line.trim() != "#[cfg(test)]").enumerate() {
            if line.contains(".unwrap()") && !line.trim_start().starts_with("//") {
                problems.push(format!("{name}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert!(problems.is_empty(), "unwrap outside tests; return an error instead:\n{}", problems.join("\n"));
}

#[test]
fn map_paths_are_what_the_tables_put_in_backticks() {
    let text = "# A\n`not/this`\n## Where is …?\n| what | where |\n|---|---|\n| the clock, `now` | `crates/runtime/src/host.rs` |\n| pages | `src/pages/` |\n## Next\n| `nor/this` |\n";
    assert_eq!(map_paths(text), ["crates/runtime/src/host.rs", "src/pages/"]);
}

/// The paths in the table under the heading "Where is …?": backticked words of its last columns that look like a path.
fn map_paths(text: &str) -> Vec<String> {
    let section = text.lines().skip_while(|line| !(line.starts_with('#') && line.contains("Where is"))).skip(1);
    let rows = section.take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|'));
    let cells = rows.flat_map(|row| row.trim_matches('|').split('|').skip(1));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    words.filter(|word| word.contains('/') || word.contains('.')).filter(|word| !word.contains(' ')).map(str::to_owned).collect()
}

/// Normal dependencies inside the workspace, by package; those for tests alone may point anywhere.
fn workspace_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let members: BTreeSet<String> = packages.iter().map(name).collect();
    let inside = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["kind"].is_null());
        dependencies.map(name).filter(|name| members.contains(name)).collect()
    };
    packages.iter().map(|package| (name(package), inside(package))).collect()
}
