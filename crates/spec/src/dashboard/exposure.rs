//! What viewers can load beyond what they are shown: rules protect files, and a file is given away whole.
use crate::{RoleSet, diagnostic::Report, yaml::Node};
use std::collections::BTreeSet;
use tarn_dashboard::{Dashboard, Location, Source};

pub(super) fn warn(dashboard: &Dashboard, sets: &[RoleSet], data: Option<&Node>, report: &mut Report) {
    for source in &dashboard.sources {
        let Some(span) = data.and_then(|data| data.key_span(&[&source.name, "source"])) else { continue };
        let shown: Vec<BTreeSet<&str>> = sets.iter().filter_map(|set| Some(columns(set.dashboard.source(&source.name)?))).collect();
        let all: BTreeSet<&str> = shown.iter().flatten().copied().collect();
        let hidden: BTreeSet<&str> = shown.iter().flat_map(|own| all.difference(own)).copied().collect();
        if !hidden.is_empty() {
            let names: Vec<String> = hidden.iter().map(|name| format!("`{name}`")).collect();
            let message =
                format!("not everybody who is shown `{}` is shown {}, but all of them can load it", source.name, names.join(", "));
            report.warning(span, message).hint("publish what is guarded as a source of its own: rules protect files, not columns");
        }
        if is_elsewhere(source) && !shown.is_empty() {
            let message = format!("the data of `{}` lies on another origin, where no rule of this site protects it", source.name);
            report.warning(span, message).hint("serve it beside the page, or protect it there");
        }
    }
}

fn columns(source: &Source) -> BTreeSet<&str> {
    source.columns.iter().map(|column| column.name.as_str()).collect()
}

fn is_elsewhere(source: &Source) -> bool {
    match &source.location {
        Location::Manifest(url) => url.contains("://"),
        Location::Parquet(urls) => urls.iter().any(|url| url.contains("://")),
    }
}
