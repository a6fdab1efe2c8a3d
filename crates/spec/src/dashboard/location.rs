use crate::{Access, diagnostic::Report, suggest, yaml::Node};
use tarn_dashboard::Location;

/// A manifest, one Parquet URL, or a list of them.
pub(super) fn compile(node: &Node, access: Option<&Access>, report: &mut Report) -> Option<Location> {
    let items = node.items();
    if items.is_empty() {
        report.error(node.span, "the list of files is empty").hint("name at least one Parquet file");
        return None;
    }
    let urls: Vec<Option<String>> = items.iter().map(|item| url(item, access, report)).collect();
    let urls: Vec<String> = urls.into_iter().collect::<Option<_>>()?;
    match urls.as_slice() {
        [manifest] if is_json(manifest) => Some(Location::Manifest(manifest.clone())),
        _ => {
            if let Some(at) = urls.iter().position(|url| is_json(url)) {
                report.error(items[at].span, "a manifest cannot stand in a list").hint("write `source:` with the manifest alone");
                return None;
            }
            Some(Location::Parquet(urls))
        }
    }
}

fn url(node: &Node, access: Option<&Access>, report: &mut Report) -> Option<String> {
    let url = node.text(report)?;
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") | None if !url.trim().is_empty() && !url.chars().any(char::is_control) => {}
        Some(scheme) if !matches!(scheme, "http" | "https") => {
            let hint = match scheme {
                "s3" | "gs" | "gcs" | "az" | "abfss" => "browsers read HTTP: use the bucket's https:// address, or a path beside the page",
                _ => "use an https:// address, or a path beside the page",
            };
            report.error(node.span, format!("`{scheme}://` cannot be read by a browser")).hint(hint);
            return None;
        }
        _ => {
            report.error(node.span, "this is no address of a file").hint("as in data/flights.parquet or https://…/flights.parquet");
            return None;
        }
    }
    claims(url, node, access, report).then(|| url.to_owned())
}

/// Whether every `{user.name}` names a claim, and stands where a viewer's claim can do no more than choose a folder or file.
fn claims(url: &str, node: &Node, access: Option<&Access>, report: &mut Report) -> bool {
    let mut rest = url;
    while let Some((_, after)) = rest.split_once("{user.") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let known: Vec<&str> =
            access.map_or_else(Vec::new, |access| access.identity.claims.iter().map(|(name, _)| name.as_str()).collect());
        let problem = if access.is_none() {
            Some((
                "`{user.…}` needs `access:`: without it nobody is known".to_owned(),
                "as in `access: { identity: /whoami, … }`".to_owned(),
            ))
        } else if url.contains("://") {
            let hint = "serve the partitions beside the page: the proxy that knows the viewer protects them".to_owned();
            Some(("a viewer's claim cannot choose data of another origin".to_owned(), hint))
        } else if name == "groups" || !known.contains(&name) {
            let known = known.iter().copied().filter(|name| *name != "groups");
            let hint = format!("{}; name others in `identity: {{ claims: … }}`", suggest::hint(name, "claims", known.collect::<Vec<_>>()));
            Some((format!("unknown claim `{name}`"), hint))
        } else {
            None
        };
        if let Some((message, hint)) = problem {
            report.error(node.span, message).hint(hint);
            return false;
        }
        rest = after;
    }
    true
}

/// By the path's end: a query or fragment is not part of it.
fn is_json(url: &str) -> bool {
    url.split(['?', '#']).next().is_some_and(|path| path.to_ascii_lowercase().ends_with(".json"))
}
