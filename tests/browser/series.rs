//! Series: their legend selects, the tooltip names them all, a click on nothing else is needed.
use serde_json::json;
use tarn_tests::{Cors, Server, Site, in_browser};
use thirtyfour::Key;

const CHOSEN: &str = "JSON.stringify(tarn.filters().find((filter) => filter.id === 'punctuality').value)";
const BUTTONS: &str = "[...document.querySelectorAll('[data-view=flights-by-punctuality] .chart-legend button')]";

#[tokio::test(flavor = "multi_thread")]
async fn a_legend_selects_by_click_with_shift_and_by_keys() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?page=airports")).await;
        page.wait_until_settled().await;
        let names = page.call(&format!("return {BUTTONS}.map((button) => button.textContent.trim())")).await;
        assert_eq!(names, json!(["On time", "Late", "Over an hour late"]), "the most frequent first");
        page.call(&format!("{BUTTONS}[1].click()")).await;
        page.wait_for(&format!("{CHOSEN} === '[\"Late\"]'"), "a click selects one").await;
        let pressed = page.call(&format!("return {BUTTONS}.map((button) => button.ariaPressed)")).await;
        assert_eq!(pressed, json!(["false", "true", "false"]));
        page.call(&format!("{BUTTONS}[2].dispatchEvent(new MouseEvent('click', {{ shiftKey: true, bubbles: true }}))")).await;
        page.wait_for(&format!("{CHOSEN} === '[\"Late\",\"Over an hour late\"]'"), "Shift adds one").await;
        page.call(&format!("{BUTTONS}[2].focus()")).await;
        page.driver.action_chain().send_keys(Key::Home.value().to_string()).perform().await.unwrap();
        assert_eq!(page.call(&format!("return document.activeElement === {BUTTONS}[0]")).await, json!(true));
        page.driver.action_chain().send_keys(Key::Space.value().to_string()).perform().await.unwrap();
        page.wait_for(&format!("{CHOSEN} === '[\"On time\"]'"), "a key selects").await;
        page.driver.action_chain().send_keys(Key::Escape.value().to_string()).perform().await.unwrap();
        page.wait_for(&format!("{CHOSEN} === 'null'"), "Escape clears").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tooltip_names_every_series() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?page=airports")).await;
        page.wait_until_settled().await;
        let chart = page.element("[data-view=average-delay-by-origin] canvas").await;
        chart.scroll_into_view().await.unwrap();
        page.driver.action_chain().move_to_element_center(&chart).perform().await.unwrap();
        let rows = "[...document.querySelectorAll('[data-view=average-delay-by-origin] .chart-tip-row')]";
        page.wait_for(&format!("{rows}.length === 6"), "five origins and the others").await;
        let labels = page.call(&format!("return {rows}.map((row) => row.querySelector('span').textContent)")).await;
        assert_eq!(labels[5], json!("Other"));
        page.assert_no_complaints().await;
    })
    .await;
}
