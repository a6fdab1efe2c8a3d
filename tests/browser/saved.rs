//! What is told of a view that is drawn in part, and what a view has when it is saved.
use serde_json::Value;
use std::fs;
use tarn_tests::{Cors, Page, Server, Site, in_browser, root};

async fn open(pages: &str) -> Server {
    let yaml = fs::read_to_string(root().join("examples/gallery/dashboard.yaml")).unwrap();
    let yaml = format!("{}pages:\n  - title: All\n    filters: [period]\n    rows:\n{pages}", &yaml[..yaml.find("pages:").unwrap()]);
    Server::start(Site::built().with_dashboard(&yaml), "/", Cors::Missing).await
}

/// What an entry of a view's menu saves.
async fn saved(page: &Page, view: &str, entry: &str) -> String {
    page.call("window.saved = null; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return '#'; }")
        .await;
    page.call(&format!("document.querySelector('[data-view={view}] .view-menu .icon-button').click()")).await;
    let found =
        format!("[...document.querySelectorAll('[data-view={view}] .menu-item')].find((item) => item.innerText.includes('{entry}'))");
    page.wait_for(&found, "the menu").await;
    page.call(&format!("{found}.click()")).await;
    page.wait_for("saved", "it is saved").await;
    page.call("return saved").await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heatmap_of_too_many_cells_tells_how_many_it_shows() {
    let server = open("      - [{ heatmap: flights, by: [date, destination], grain: [hour], id: many }]\n").await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_for("document.querySelector('[data-view=many] .chart-note')", "what is left out is told").await;
        let counts =
            "const distinct = (at) => new Set(tarn.result('many').rows.map((row) => row[at])).size; return [distinct(0), distinct(1)]";
        let Value::Array(counts) = page.call(counts).await else { panic!() };
        let note = page.call("return document.querySelector('[data-view=many] .chart-note').innerText").await;
        assert_eq!(note, format!("Date: 400 of {} shown · Destination: 40 of {} shown", counts[0], counts[1]));
        let label = page.call("return document.querySelector('[data-view=many] canvas').ariaLabel").await;
        assert!(label.as_str().unwrap().contains("400 by 40"), "{label}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_chart_has_its_legend_and_its_rows_those_of_the_others() {
    let server = open(
        "      - [{ bar: flights, by: punctuality, color: origin, series: 3, other: true, stack: true, id: bars }]
      - [{ line: flights, by: date, grain: [week], color: origin, series: 3, id: lines }]\n",
    )
    .await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let svg = saved(page, "bars", "SVG").await;
        for series in ["ORD", "DFW", "ATL", "Other"] {
            assert_eq!(svg.matches(&format!(">{series}</text>")).count(), 1, "{series} in {svg}");
        }
        let lines = saved(page, "lines", "SVG").await;
        assert_eq!(lines.matches(">ORD</text>").count(), 1, "named at its line, and not once more: {lines}");
        let csv = saved(page, "bars", "CSV").await;
        let others = page.call("return tarn.result('bars').other.rows").await;
        let others = others.as_array().unwrap();
        assert_eq!(csv.lines().filter(|line| line.contains(",Other,")).count(), others.len(), "{csv}");
        for row in others {
            assert!(csv.contains(&format!("{},Other,{}\r\n", row[0].as_str().unwrap(), row[1])), "{row} in {csv}");
        }
        page.assert_no_complaints().await;
    })
    .await;
}
