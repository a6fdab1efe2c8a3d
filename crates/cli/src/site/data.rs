use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use tarn_dashboard::{Dashboard, Location};

/// Where the local files of the dashboard belong in the site. A file outside of `dir` moves to `data/`, and the dashboard
/// names its new place. Addresses with a scheme stay what they are; with `{user.claim}` in them, every place that a claim can
/// lead to belongs to the site.
pub fn take_in(dashboard: &mut Dashboard, dir: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut taken = BTreeMap::new();
    for source in &mut dashboard.sources {
        match &mut source.location {
            location if urls(location).iter().any(|url| url.contains(CLAIM)) => {
                let is_manifest = matches!(location, Location::Manifest(_));
                for url in urls(location) {
                    take_in_partitions(&source.name, url, is_manifest, dir, &mut taken)?;
                }
            }
            Location::Parquet(urls) => {
                for url in urls.iter_mut().filter(|url| !url.contains("://")) {
                    let file = existing(&source.name, url, dir)?;
                    let path = site_path(url, &file, &taken);
                    *url = address(&path);
                    taken.insert(path, file);
                }
            }
            Location::Manifest(url) if !url.contains("://") => {
                // A manifest names its files relative to itself: its whole folder belongs to it.
                let file = existing(&source.name, url, dir)?;
                let path = site_path(url, &file, &taken);
                let (folder, below) = (file.parent().unwrap_or(dir), path.rsplit_once('/').map_or("", |(folder, _)| folder));
                add_folder(folder, below, &mut taken).map_err(|error| format!("{}: {error}", folder.display()))?;
                *url = address(&path);
            }
            Location::Manifest(_) => {}
        }
    }
    Ok(taken)
}

/// The origins of data that lies elsewhere, each once: what the page has to be allowed to connect to.
pub fn origins(dashboard: &Dashboard) -> Vec<String> {
    let urls = dashboard.sources.iter().flat_map(|source| urls(&source.location));
    let origins = urls.filter_map(|url| {
        let (scheme, rest) = url.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
        let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
        plain.then(|| format!("{}://{host}", scheme.to_ascii_lowercase()))
    });
    origins.collect::<BTreeSet<_>>().into_iter().collect()
}

/// How the place of a viewer's claim begins.
const CLAIM: &str = "{user.";

fn urls(location: &Location) -> &[String] {
    match location {
        Location::Manifest(url) => std::slice::from_ref(url),
        Location::Parquet(urls) => urls,
    }
}

/// Everything that the location can mean: each `{user.claim}` stands for any name.
fn take_in_partitions(source: &str, url: &str, is_manifest: bool, dir: &Path, taken: &mut BTreeMap<String, PathBuf>) -> Result<(), String> {
    let mut found = vec![(String::new(), dir.to_owned())];
    for part in url.split('/') {
        let mut next = vec![];
        for (below, folder) in found {
            let names: Vec<String> = match part.split_once(CLAIM) {
                None if matches!(part, ".." | "") => {
                    return Err(format!("the data of `{source}` has to lie below {}: `{url}`", dir.display()));
                }
                None => vec![part.to_owned()],
                Some((start, rest)) => {
                    let end = rest.split_once('}').map_or("", |(_, end)| end);
                    if end.contains(CLAIM) {
                        return Err(format!("two claims stand in one name of `{url}`\nhint: give each a folder of its own"));
                    }
                    let entries =
                        fs::read_dir(&folder).map_err(|error| format!("the data of `{source}`: {}: {error}", folder.display()))?;
                    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
                    names.filter(|name| name.len() > start.len() + end.len() && name.starts_with(start) && name.ends_with(end)).collect()
                }
            };
            next.extend(
                names.into_iter().map(|name| (if below.is_empty() { name.clone() } else { format!("{below}/{name}") }, folder.join(name))),
            );
        }
        found = next;
    }
    found.retain(|(_, file)| file.is_file());
    if found.is_empty() {
        let hint = "write `source:` relative to the dashboard file, or name the folder with --data-dir";
        return Err(format!("the data of `{source}` is not there: {}\nhint: {hint}", dir.join(url).display()));
    }
    for (path, file) in found {
        if is_manifest {
            let (folder, below) = (file.parent().unwrap_or(dir), path.rsplit_once('/').map_or("", |(folder, _)| folder));
            add_folder(folder, below, taken).map_err(|error| format!("{}: {error}", folder.display()))?;
        } else {
            taken.insert(path, file);
        }
    }
    Ok(())
}

