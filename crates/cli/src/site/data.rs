use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use tarn_dashboard::{Dashboard, Location};

/// Where the local files of the dashboard belong in the site. A file outside of `dir` moves to `data/`, and the dashboard
/// names its new place. Addresses with a scheme stay what they are.
pub fn take_in(dashboard: &mut Dashboard, dir: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut taken = BTreeMap::new();
    for source in &mut dashboard.sources {
        match &mut source.location {
            Location::Parquet(urls) => {
                for url in urls.iter_mut().filter(|url| !url.contains("://")) {
                    let file = existing(&source.name, url, dir)?;
                    let path = site_path(url, &file, &taken);
                    *url = path.clone();
                    taken.insert(path, file);
                }
            }
            Location::Manifest(url) if !url.contains("://") => {
                // A manifest names its files relative to itself: its whole folder belongs to it.
                let file = existing(&source.name, url, dir)?;
                let path = site_path(url, &file, &taken);
                let (folder, below) = (file.parent().unwrap_or(dir), path.rsplit_once('/').map_or("", |(folder, _)| folder));
                add_folder(folder, below, &mut taken).map_err(|error| format!("{}: {error}", folder.display()))?;
                *url = path;
            }
            Location::Manifest(_) => {}
        }
    }
    Ok(taken)
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
mod tests {
    use super::*;

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
