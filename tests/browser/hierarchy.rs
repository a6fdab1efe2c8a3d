//! Down a hierarchy and up again: by click, touch and keys, in the address, with the other views following.
use super::kinds::{gallery, open_gallery};
use serde_json::json;
use std::fs;
use tarn_tests::{Cors, Server, Site, in_browser, root};
use thirtyfour::Key;

const VIEW: &str = "[data-view=hierarchy]";
const ROWS: &str = "[...document.querySelectorAll('[data-view=hierarchy] .chart-row')]";
const PATH: &str =
    "[...document.querySelector('[data-view=hierarchy] .crumbs').childNodes].map((part) => part.textContent).filter(Boolean).join(' ')";

fn is(filter: &str, value: &str) -> String {
    format!("JSON.stringify(tarn.filters().find((filter) => filter.id === '{filter}').value) === '{value}'")
}

/// That the view shows a level: the path above it, and the dimension of its rows.
fn shows(path: &str, column: &str) -> String {
    format!("{PATH} === '{path}' && tarn.result('hierarchy').columns[0].name === '{column}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_goes_down_filters_the_others_and_stands_in_the_address() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "groups").await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "the first level").await;
        page.call(&format!("{ROWS}[1].dispatchEvent(new MouseEvent('click', {{ shiftKey: true, bubbles: true }}))")).await;
        page.wait_for(&is("punctuality", "[\"Late\"]"), "with Shift a click selects").await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "and stays").await;
        page.call(&format!("{ROWS}[1].click()")).await;
        page.wait_for(&shows("All Late · Origin", "origin"), "a click goes down").await;
        page.call("await tarn.ready()").await;
        assert_eq!(
            page.call("return tarn.result('bars').rows[0]").await,
            page.call("return tarn.result('hierarchy').rows[0]").await,
            "the other views follow"
        );
        let chip = page.call("return document.querySelector('[data-filter=punctuality]').innerText").await;
        assert!(chip.as_str().unwrap().contains("Late"), "{chip}");
        page.call(&format!("{ROWS}[0].click()")).await;
        page.wait_for("tarn.result('hierarchy').columns[0].name === 'destination'", "the last level").await;
        let origin = page.call("return tarn.filters().find((filter) => filter.id === 'origin').value[0]").await;
        page.wait_for(&shows(&format!("All Late {} · Destination", origin.as_str().unwrap()), "destination"), "the path names both").await;
        page.call(&format!("{ROWS}[2].click()")).await;
        page.wait_for("tarn.filters().find((filter) => filter.id === 'destination').value?.length === 1", "the last level selects").await;
        page.wait_for("location.search.includes('drill.hierarchy=2')", "the level is in the address").await;
        page.reload_ready().await;
        page.wait_for("tarn.result('hierarchy').columns[0].name === 'destination'", "a reload keeps the level").await;
        page.call(&format!("document.querySelectorAll('{VIEW} .crumbs button')[0].click()")).await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "the path leads back to the top").await;
        page.wait_for(
            &format!("{} && {} && {}", is("punctuality", "null"), is("origin", "null"), is("destination", "null")),
            "and takes the filters along",
        )
        .await;
        page.call("history.back()").await;
        page.wait_for("tarn.result('hierarchy').columns[0].name === 'destination'", "back is back").await;
        page.call("await tarn.setFilter('punctuality', null)").await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "a level is left with the filter above it").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_down_and_up_and_keep_the_focus() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "groups").await;
        let press = async |key: Key| page.press(key.value().to_string()).await;
        page.call(&format!("{ROWS}[0].focus()")).await;
        press(Key::Down).await;
        press(Key::Enter).await;
        page.wait_for(&shows("All Late · Origin", "origin"), "Enter goes down").await;
        page.wait_for(&format!("document.activeElement === {ROWS}[0]"), "the focus is at the first row below").await;
        press(Key::Backspace).await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "Backspace goes up").await;
        page.wait_for(&format!("document.activeElement === {ROWS}[0]"), "with the focus").await;
        press(Key::Enter).await;
        page.wait_for(&shows("All On time · Origin", "origin"), "down again").await;
        press(Key::Escape).await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "Escape goes up").await;
        let slices = "[data-view=hierarchy-of-slices]";
        page.call(&format!("document.querySelector('{slices} .chart-picker').focus()")).await;
        press(Key::Right).await;
        press(Key::Enter).await;
        let column = |name: &str| format!("tarn.result('hierarchy-of-slices').columns[0].name === '{name}'");
        page.wait_for(&column("origin"), "a slice goes down").await;
        page.wait_for(&format!("document.activeElement === document.querySelector('{slices} .chart-picker')"), "with the focus").await;
        press(Key::Backspace).await;
        page.wait_for(&column("punctuality"), "and up").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_goes_down_at_360_pixels() {
    let server = gallery().await;
    in_browser(async |page| {
        page.resize(360, 740).await;
        page.open_ready(&server.url("?page=groups")).await;
        page.wait_for(&shows("All · Punctuality", "punctuality"), "the first level").await;
        page.call(&format!("document.querySelector('{VIEW}').scrollIntoView({{ block: 'center' }})")).await;
        let at = page.call(&format!("const box = {ROWS}[1].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]")).await;
        page.tap(at[0].as_f64().unwrap(), at[1].as_f64().unwrap()).await;
        page.wait_for(&shows("All Late · Origin", "origin"), "a tap goes down").await;
        let small = page
            .call(&format!("return [...document.querySelectorAll('{VIEW} .crumbs button')].map((button) => button.getBoundingClientRect().height).filter((height) => height < 24)"))
            .await;
        assert_eq!(small, json!([]), "targets for fingers");
        assert_eq!(page.call("return document.documentElement.scrollWidth <= 360").await, json!(true), "nothing overflows");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_steps_and_boxes_go_down_too() {
    let yaml = fs::read_to_string(root().join("examples/gallery/dashboard.yaml")).unwrap();
    let pages = "pages:
  - title: All
    filters: [period]
    rows:
      - [{ heatmap: flights, by: [weekday, punctuality], drill: [punctuality, origin], id: cells }]
      - [{ combo: flights, lines: avg_delay, by: punctuality, drill: [punctuality, origin], second_axis: true, id: steps }]
      - [{ box: delay, by: punctuality, drill: [punctuality, origin], id: boxes }]
";
    let yaml = format!("{}{pages}", &yaml[..yaml.find("pages:").unwrap()]);
    let server = Server::start(Site::built().with_dashboard(&yaml), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        for (view, column, step) in [("cells", 1, Key::Right), ("steps", 0, Key::Right), ("boxes", 0, Key::Down)] {
            let shows = |name: &str| format!("tarn.result('{view}').columns[{column}].name === '{name}'");
            let target = format!("document.querySelector('[data-view={view}] :is(.chart-picker, .chart-row)')");
            page.wait_for(&format!("{} && {target}", shows("punctuality")), "the first level").await;
            page.call(&format!("{target}.focus()")).await;
            page.press(step.value().to_string()).await;
            page.press(Key::Enter.value().to_string()).await;
            page.wait_for(&shows("origin"), &format!("Enter goes down in {view}")).await;
            page.wait_for(&format!("{target} === document.activeElement"), &format!("{view} keeps the focus")).await;
            page.press(Key::Backspace.value().to_string()).await;
            page.wait_for(&shows("punctuality"), &format!("Backspace goes up in {view}")).await;
        }
        page.assert_no_complaints().await;
    })
    .await;
}
