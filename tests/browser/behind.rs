//! The data's own rows behind a number, of a table's rows and row groups and of a key figure.
use serde_json::json;
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser};
use thirtyfour::Key;

const ROUTES: &str = "
title: Routes
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    measures: { flights: count(*), avg_delay: { sql: avg(delay), format: 0.0 } }
filters:
  delay: { field: flights.delay, type: range }
pages:
  - title: Only
    filters: [delay]
    rows:
      - [kpi: flights]
      - [{ table: [flights, avg_delay], by: [origin, destination], limit: 500, id: routes }]
      - [{ table: [flights], by: [origin, destination], limit: 500, subtotals: collapsed, id: groups }]
";

/// What the open dialog shows: its remark, its columns, how many rows, and their different values of some columns.
const SHOWN: &str = "(() => {
    const dialog = document.querySelector('.popover:popover-open');
    const table = dialog?.querySelector('table');
    if (!table) return null;
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.innerText);
    const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.innerText));
    const of = (name) => [...new Set(rows.map((row) => row[heads.indexOf(name)]))];
    return { said: dialog.querySelector('[role=status]').innerText, heads, n: rows.length, origin: of('origin'), destination: of('destination'), late: rows.every((row) => +row[heads.indexOf('delay')] >= 60) };
})()";

async fn shown(page: &Page) -> serde_json::Value {
    page.wait_for(SHOWN, "the rows are shown").await;
    page.call(&format!("return {SHOWN}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_behind_a_number_are_a_click_or_a_key_away() {
    let server = Server::start(Site::built().with_dashboard(ROUTES), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        page.call("await tarn.setFilter('delay', [60, null])").await;
        let cells = "[...document.querySelector('[data-view=routes] tbody tr:not(.spacer)').cells]";
        let row = page.call(&format!("return {cells}.map((cell) => cell.innerText.trim())")).await;
        page.call(&format!("{cells}[2].click()")).await;
        let rows = shown(page).await;
        let said = format!("{} · {}: 100 of {} rows", row[0].as_str().unwrap(), row[1].as_str().unwrap(), row[2].as_str().unwrap());
        assert_eq!((&rows["said"], &rows["n"]), (&json!(said), &json!(100)));
        assert_eq!((&rows["origin"], &rows["destination"], &rows["late"]), (&json!([row[0]]), &json!([row[1]]), &json!(true)));
        assert_eq!(rows["heads"], json!(["date", "delay", "origin", "destination"]), "what the page has anyway");
        page.call(&axe()).await;
        let barriers = barriers(page, "rows behind a number", 20).await;
        assert!(barriers.is_empty(), "{barriers:#?}");
        // Escape leads back to the table, whose key opens it again.
        page.press(Key::Escape.value().to_string()).await;
        page.wait_for("!document.querySelector('.popover:popover-open')", "it is closed").await;
        page.call("document.querySelector('[data-view=routes] [role=grid]').focus()").await;
        page.press(Key::Enter.value().to_string()).await;
        assert_eq!(shown(page).await["said"], json!(said));
        page.press(Key::Escape.value().to_string()).await;
        // Of a row group all of its rows.
        let group = "[...document.querySelector('[data-view=groups] tbody tr.group').cells]";
        let row = page.call(&format!("return {group}.map((cell) => cell.innerText.trim())")).await;
        page.call(&format!("{group}[2].click()")).await;
        let rows = shown(page).await;
        let said = format!("{}: 100 of {} rows", row[0].as_str().unwrap(), row[2].as_str().unwrap());
        assert_eq!((&rows["said"], &rows["origin"]), (&json!(said), &json!([row[0]])));
        page.press(Key::Escape.value().to_string()).await;
        // And all that a key figure counts.
        page.open_menu("menu-of-kpi-flights").await;
        page.call("[...document.querySelectorAll('#menu-of-kpi-flights button')].find((button) => button.innerText === 'Rows behind the number').click()").await;
        let all = page.call("return tarn.result('kpi-flights').rows[0][0].toLocaleString('en')").await;
        assert_eq!(shown(page).await["said"], json!(format!("Flights: 100 of {} rows", all.as_str().unwrap())));
        page.assert_no_complaints().await;
    })
    .await;
}
