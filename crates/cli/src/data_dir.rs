use std::path::{Path, PathBuf};
use tarn_dashboard::{Dashboard, Location};

/// Where the relative sources are: beside the dashboard file, else in the `public` folder of one of the folders above it,
/// else beside the file, so that the error names a path that the author expects.
fn find(dashboard_file: &Path, dashboard: &Dashboard) -> PathBuf {
    let file = dashboard_file.canonicalize().unwrap_or_else(|_| dashboard_file.to_owned());
    let folder = file.parent().unwrap_or(Path::new("."));
    let first = dashboard.sources.iter().find_map(|source| match &source.location {
        Location::Manifest(url) => Some(url),
        Location::Parquet(urls) => urls.first(),
    });
    let Some(first) = first else { return folder.to_owned() };
    let candidates = std::iter::once(folder.to_owned()).chain(folder.ancestors().map(|above| above.join("public")));
    // Of a location that a viewer's claim completes, the part before it.
    let first = first.split_once("{user.").map_or(first.as_str(), |(start, _)| start.rsplit_once('/').map_or("", |(folder, _)| folder));
    candidates.into_iter().find(|candidate| candidate.join(first).exists()).unwrap_or_else(|| folder.to_owned())
}

/// The folder that the author named, else what [`find`] finds.
pub fn chosen(named: Option<&Path>, dashboard_file: &Path, dashboard: &Dashboard) -> PathBuf {
    named.map_or_else(|| find(dashboard_file, dashboard), Path::to_owned)
}
