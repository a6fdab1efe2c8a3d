//! What each page of the dashboard would fetch of a planned snapshot: its first answers are given, by the engine that runs in
//! the browser.
use serde::Serialize;
use std::path::Path;
use tarn_dashboard::{Dashboard, Location, Page};
use tarn_protocol::{Run, ViewRequest};
use tarn_publish::MANIFEST;
use tarn_runtime::{FileHost, Runtime, block_on};

/// What the first visit to a page costs, with the defaults of its filters.
#[derive(Debug, PartialEq, Serialize)]
pub struct PageCost {
    pub page: String,
    /// That are fetched, in the order of the contract.
    pub columns: Vec<String>,
    pub row_groups: u32,
    pub row_groups_skipped: u32,
    /// With the manifest and the footers.
    pub bytes: u64,
    pub requests: u32,
    /// Why it would show no data.
    pub error: Option<String>,
}

/// Of the pages that show the source, in their order. `folder` holds what is planned.
pub fn costs(dashboard: &Dashboard, source: &str, folder: &Path) -> Vec<PageCost> {
    let mut dashboard = dashboard.clone();
    if let Some(source) = dashboard.sources.iter_mut().find(|other| other.name == source) {
        source.location = Location::Manifest(MANIFEST.to_owned());
    }
    let pages = dashboard.pages.iter().filter(|page| page.views().any(|view| view.source == source));
    pages.map(|page| cost(&dashboard, page, source, folder)).collect()
}

fn cost(dashboard: &Dashboard, page: &Page, source: &str, folder: &Path) -> PageCost {
    // A page is visited by somebody who has nothing of the others.
    let runtime = Runtime::new(FileHost::new(folder), dashboard.clone(), "", |_| {});
    let selections = dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), filter.default.clone()?))).collect();
    let views = page.views().filter(|view| view.source == source);
    let views = views.map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() }).collect();
    block_on(runtime.run(&Run { seq: 0, page: page.id.clone(), selections, comparisons: vec![], views }));
    let status = runtime.status(source).unwrap_or_default();
    let needed = runtime.columns(&page.id).into_iter().find(|(name, _)| name == source).map_or_else(Vec::new, |(_, columns)| columns);
    let of_contract = dashboard.source(source).into_iter().flat_map(|source| &source.columns).map(|column| &column.name);
    PageCost {
        page: page.id.clone(),
        columns: of_contract.filter(|name| needed.contains(name)).cloned().collect(),
        row_groups: status.row_groups_read,
        row_groups_skipped: status.row_groups_skipped,
        bytes: status.bytes_fetched,
        requests: status.requests,
        error: status.error.map(|error| error.what()),
    }
}
