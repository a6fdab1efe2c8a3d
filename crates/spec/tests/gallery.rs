//! The gallery shows every kind of view.
use std::collections::BTreeSet;
use tarn_dashboard::{Order, OrderBy, View, ViewKind};
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

#[test]
fn boxes_of_numbers_stand_in_the_order_of_the_numbers_and_all_of_them() {
    let dashboard = compile("dashboard.yaml", GALLERY.as_bytes()).dashboard.unwrap();
    let boxes: Vec<&View> = dashboard.pages.iter().flat_map(|page| page.views()).filter(|view| view.kind == ViewKind::Box).collect();
    let [.., by_origin, by_weekday] = boxes.iter().filter(|view| view.facet.is_none()).copied().collect::<Vec<_>>()[..] else {
        panic!("{boxes:?}")
    };
    let key = Order { by: OrderBy::Key(0), descending: false };
    assert_eq!(
        (by_origin.order.as_slice(), by_origin.limit),
        ([Order { by: OrderBy::Measure(0), descending: true }, key.clone()].as_slice(), Some(10))
    );
    assert_eq!((by_weekday.order.as_slice(), by_weekday.limit), ([key].as_slice(), None));
}
