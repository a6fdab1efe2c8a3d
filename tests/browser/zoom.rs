//! A time axis that shows what was brushed: by button, keys and touch, with a finer grain, in the address.
use super::kinds::{gallery, open_gallery};
use serde_json::json;
use tarn_tests::in_browser;
use thirtyfour::Key;

const DAY: &str = "86_400e6";

/// The days that the axis shows.
fn days() -> String {
    let end = |name: &str| format!("Number(document.querySelector('[data-view=line] [role=slider]').getAttribute('{name}'))");
    format!("Math.round(({} - {}) / {DAY})", end("aria-valuemax"), end("aria-valuemin"))
}

fn button(label: &str) -> String {
    format!(
        "[...document.querySelectorAll('[data-view=line] .chart-zoom button')].find((button) => button.textContent === '{label}' && !button.classList.contains('gone'))"
    )
}

const GRAIN: &str = "document.querySelector('[data-view=line] .segmented [aria-pressed=true]').textContent";

#[tokio::test(flavor = "multi_thread")]
async fn a_brushed_period_becomes_the_axis_and_the_address_keeps_it() {
    let server = gallery().await;
    in_browser(async |page| {
        page.open_ready(&server.url("?page=time&grain.line=week&period=2001-04-01..2001-06-03")).await;
        page.wait_until_settled().await;
        page.wait_for(&format!("{} > 170", days()), "the axis shows all there is").await;
        assert_eq!(page.call(&format!("return [{GRAIN}, {} === undefined]", button("Zoom out"))).await, json!(["Week", true]));
        let flights = page.call("return tarn.result('kpi-flights').rows[0][0]").await;
        page.wait_for(&format!("{} !== undefined", button("Zoom in")), "a brush offers to zoom").await;
        page.call(&format!("{}.click()", button("Zoom in"))).await;
        page.wait_for(&format!("{} === 63 && {GRAIN} === 'Day'", days()), "63 days, by day").await;
        page.wait_for(&format!("document.activeElement === {}", button("Zoom out")), "the focus is at the way back").await;
        assert_eq!(page.call(&format!("return {} === undefined", button("Zoom in"))).await, json!(true), "all of the axis is selected");
        page.wait_for("location.search.includes('zoom.line=2001-04-01..2001-06-03')", "the address has it").await;
        page.reload_ready().await;
        page.wait_for(&format!("{} === 63", days()), "a reload keeps it").await;
        assert_eq!(page.call("return tarn.result('kpi-flights').rows[0][0]").await, flights, "a zoom filters nothing");
        page.call(&format!("{}.click()", button("Zoom out"))).await;
        page.wait_for(&format!("{} > 170", days()), "and out again").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_zoom_and_what_clears_zooms_out_last() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "time").await;
        page.wait_for(&format!("{} > 170", days()), "the axis shows all there is").await;
        page.call("document.querySelector('[data-view=line] [role=slider]').focus()").await;
        page.press("+").await;
        page.wait_for(&format!("{} === 28", days()), "the period of 28 days").await;
        page.press("-").await;
        page.wait_for(&format!("{} > 170", days()), "out").await;
        page.press("+").await;
        page.wait_for(&format!("{} === 28", days()), "in again").await;
        page.press(Key::Escape.value().to_string()).await;
        page.wait_for("tarn.filters().find((filter) => filter.id === 'period').value === null", "Escape clears").await;
        page.wait_for(&format!("{} === 28", days()), "and leaves the axis").await;
        page.press(Key::Escape.value().to_string()).await;
        page.wait_for(&format!("{} > 170", days()), "then zooms out").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fingers_zoom_at_360_pixels() {
    let server = gallery().await;
    in_browser(async |page| {
        page.resize(360, 740).await;
        page.open_ready(&server.url("?page=time")).await;
        page.wait_for(&format!("{} !== undefined", button("Zoom in")), "there is a button").await;
        page.call("document.querySelector('[data-view=line]').scrollIntoView({ block: 'center' })").await;
        let at = page
            .call(&format!(
                "const box = {}.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2, box.height]",
                button("Zoom in")
            ))
            .await;
        assert!(at[2].as_f64().unwrap() >= 24.0, "{at}");
        page.tap(at[0].as_f64().unwrap(), at[1].as_f64().unwrap()).await;
        page.wait_for(&format!("{} === 28", days()), "a tap zooms").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crosshair_stands_in_every_chart_that_shows_its_time() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "time").await;
        let label = |view: &str| {
            format!("document.querySelector('[data-view={view}] .chart-hover:not(.chart-off) .chart-tip > span')?.textContent")
        };
        let chart = page.element("[data-view=line] canvas").await;
        chart.scroll_into_view().await.unwrap();
        let width = page.call("return document.querySelector('[data-view=line] canvas').clientWidth").await.as_i64().unwrap();
        page.driver.action_chain().move_to_element_with_offset(&chart, width / 2 - 60, 0).perform().await.unwrap();
        page.wait_for(&format!("{} && {0} === {}", label("line"), label("bars-and-a-line")), "both name the same day").await;
        page.driver.action_chain().move_to_element_with_offset(&chart, 60 - width / 2, 0).perform().await.unwrap();
        page.wait_for(&format!("{} && !{}", label("line"), label("bars-and-a-line")), "a day that the other does not show").await;
        page.call("document.querySelector('[data-view=line] .chart').dispatchEvent(new PointerEvent('pointerleave'))").await;
        page.wait_for(&format!("!{} && !{}", label("line"), label("area")), "the pointer has left").await;
        page.assert_no_complaints().await;
    })
    .await;
}
