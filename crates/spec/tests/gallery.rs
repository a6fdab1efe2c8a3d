//! The gallery shows every kind of view.
#![allow(clippy::unwrap_used)]
use std::collections::BTreeSet;
use tarn_spec::{compile, render_all};

const GALLERY: &str = include_str!("../../../examples/gallery/dashboard.yaml");

#[test]
fn the_gallery_shows_every_kind_of_view() {
    let compiled = compile("dashboard.yaml", GALLERY.as_bytes());
    assert!(compiled.diagnostics.is_empty(), "{}", render_all(&compiled.files, &compiled.diagnostics));
    let dashboard = compiled.dashboard.unwrap();
    let shown: BTreeSet<&str> = dashboard.pages.iter().flat_map(|page| page.views()).map(|view| view.kind.name()).collect();
    // The message of a view without a kind lists all of them.
    let unknown = compile("dashboard.yaml", GALLERY.replace("kpi: avg_delay, ", "what_is_this: avg_delay, ").as_bytes());
    let told = render_all(&unknown.files, &unknown.diagnostics);
    let kinds = told.lines().find_map(|line| line.strip_prefix("hint: kinds: ")).unwrap_or_else(|| panic!("{told}"));
    let kinds: BTreeSet<&str> = kinds.split(", ").map(|kind| kind.trim_matches('`')).collect();
    assert_eq!(shown, kinds);
}
