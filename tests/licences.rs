//! Whose code is in the programs and pages, and under which terms.
#![allow(clippy::unwrap_used)]
use serde_json::Value;
use spdx::{Expression, ParseMode};
use std::collections::BTreeMap;
use std::fs;
use tarn_tests::{cargo, root};

/// Terms that ask for no more than that they are passed on with the program. Another one is a decision: add it here with a reason.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Data, such as the list of certificate authorities.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages of the bench that name no licence, each with the reason why it is there nevertheless. None is passed on.
const UNSAID: &[(&str, &str)] = &[("node_modules/json-bignum", "a part of the Arrow that DuckDB-WASM brings along")];

/// Why the terms do not fit. Of alternatives one has to.
fn problem(licence: Option<&str>) -> Option<String> {
    let Some(text) = licence else { return Some("says no licence".into()) };
    let Ok(expression) = Expression::parse_mode(text, ParseMode::LAX) else { return Some(format!("`{text}` is no SPDX expression")) };
    let fits = expression.evaluate(|asked| asked.license.id().is_some_and(|id| ALLOWED.contains(&id.name)));
    (!fits).then(|| format!("is under {text}"))
}

fn packages() -> Vec<Value> {
    let output = cargo().args(["metadata", "--format-version", "1", "--locked"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn every_crate_may_be_passed_on() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = vec![];
    for package in packages() {
        let licence = package["license"].as_str();
        *counts.entry(licence.unwrap_or("none").to_owned()).or_default() += 1;
        if let Some(problem) = problem(licence) {
            problems.push(format!("{} {} {problem}", package["name"], package["version"]));
        }
    }
    assert!(counts.values().sum::<usize>() > 100, "{counts:?}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    println!("{counts:#?}");
}

#[test]
fn every_crate_comes_from_the_registry_with_its_checksum() {
    let own = |package: &Value| package["source"].is_null();
    for package in packages().iter().filter(|package| own(package)) {
        assert!(package["manifest_path"].as_str().unwrap().starts_with(root().to_str().unwrap()), "{} lies elsewhere", package["name"]);
    }
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for package in lock.split("[[package]]").skip(1).filter(|package| package.contains("\nsource = ")) {
        assert!(package.contains("\nsource = \"registry+"), "not from a registry:{package}");
        assert!(package.contains("\nchecksum = \""), "without a checksum:{package}");
    }
}

#[test]
fn every_package_of_the_bench_may_be_used() {
    let lock: Value = serde_json::from_str(&fs::read_to_string(root().join("bench/package-lock.json")).unwrap()).unwrap();
    let packages = lock["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty());
    let excused = |path: &str| UNSAID.iter().any(|(known, _)| path == *known);
    let problems: Vec<String> = packages
        .filter(|(path, _)| !excused(path))
        .filter_map(|(path, package)| Some(format!("{path} {}", problem(package["license"].as_str())?)))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn terms_are_read_as_they_are_meant() {
    for fits in ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "Apache-2.0 WITH LLVM-exception", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert_eq!(problem(Some(fits)), None);
    }
    for refused in ["GPL-3.0-only", "MIT AND AGPL-3.0-or-later", "SSPL-1.0", "LicenseRef-Proprietary", "UNLICENSED", ""] {
        assert!(problem(Some(refused)).is_some(), "{refused}");
    }
    assert!(problem(None).is_some());
}
