//! What a site with roles has that a public one has not: a dashboard for every role set, and the script that chooses.
use super::Content;
use crate::hash;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use tarn_dashboard::{Dashboard, Location};
use tarn_spec::{Access, RoleSet};
use xxhash_rust::xxh3::xxh3_64;

const SCRIPT: &str = include_str!("identity.js");
/// Where a hidden frame ends up that renewed a session.
pub const SIGNED_IN: &str = "signed-in.html";

/// A role set and where its dashboard lies in the site.
pub struct Placed {
    pub set: RoleSet,
    pub path: String,
}

/// The dashboards of a site with roles, by the order in which the first that fits is a viewer's.
pub fn place(access: &Access, dashboard: &Dashboard) -> Result<Vec<Placed>, String> {
    let sets = access.role_sets(dashboard).map_err(|n| format!("the roles lead to {n} or more different dashboards"))?;
    if sets.is_empty() {
        return Err("no role may see any page: nothing was built".into());
    }
    let placed = sets.into_iter().map(|set| {
        let name = hash::dashboard_name(&set.dashboard.to_bytes(), "bin");
        Placed { path: format!("roles/{}/{name}", set.id), set }
    });
    Ok(placed.collect())
}

/// Adds the files, and returns the name of the script that has to run before the start-up script.
pub fn add_files(access: &Access, placed: &[Placed], files: &mut BTreeMap<String, Content>) -> String {
    for Placed { set, path } in placed {
        files.insert(path.clone(), Content::Bytes(set.dashboard.to_bytes()));
    }
    if access.identity.silent_login.is_some() {
        files.insert(SIGNED_IN.to_owned(), Content::Bytes(b"<!doctype html><title>Signed in</title>\n".to_vec()));
    }
    let script = SCRIPT.replacen("ACCESS_CONFIG", &config(access, placed).to_string(), 1);
    let name = format!("identity-{:016x}.js", xxh3_64(script.as_bytes()));
    files.insert(name.clone(), Content::Bytes(script.into_bytes()));
    name
}

/// What everybody who can open the page may read: no name of a role, a group, a page or a source stands in it.
fn config(access: &Access, placed: &[Placed]) -> Value {
    let sources = || placed.iter().flat_map(|placed| &placed.set.dashboard.sources);
    let addresses = sources().flat_map(|source| match &source.location {
        Location::Manifest(url) => std::slice::from_ref(url),
        Location::Parquet(urls) => urls.as_slice(),
    });
    let addresses: Vec<&String> = addresses.collect();
    let identity = &access.identity;
    let used =
        identity.claims.iter().map(|(name, _)| name).filter(|name| addresses.iter().any(|url| url.contains(&format!("{{user.{name}}}"))));
    let used: Vec<&String> = used.collect();
    let always = ["subject", "name", "groups"];
    let claims: BTreeMap<&str, &str> = identity
        .claims
        .iter()
        .filter(|(name, _)| always.contains(&name.as_str()) || used.contains(&name))
        .map(|(name, path)| (name.as_str(), path.as_str()))
        .collect();
    let sets = placed.iter().map(|Placed { set, path }| {
        let needs = set.needs.iter().map(|any| any.iter().map(|group| group_hash(group)).collect::<Vec<_>>());
        json!({ "dashboard": format!("./{path}"), "needs": needs.collect::<Vec<_>>() })
    });
    json!({
        "whoami": identity.url,
        "claims": claims,
        "used": used,
        "login": identity.login,
        "logout": identity.logout,
        "silent": identity.silent_login.as_ref().map(|_| SIGNED_IN),
        // The shortest of all: nobody's data is shown for longer than its author allows.
        "maxStale": sources().map(|source| source.max_stale_secs).min(),
        "sets": sets.collect::<Vec<_>>(),
    })
}

/// As the script computes it.
fn group_hash(group: &str) -> String {
    let digest = Sha256::digest(format!("tarn group\n{group}"));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
