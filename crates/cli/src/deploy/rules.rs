//! Which role sets may read which paths. Every server's configuration is written from this.
use crate::site::Roles;
use percent_encoding::percent_decode_str;
use std::collections::{BTreeMap, BTreeSet};
use tarn_dashboard::Location;
use tarn_spec::{Identity, Provider, RoleSet};

/// What is guarded beyond being signed in, which everything is.
pub struct Rules<'a> {
    pub identity: &'a Identity,
    /// In the order in which the first whose needs are met is a viewer's.
    pub sets: Vec<&'a RoleSet>,
    /// By path, without a leading slash.
    pub paths: BTreeMap<Guarded, Rule>,
    /// The claims that choose data, each once.
    pub claims: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarded {
    /// Everything below; ends with a slash.
    Folder(String),
    File(String),
    /// Files whose path holds claims of the viewer.
    Claimed(Claimed),
}

/// A path in pieces: text, claim, text, claim, …, text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claimed {
    pub texts: Vec<String>,
    pub claims: Vec<String>,
    /// Whether everything below belongs to it, too.
    pub is_folder: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The ids of the sets that may read. None of them: nobody may.
    pub sets: BTreeSet<String>,
}

pub fn rules(roles: &Roles) -> Result<Rules<'_>, String> {
    let mut paths: BTreeMap<Guarded, Rule> = BTreeMap::new();
    for placed in &roles.placed {
        let folder = placed.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        paths.entry(Guarded::Folder(format!("{folder}/"))).or_default().sets.insert(placed.set.id.clone());
    }
    let mut claims = BTreeSet::new();
    for source in &roles.sources {
        for path in guarded(&source.location) {
            if let Guarded::Claimed(claimed) = &path {
                claims.extend(claimed.claims.iter().cloned());
            }
            let showing = roles.placed.iter().filter(|placed| placed.set.dashboard.source(&source.name).is_some());
            paths.entry(path).or_default().sets.extend(showing.map(|placed| placed.set.id.clone()));
        }
    }
    refuse_entangled(&paths)?;
    let sets = roles.placed.iter().map(|placed| &placed.set).collect();
    Ok(Rules { identity: &roles.access.identity, sets, paths, claims: claims.into_iter().collect() })
}

/// The paths of a source's data on this server, as servers compare them: without the escapes of addresses. Those of other origins are out of its reach.
fn guarded(location: &Location) -> Vec<Guarded> {
    let (urls, is_manifest) = match location {
        Location::Manifest(url) => (std::slice::from_ref(url), true),
        Location::Parquet(urls) => (urls.as_slice(), false),
    };
    let own = urls.iter().filter(|url| !url.contains("://"));
    own.map(|url| {
        // A manifest's snapshots lie beside it.
        let url = percent_decode_str(url).decode_utf8_lossy();
        let path = if is_manifest { url.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned() + "/" } else { url.into_owned() };
        match claimed(&path, is_manifest) {
            Some(claimed) => Guarded::Claimed(claimed),
            None if is_manifest => Guarded::Folder(path),
            None => Guarded::File(path),
        }
    })
    .collect()
}

fn claimed(path: &str, is_folder: bool) -> Option<Claimed> {
    let (mut texts, mut claims, mut rest) = (vec![], vec![], path);
    while let Some((before, (claim, after))) = rest.split_once("{user.").and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        texts.push(before.to_owned());
        claims.push(claim.to_owned());
        rest = after;
    }
    texts.push(rest.to_owned());
    (!claims.is_empty()).then_some(Claimed { texts, claims, is_folder })
}

/// The partitions of viewers are told apart by everything below the text before the first claim: nothing else may lie there,
/// or two rules would speak of one file.
fn refuse_entangled(paths: &BTreeMap<Guarded, Rule>) -> Result<(), String> {
    if paths.contains_key(&Guarded::Folder("/".into())) {
        return Err("a manifest at the top of the site takes the whole site for its data\nhint: give it a folder of its own, as in data/orders/manifest.json".into());
    }
    for path in paths.keys() {
        let Guarded::Claimed(claimed) = path else { continue };
        let start = claimed.start();
        for other in paths.keys().filter(|other| *other != path) {
            let other = match other {
                Guarded::Folder(path) | Guarded::File(path) => path,
                Guarded::Claimed(claimed) => claimed.start(),
            };
            if start.is_empty() || other.starts_with(start) || other == start {
                return Err(format!(
                    "`{other}` lies among the partitions that viewers' claims choose, `{start}…`: no rule could tell them apart\nhint: give the partitions a folder of their own"
                ));
            }
        }
    }
    Ok(())
}

/// Where the service is asked, and where a login starts.
pub fn service_paths(identity: &Identity) -> (&'static str, String) {
    match identity.provider {
        Provider::Oauth2Proxy => ("/oauth2/auth", "/oauth2/start".into()),
        _ => {
            let login = identity.login.as_deref().unwrap_or("/oauth2/start");
            ("/auth", login.split('?').next().unwrap_or_default().to_owned())
        }
    }
}

impl Claimed {
    /// The text before the first claim.
    pub fn start(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_at_claims() {
        let claimed = |url: &str| guarded(&Location::Parquet(vec![url.into()])).pop();
        let expected =
            Claimed { texts: vec!["a/b=".into(), "/c-".into(), ".parquet".into()], claims: vec!["x".into(), "y".into()], is_folder: false };
        assert_eq!(claimed("a/b={user.x}/c-{user.y}.parquet"), Some(Guarded::Claimed(expected)));
        assert_eq!(claimed("a/b.parquet"), Some(Guarded::File("a/b.parquet".into())));
        assert_eq!(claimed("a/b=100%25/c.parquet"), Some(Guarded::File("a/b=100%/c.parquet".into())), "as servers compare paths");
        assert_eq!(claimed("https://elsewhere.example/b.parquet"), None);
        assert_eq!(guarded(&Location::Manifest("a/manifest.json".into())), [Guarded::Folder("a/".into())]);
    }

    #[test]
    fn nothing_lies_among_partitions() {
        let rules = |urls: &[&str]| {
            let paths = urls.iter().flat_map(|url| guarded(&Location::Parquet(vec![(*url).into()])));
            refuse_entangled(&paths.map(|path| (path, Rule::default())).collect())
        };
        assert!(rules(&["data/{user.x}/a", "other/b"]).is_ok());
        assert!(rules(&["data/{user.x}/a", "data/b"]).is_err());
        assert!(rules(&["data/r={user.x}/a", "data/b"]).is_ok());
        assert!(rules(&["data/r={user.x}/a", "data/r=north/b"]).is_err());
        assert!(rules(&["data/r={user.x}/a", "data/r={user.x}/b"]).is_err());
        assert!(rules(&["{user.x}/a", "data/b"]).is_err());
    }
}
