//! Small multiples: drawn, brushed, chosen and walked as the chart alone is; told in words, in the table and in what is saved.
use super::kinds::{gallery, open_gallery};
use serde_json::json;
use tarn_tests::{Page, in_browser};
use thirtyfour::Key;

const LINES: &str = "[data-view=lines-by-origin]";

fn value(filter: &str) -> String {
    format!("JSON.stringify(tarn.filters().find((filter) => filter.id === '{filter}').value)")
}

fn key(key: Key) -> String {
    key.value().to_string()
}

async fn number(page: &Page, body: &str) -> f64 {
    page.call(body).await.as_f64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn panels_are_of_one_query_and_those_that_are_left_out_are_told() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "multiples").await;
        let panels =
            page.call(&format!("return [...document.querySelectorAll('{LINES} .chart-panel')].map((panel) => panel.ariaLabel)")).await;
        let shown = page.call("return [...new Set(tarn.result('lines-by-origin').rows.map((row) => row[0]))]").await;
        assert_eq!((panels.as_array().unwrap().len(), &panels), (12, &shown), "a panel for each origin, in the order of the rows");
        assert_eq!(
            page.call("return tarn.result('lines-by-origin').columns.map(({ name }) => name)").await,
            json!(["origin", "date", "flights"])
        );
        let note = page.call(&format!("return document.querySelector('{LINES} .chart-note').innerText")).await;
        assert!(note.as_str().unwrap().starts_with("Origin: 12 of "), "{note}");
        let label = page.call(&format!("return document.querySelector('{LINES} canvas').ariaLabel")).await;
        let first = panels[0].as_str().unwrap();
        assert!(label.as_str().unwrap().starts_with(&format!("A line for each origin, by Origin: {first}, ")), "{label}");
        page.call(&format!("document.querySelector('{LINES} .chart-table-button').click()")).await;
        let heads =
            page.call(&format!("return [...document.querySelectorAll('{LINES} th[scope=col]')].map((head) => head.innerText)")).await;
        assert_eq!(heads, json!(["Origin", "Date", "Flights"]));
        let rows = number(page, &format!("return document.querySelectorAll('{LINES} tbody tr').length")).await;
        // A view does not apply the filter that it selects.
        assert_eq!(rows, 12.0 * 182.0, "every day of every panel");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brush_in_one_panel_filters_the_others_views_and_stands_in_all_panels() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "multiples").await;
        let before = number(page, "return tarn.result('where-to').rowsMatched").await;
        let panel = page.element(&format!("{LINES} .chart-panel[data-panel='5']")).await;
        panel.scroll_into_view().await.unwrap();
        let drag = page.driver.action_chain().move_to_element_with_offset(&panel, -30, 10).click_and_hold();
        drag.move_to_element_with_offset(&panel, 0, 10).move_to_element_with_offset(&panel, 40, 10).release().perform().await.unwrap();
        page.wait_for(&format!("!{}.includes('last 28')", value("period")), "the brush sets the period").await;
        page.call("await tarn.ready()").await;
        let after = number(page, "return tarn.result('where-to').rowsMatched").await;
        assert!(0.0 < after && after != before, "{after} of {before} rows");
        let widths = page
            .call(&format!("return [...document.querySelectorAll('{LINES} .chart-brush-body')].map((body) => Math.round(body.getBoundingClientRect().width))"))
            .await;
        let widths = widths.as_array().unwrap();
        assert!(widths.len() == 12 && widths.iter().all(|width| *width == widths[0] && width.as_f64() > Some(20.0)), "{widths:?}");
        page.call(&format!("document.querySelector('{LINES} [data-panel=\"5\"] .chart-handle').focus()")).await;
        page.press(key(Key::Escape)).await;
        page.wait_for(&format!("{} === 'null'", value("period")), "Escape takes it away").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_walk_within_a_panel_and_from_one_to_the_next() {
    let server = gallery().await;
    in_browser(async |page| {
        open_gallery(&server, page, "multiples").await;
        let at = |view: &str| format!("document.activeElement.closest('[data-view={view}] [data-panel]')?.dataset.panel");
        // Bars: one stop of Tab for all of them.
        let rows = "[data-view=where-to] .chart-row";
        assert_eq!(page.call(&format!("return document.querySelectorAll('{rows}[tabindex=\"0\"]').length")).await, json!(1));
        page.call(&format!("document.querySelector('{rows}').focus()")).await;
        page.press(key(Key::Down)).await;
        page.press(key(Key::Right)).await;
        page.wait_for(&format!("{} === '1'", at("where-to")), "to the panel beside it").await;
        let row = page.call("return [...document.activeElement.parentElement.children].indexOf(document.activeElement)").await;
        assert_eq!(row, json!(1), "the same row");
        page.press(key(Key::Enter)).await;
        page.wait_for(&format!("JSON.parse({})?.length === 1", value("destination")), "Enter selects").await;
        page.press(key(Key::Escape)).await;
        page.wait_for(&format!("{} === 'null'", value("destination")), "Escape clears").await;
        // Slices: over the edge.
        page.call("document.querySelector('[data-view=slices-by-origin] .chart-picker').focus()").await;
        for _ in 0..3 {
            page.press(key(Key::Right)).await;
        }
        page.wait_for(&format!("{} === '1'", at("slices-by-origin")), "past the last slice").await;
        page.wait_for(
            "document.activeElement.querySelector('[role=status]').innerText.startsWith('On time')",
            "the first slice of the next",
        )
        .await;
        // The ends of a brush move with arrows alone.
        page.call(&format!("document.querySelector('{LINES} .chart-handle').focus()")).await;
        let chain = page.driver.action_chain().key_down(Key::Control).send_keys(key(Key::Right));
        chain.key_up(Key::Control).perform().await.unwrap();
        page.wait_for(&format!("{} === '1'", at("lines-by-origin")), "the next line").await;
        assert!(page.call(&format!("return {}", value("period"))).await.as_str().unwrap().contains("last 28 days"), "nothing is brushed");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_panels_load_and_all_are_in_the_picture() {
    let server = gallery().await;
    in_browser(async |page| {
        for width in [1440, 768, 360] {
            page.resize(width, 900).await;
            page.open_ready(&server.url("?page=multiples")).await;
            page.wait_until_settled().await;
            let drawn = format!("[...document.querySelectorAll('{LINES} .chart-panel')].filter((panel) => panel.clientWidth > 100).length === 12");
            page.wait_for(&drawn, "all panels are drawn").await;
            let shifts = "const entries = await new Promise((done) => { new PerformanceObserver((list) => done(list.getEntries())).observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done([]), 300); }); return entries.filter((shift) => shift.sources.some(({ node, previousRect, currentRect }) => node?.matches?.('[data-facet]') && previousRect.height !== currentRect.height)).length";
            let shift = number(page, shifts).await;
            assert!(shift == 0.0, "{width}: {shift} times one grows");
            let overflow = number(page, "return document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
            assert!(overflow <= 0.0, "{width}: {overflow}");
            let columns = number(page, &format!("const all = [...document.querySelectorAll('{LINES} .chart-panel')]; const top = (panel) => panel.getBoundingClientRect().top; return all.filter((panel) => top(panel) === top(all[0])).length")).await;
            assert!(if width == 360 { columns <= 2.0 } else { columns >= 3.0 }, "{width}: {columns} columns");
        }
        // The picture is kept instead of saved.
        page.call("window.saved = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { saved.push(blob.text()); return make(blob); }").await;
        page.call(&format!("document.querySelector('{LINES} .view-menu .icon-button').click()")).await;
        page.wait_for(&format!("document.querySelector('{LINES} .view-menu .menu-item')"), "the menu").await;
        page.call(&format!("[...document.querySelectorAll('{LINES} .menu-item')].find((item) => item.innerText.includes('SVG')).click()")).await;
        page.wait_for("saved.length === 1", "the picture").await;
        let svg = page.call("return saved[0]").await;
        let svg = svg.as_str().unwrap();
        let panels = page.call(&format!("return [...document.querySelectorAll('{LINES} .chart-panel')].map((panel) => panel.ariaLabel)")).await;
        for panel in panels.as_array().unwrap() {
            assert!(svg.contains(&format!(">{}</text>", panel.as_str().unwrap())), "{panel}");
        }
        assert!(svg.contains("Origin: 12 of "), "{svg}");
        assert_eq!(page.call("return seen.errors").await, json!([]));
    })
    .await;
}
