//! Every kind of view, as the gallery shows them: drawn, in both themes without a barrier, told and walked by keys.
use serde_json::json;
use std::fs;
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser, root};
use thirtyfour::Key;

pub async fn open_gallery(server: &Server, page: &Page, id: &str) {
    page.open_ready(&server.url(&format!("?page={id}"))).await;
    page.wait_until_settled().await;
    // A frame after the results, every chart is painted.
    page.wait_for("[...document.querySelectorAll('canvas.chart-canvas')].every((canvas) => canvas.width > 300)", "charts are drawn").await;
}

pub async fn gallery() -> Server {
    let yaml = fs::read_to_string(root().join("examples/gallery/dashboard.yaml")).unwrap();
    Server::start(Site::built().with_dashboard(&yaml), "/", Cors::Missing).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_drawn_from_part_of_the_rows_and_has_no_barrier() {
    let server = gallery().await;
    in_browser(async |page| {
        let mut found = vec![];
        for id in ["time", "groups", "multiples", "numbers"] {
            open_gallery(&server, page, id).await;
            let views = page
                .call("return [...document.querySelectorAll('[data-view]')].map((view) => [view.dataset.view, view.dataset.state])")
                .await;
            let others: Vec<_> = views.as_array().unwrap().iter().filter(|view| view[1] != "ready").collect();
            assert!(others.is_empty(), "{id}: {others:?}");
            page.call(&format!("{}; window.axe = axe ?? window.axe;", axe())).await;
            for theme in ["light", "dark"] {
                page.call(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
                found.extend(barriers(page, &format!("{theme} {id}"), 20).await);
            }
            page.assert_no_complaints().await;
        }
        assert!(found.is_empty(), "{found:#?}");
        assert!(
            page.call("return tarn.status().sources[0].rowGroupsSkipped > 5").await == json!(true),
            "the day of the last page is a part"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn combos_standing_bars_and_boxes_are_told_and_walked_by_keys() {
    let server = gallery().await;
    in_browser(async |page| {
        for (id, view, told, first) in [
            ("time", "bars-and-a-line", "bars and lines, 3 Jun – 30 Jun 2001.", "Flights"),
            ("time", "by-hour", "bars and lines, 00:00 – 23:00.", "Flights"),
            ("groups", "columns", "bar chart, 7 rows.", "Flights"),
            ("groups", "distance-by-weekday", "box plot, 7 rows. Mon: Count", "Count"),
        ] {
            open_gallery(&server, page, id).await;
            let label = page.call(&format!("return document.querySelector('[data-view={view}] canvas').ariaLabel")).await;
            assert!(label.as_str().unwrap().contains(told), "{label}");
            page.call(&format!("document.querySelector('[data-view={view}] .chart-picker').focus()")).await;
            let down = if view == "distance-by-weekday" { Key::Down } else { Key::Right };
            page.press(down.value().to_string()).await;
            let tip = format!("document.querySelector('[data-view={view}] .chart-tip')");
            page.wait_for(&format!("{tip}?.innerText.includes('{first}')"), "the tip names what is there").await;
            let result = page.call(&format!("return tarn.result('{view}').rows[1][1].toLocaleString('en-GB')")).await;
            let text = page.call(&format!("return {tip}.innerText")).await;
            assert!(text.as_str().unwrap().contains(result.as_str().unwrap()), "{view}: {text} has {result}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_chart_has_a_name_a_summary_and_its_numbers_a_key_away() {
    let server = gallery().await;
    in_browser(async |page| {
        let mut kinds = std::collections::BTreeSet::new();
        for id in ["time", "groups", "multiples", "numbers"] {
            open_gallery(&server, page, id).await;
            let charts = page
                .call(
                    "return [...document.querySelectorAll('canvas[role=img]')].map((canvas) => {
                       const view = canvas.closest('[data-view]');
                       return [view.dataset.view, view.dataset.kind, view.querySelector('h2').innerText, canvas.ariaLabel];
                     })",
                )
                .await;
            for chart in serde_json::from_value::<Vec<[String; 4]>>(charts).unwrap() {
                let [view, kind, title, told] = &chart;
                assert!(told.starts_with(title) && told.contains("Highest: "), "{chart:?}");
                let key = format!("document.querySelector('[data-view=\"{view}\"]  .chart :is([tabindex=\"0\"], button)')");
                let focused =
                    page.call(&format!("const element = {key}; element?.focus(); return document.activeElement === element")).await;
                assert_eq!(focused, json!(true), "{view} takes keys");
                page.press("t").await;
                let rows = format!("document.querySelectorAll('[data-view=\"{view}\"] .chart-table tbody tr').length");
                page.wait_for(&format!("{rows} > 0"), &format!("the numbers of {view}")).await;
                page.press("t").await;
                page.wait_for(&format!("{rows} === 0"), &format!("{view} again")).await;
                kinds.insert(kind.clone());
            }
        }
        let all = ["area", "bar", "box", "combo", "heatmap", "histogram", "line", "pie", "scatter"];
        assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), all);
    })
    .await;
}

/// A number that a logarithmic axis has no place for is a gap in the picture, and told.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_without_a_place_on_a_logarithmic_axis_are_told() {
    let yaml = "
title: Scales
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1d
    schema: { date: timestamp!, delay: int64 }
    time: date
    measures:
      least: { sql: min(delay), format: 0 min }
      flights: count(*)
pages:
  - title: One
    rows:
      - [{ line: least, by: date, grain: week, scale: log, id: least }, { line: flights, by: date, grain: week, scale: log, id: flights }]
";
    let server = Server::start(Site::built().with_dashboard(yaml), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_for("document.querySelector('[data-view=least] .chart-note')", "the numbers are told").await;
        let weeks = page.call("return tarn.result('least').rows.length").await.as_u64().unwrap();
        let note = page.call("return document.querySelector('[data-view=least] .chart-note').innerText").await;
        assert_eq!(note, json!(format!("{weeks} numbers of zero or less have no place on the logarithmic scale")));
        assert_eq!(page.call("return document.querySelector('[data-view=flights] .chart-note')").await, json!(null));
        page.assert_no_complaints().await;
    })
    .await;
}