fn existing(source: &str, url: &str, dir: &Path) -> Result<PathBuf, String> {
    let file = dir.join(url);
    if file.is_file() {
        return Ok(file);
    }
    let hint = "write `source:` relative to the dashboard file, or name the folder with --data-dir";
    Err(format!("the data of `{source}` is not there: {}\nhint: {hint}", file.display()))
}

/// The path that the author wrote where it leads into the site, else one in `data/` that is free.
fn site_path(url: &str, file: &Path, taken: &BTreeMap<String, PathBuf>) -> String {
    let inside: Option<Vec<&str>> = Path::new(url)
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| if let Component::Normal(name) = part { name.to_str() } else { None })
        .collect();
    if let Some(parts) = inside {
        return parts.join("/");
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, "parquet"));
    let candidates = std::iter::once(format!("data/{name}")).chain((2..).map(|n: u32| format!("data/{stem}-{n}.{extension}")));
    let free = |path: &String| taken.get(path).is_none_or(|other| other == file);
    candidates.into_iter().find(free).unwrap_or_default()
}

/// The address of a file at this place in the site. Browsers escape what else needs it themselves, but take these three for signs
/// of an address.
fn address(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}

fn add_folder(folder: &Path, below: &str, taken: &mut BTreeMap<String, PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            add_folder(&entry.path(), &path, taken)?;
        } else {
            taken.insert(path, entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_stands_for_every_folder_that_it_can_choose() {
        let dir = std::env::temp_dir().join(format!("tarn-partitions-{}", std::process::id()));
        for path in ["data/region=north/orders.parquet", "data/region=south/orders.parquet", "data/other/orders.parquet"] {
            let file = dir.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        }
        let mut taken = BTreeMap::new();
        let told = take_in_partitions("orders", "data/region={user.region}/orders.parquet", false, &dir, &mut taken);
        let outside = take_in_partitions("orders", "../{user.region}/x", false, &dir, &mut BTreeMap::new());
        let nothing = take_in_partitions("orders", "data/{user.region}.parquet", false, &dir, &mut BTreeMap::new());
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(told, Ok(()));
        assert_eq!(taken.keys().collect::<Vec<_>>(), ["data/region=north/orders.parquet", "data/region=south/orders.parquet"]);
        assert!(outside.is_err() && nothing.is_err());
    }

    #[test]
    fn names_with_signs_of_an_address_are_escaped_in_it() {
        assert_eq!(address("data/city=New%20York/a.parquet"), "data/city=New%2520York/a.parquet");
        assert_eq!(address("data/what?/no #1.parquet"), "data/what%3F/no %231.parquet");
    }

    #[test]
    fn files_outside_the_site_move_to_data_under_a_free_name() {
        let mut taken = BTreeMap::new();
        let mut path = |url: &str| {
            let file = Path::new("/work").join(url);
            let path = site_path(url, &file, &taken);
            taken.insert(path.clone(), file);
            path
        };
        assert_eq!(path("data/a.parquet"), "data/a.parquet");
        assert_eq!(path("./b.parquet"), "b.parquet");
        assert_eq!(path("../other/a.parquet"), "data/a-2.parquet");
        assert_eq!(path("../other/a.parquet"), "data/a-2.parquet", "the same file once");
        assert_eq!(path("/absolute/a.parquet"), "data/a-3.parquet");
    }
}
