//! Row groups of a table: opened and closed by mouse, keys, menu and address; exported with their subtotals.
use serde_json::json;
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser};
use thirtyfour::Key;

const GROUPED: &str = "
title: Grouped
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    dimensions:
      length: case when distance < 500 then 'short, near' when distance < 1500 then 'middle' else 'long' end
      punctual: case when delay <= 15 then 'on time' else 'late' end
    measures:
      flights: count(*)
      avg_delay: avg(delay)
      origins: count(distinct origin)
pages:
  - title: Only
    rows:
      - [{ table: [flights, avg_delay, origins], by: [length, punctual, origin], subtotals: true, limit: 2000, id: open }]
      - [{ table: [flights, origins], by: [length, origin], subtotals: collapsed, limit: 2000, id: closed }]
";

/// Cells of the first lines that are shown, and how many lines there are between the head and the totals.
async fn lines(page: &Page, view: &str) -> serde_json::Value {
    page.call(&format!(
        "await tarn.ready();
         const rows = [...document.querySelectorAll('[data-view={view}] tbody tr:not(.spacer):not(.gone)')];
         const count = +document.querySelector('[data-view={view}] [role=treegrid]').ariaRowCount - 2;
         return [rows.slice(0, 3).map((row) => [row.ariaLevel, row.ariaExpanded, ...[...row.cells].map((cell) => cell.innerText.trim())].join('|')), count]"
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn row_groups_open_and_close() {
    let server = Server::start(Site::built().with_dashboard(GROUPED), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        // Three groups of two groups of origins each; the subtotals are those of their own grain, not sums.
        let result = page.call("const { rows, subtotals } = tarn.result('open'); return [rows.length, ...subtotals.map(({ rows }) => rows.length), rows.filter(([length]) => length === 'middle').length, subtotals[0].rows[0]]").await;
        let n_rows = result[0].as_u64().unwrap();
        assert_eq!((&result[1], &result[2]), (&json!(3), &json!(6)), "{result}");
        let outermost = &result[4];
        assert!(outermost[3].as_u64().unwrap() < result[3].as_u64().unwrap(), "origins are counted once: {result}");
        let shown = lines(page, "open").await;
        assert_eq!(shown[1], json!(n_rows + 9));
        assert!(shown[0][0].as_str().unwrap().starts_with(&format!("1|true|{}|||", outermost[0].as_str().unwrap())), "{shown}");
        assert!(shown[0][1].as_str().unwrap().starts_with("2|true|") && shown[0][2].as_str().unwrap().starts_with("3||"), "{shown}");
        // By mouse, and from the address.
        page.call("document.querySelector('[data-view=open] tbody tr.group td').click()").await;
        let address = |part: &str| format!("decodeURIComponent(location.search).includes('{part}')");
        page.wait_for(&address(&format!("groups.open={}", outermost[0].as_str().unwrap().replace(',', "\\\\,").replace(' ', "+"))), "it is in the address").await;
        let closed = lines(page, "open").await;
        assert!(closed[0][0].as_str().unwrap().starts_with("1|false|") && closed[0][1].as_str().unwrap().starts_with("1|true|"), "{closed}");
        page.reload_ready().await;
        page.wait_until_settled().await;
        assert_eq!(lines(page, "open").await, closed, "the address rebuilds it");
        // By keys, as in the treegrid pattern: Right opens, Left closes and then goes to the row group, Enter does either.
        page.call("document.querySelector('[data-view=open] [role=treegrid]').focus()").await;
        page.press(Key::Right.value().to_string()).await;
        assert_eq!(lines(page, "open").await, shown, "Right opens");
        let active = "document.getElementById(document.querySelector('[data-view=open] [role=treegrid]').getAttribute('aria-activedescendant')).closest('tr').ariaRowIndex";
        page.press(Key::Down.value().to_string()).await;
        page.wait_for(&format!("{active} === '3'"), "the row group within").await;
        page.press(Key::Left.value().to_string()).await;
        page.wait_for(&format!("{active} === '2'"), "Left goes to the row group that it is in").await;
        page.press(Key::Left.value().to_string()).await;
        assert_eq!(lines(page, "open").await, closed, "Left closes");
        page.press(Key::Enter.value().to_string()).await;
        assert_eq!(lines(page, "open").await, shown, "Enter opens");
        // What begins closed, and all at once by the menu.
        assert_eq!(lines(page, "closed").await[1], json!(3));
        for (text, n_lines) in [("Open all groups", None), ("Close all groups", Some(3))] {
            page.call("document.querySelector('[data-view=closed] .view-menu .icon-button').click()").await;
            page.wait_for("document.querySelector('#menu-of-closed .popover-head')", "the menu is open").await;
            page.call(&format!("[...document.querySelectorAll('#menu-of-closed button')].find((button) => button.innerText === '{text}').click()")).await;
            page.close_menu("menu-of-closed").await;
            let n = lines(page, "closed").await[1].as_u64().unwrap();
            assert!(n_lines.map_or(n > 100, |wanted| n == wanted), "{text}: {n} lines");
        }
        // The file has a line for every row group, also of those that are closed.
        page.call("URL.createObjectURL = (blob) => { globalThis.saved = blob; return '#'; }").await;
        page.call("document.querySelector('[data-view=open] .view-menu .icon-button').click()").await;
        page.wait_for("document.querySelector('#menu-of-open .popover-head')", "the menu is open").await;
        page.call("[...document.querySelectorAll('#menu-of-open button')].find((button) => button.innerText === 'Save as CSV').click()").await;
        let text = page.call("return await saved.text()").await;
        let csv: Vec<&str> = text.as_str().unwrap().lines().collect();
        assert_eq!((csv.len() as u64, csv[0]), (n_rows + 10, "length,punctual,origin,flights,avg_delay,origins,level"));
        assert!(csv[1].ends_with(",1") && csv[2].ends_with(",2") && csv[3].ends_with(",3"), "{:?}", &csv[..4]);
        page.close_menu("menu-of-open").await;
        page.call(&axe()).await;
        let found = barriers(page, "row groups", 20).await;
        assert!(found.is_empty(), "{found:#?}");
        page.assert_no_complaints().await;
    })
    .await;
}
