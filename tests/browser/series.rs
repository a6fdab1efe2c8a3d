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

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_tells_the_trend_of_every_series_and_the_highest_value() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?page=airports")).await;
        page.wait_until_settled().await;
        let label = page.call("return document.querySelector('[data-view=average-delay-by-origin] canvas').ariaLabel").await;
        let label = label.as_str().unwrap().replace('−', "-");
        // Computed once more from the rows: key of time, series, value.
        let expected = page
            .call(
                "const { rows, other } = tarn.result('average-delay-by-origin');
                 const all = [...rows, ...(other?.rows ?? []).map(([at, value]) => [at, 'Other', value])].filter((row) => row[2] !== null);
                 const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
                 const trend = (name) => {
                     const values = all.filter((row) => row[1] === name).sort((a, b) => a[0] < b[0] ? -1 : 1).map((row) => row[2]);
                     const half = values.length >> 1, earlier = average(values.slice(0, half));
                     const change = (average(values.slice(half)) - earlier) / Math.abs(earlier);
                     return `${name} ${change < 0 ? '' : '+'}${(change * 100).toFixed(1)}`;
                 };
                 return [...new Set(all.map((row) => row[1]))].map(trend)",
            )
            .await;
        let expected = expected.as_array().unwrap();
        assert_eq!(expected.len(), 6);
        for trend in expected {
            assert!(label.contains(trend.as_str().unwrap()), "{trend} in {label}");
        }
        let highest = page
            .call("const { rows } = tarn.result('average-delay-by-origin'); return rows.reduce((best, row) => row[2] > best[2] ? row : best)[1]")
            .await;
        let said = label.split("Highest: ").nth(1).and_then(|rest| rest.split(". ").find(|part| part.contains(',')));
        assert!(said.is_some_and(|said| said.contains(highest.as_str().unwrap())), "{highest} in {label}");
    })
    .await;
}
