//! Columns of a table: searched and pinned, by keys, by the menu and by the address.
use serde_json::json;
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser, python, root};
use thirtyfour::Key;

const ROUTES: &str = "
title: Routes
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    measures:
      flights: count(*)
      avg_delay: { sql: avg(delay), format: 0.0 }
      late_share: { sql: avg(case when delay > 15 then 1.0 else 0.0 end), format: 0.0% }
      farthest: max(distance)
      origins: count(distinct origin)
pages:
  - title: Only
    rows:
      - [{ table: [flights, avg_delay, late_share, farthest, origins], by: [origin, destination], limit: 5000, id: routes }]
";

fn duckdb(sql: &str) -> serde_json::Value {
    let script = "import duckdb, json, sys; duckdb.sql('set enable_progress_bar = false'); print(json.dumps(duckdb.execute(sys.argv[1]).fetchone()))";
    let output = python().current_dir(root().join("public/data")).args(["-c", script, sql]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What of the table's rows are found by a condition on them: how many, and the totals of flights and of distinct origins.
fn found(having: &str) -> serde_json::Value {
    duckdb(&format!(
        "with flights as (from 'flights-3m.parquet'), found as (select origin, destination from flights group by all having {having})
         select (select count(*) from found), count(*), count(distinct origin) from flights semi join found using (origin, destination)"
    ))
}

const SHOWN: &str = "const { groups, rows, totals } = tarn.result('routes'); return [groups, totals.rows[0][0], totals.rows[0][4]]";

async fn note(page: &Page, text: &str) {
    page.wait_for(&format!("document.querySelector('[data-view=routes] .table-note').innerText.startsWith('{text}')"), text).await;
}

fn key(key: Key) -> String {
    key.value().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_searched() {
    let server = Server::start(Site::built().with_dashboard(ROUTES), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let all = page.call(SHOWN).await;
        // A slash goes to the field of the column that the keys are at.
        page.call("document.querySelector('[data-view=routes] [role=grid]').focus()").await;
        page.press("/").await;
        page.wait_for("document.activeElement?.id === 'search-routes-0'", "the field of the origin has the focus").await;
        page.press("aT").await;
        let expected = found("origin ilike '%at%'");
        note(page, &format!("{} rows found", expected[0])).await;
        assert_eq!(page.call(SHOWN).await, expected, "rows and totals are those of what is found");
        let foot = "document.querySelector('[data-view=routes] tfoot').innerText";
        page.wait_for(&format!("{foot}.startsWith('Total of rows found')"), "the totals say of what they are").await;
        page.wait_for("decodeURIComponent(location.search).includes('search.routes=origin:aT')", "it is in the address").await;
        // With a number in another column, as somebody writes it.
        page.call("document.getElementById('search-routes-2').focus()").await;
        page.press(">= 1,000 <2000").await;
        let both = found("origin ilike '%at%' and count(*) >= 1000 and count(*) < 2000");
        note(page, &format!("{} row", both[0])).await;
        assert_eq!(page.call(SHOWN).await, both);
        page.wait_for("decodeURIComponent(location.search).includes('<2000')", "both are in the address, as far as they were typed").await;
        page.reload_ready().await;
        page.wait_until_settled().await;
        assert_eq!(page.call(SHOWN).await, both, "the address rebuilds it");
        let fields = page.call("return [0, 2].map((at) => document.getElementById(`search-routes-${at}`).value)").await;
        assert_eq!(fields, json!(["aT", ">=1,000 <2,000"]));
        page.call(&axe()).await;
        assert_eq!(barriers(page, "searched", 20).await, Vec::<String>::new());
        // What is no number changes nothing, and the field says so.
        page.call("const field = document.getElementById('search-routes-2'); field.focus(); field.select()").await;
        page.press("many").await;
        page.wait_for("document.getElementById('search-routes-2').ariaInvalid === 'true'", "the field says that it is wrong").await;
        page.press(key(Key::Escape)).await;
        note(page, &format!("{} rows found", expected[0])).await;
        // Nothing is found: the table stays, and Escape brings the rows back.
        page.call("document.getElementById('search-routes-0').focus()").await;
        page.press("zzz").await;
        note(page, "0 rows found").await;
        assert_eq!(page.states().await, [("routes".to_owned(), "ready".to_owned())]);
        assert_eq!(barriers(page, "nothing found", 20).await, Vec::<String>::new());
        page.press(key(Key::Escape)).await;
        page.wait_for("document.querySelector('[data-view=routes] .table-note').innerText === ''", "all rows are back").await;
        assert_eq!(page.call(SHOWN).await, all);
        assert_eq!(page.call("return document.activeElement.id").await, json!("search-routes-0"), "the field keeps the focus");
        page.press(key(Key::Escape)).await;
        page.wait_for("document.activeElement === document.querySelector('[data-view=routes] [role=grid]')", "and gives it back").await;
        // The menu hides the fields, and shows them.
        page.open_menu("menu-of-routes").await;
        page.call("[...document.querySelectorAll('#menu-of-routes button')].find((button) => button.innerText.startsWith('Search in columns')).click()").await;
        page.wait_for("!document.querySelector('.column-search') && !location.search.includes('search')", "the fields are gone").await;
        page.close_menu("menu-of-routes").await;
        page.open_ready(&server.url("?search.routes=flights:many")).await;
        page.wait_for("document.body.innerText.includes('is no search of “Flights')", "nonsense is refused").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_pinned() {
    let server = Server::start(Site::built().with_dashboard(ROUTES), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        // The columns that stay where they are when the table is scrolled to the right, and what part of it they cover.
        let pinned = async || {
            page.call(
                "const box = document.querySelector('[data-view=routes] .table-scroll');
                 const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                 const heads = [...box.querySelectorAll('thead th')];
                 const lefts = () => heads.map((head) => Math.round(head.getBoundingClientRect().left));
                 box.scrollLeft = 0; await frame();
                 box.scrollLeft = 60; await frame();
                 const before = lefts();
                 box.scrollLeft = 90; await frame();
                 const still = heads.filter((head, at) => lefts()[at] === before[at]);
                 const end = Math.max(0, ...still.map((head) => head.getBoundingClientRect().right)) - box.getBoundingClientRect().left;
                 box.scrollLeft = 0;
                 return [still.map((head) => head.innerText.split('\\n')[0].replace(/ [↑↓]/, '')), end <= box.clientWidth * 0.6];",
            )
            .await
        };
        page.resize(600, 800).await;
        page.call("const table = document.querySelector('[data-view=routes] table'); table.style.minWidth = '900px'").await;
        page.wait_for("document.querySelector('[data-view=routes] .table-scroll').scrollWidth > 800", "the table is wider than its place")
            .await;
        assert_eq!(pinned().await, json!([["Origin"], true]), "the first column is, unless the viewer says otherwise");
        // By keys in the view's menu.
        page.call("document.querySelector('[data-view=routes] .view-menu .icon-button').focus()").await;
        page.press(key(Key::Enter)).await;
        page.wait_for("document.querySelector('#menu-of-routes .popover-head')", "the menu is open").await;
        page.call("document.querySelector('#menu-of-routes [aria-label=\"Keep Flights in sight at the left\"]').focus()").await;
        page.press(key(Key::Space)).await;
        page.wait_for("location.search.includes('pins.routes=origin,flights')", "it is in the address").await;
        let pressed = page
            .call("return [...document.querySelectorAll('#menu-of-routes [aria-pressed=true]')].map((button) => button.ariaLabel)")
            .await;
        assert_eq!(pressed, json!(["Keep Origin in sight at the left", "Keep Flights in sight at the left"]));
        // What is hidden and shown there goes and comes at once.
        for shown in [6, 7] {
            // It stands at the end of the list while it is hidden.
            page.call("[...document.querySelectorAll('#menu-of-routes label')].find((label) => label.innerText === 'Avg delay').querySelector('input').click()").await;
            let heads = format!("document.querySelectorAll('[data-view=routes] thead th').length === {shown}");
            page.wait_for(&heads, "the column goes and comes").await;
        }
        page.press(key(Key::Escape)).await;
        page.call("document.querySelector('[data-view=routes] table').style.minWidth = '900px'").await;
        assert_eq!(pinned().await, json!([["Origin", "Flights"], true]));
        page.reload_ready().await;
        page.wait_until_settled().await;
        page.call("document.querySelector('[data-view=routes] table').style.minWidth = '900px'").await;
        assert_eq!(pinned().await, json!([["Origin", "Flights"], true]), "the address rebuilds it");
        page.call(&axe()).await;
        assert_eq!(barriers(page, "pinned", 20).await, Vec::<String>::new());
        // On a phone many of them leave room for the others all the same.
        page.resize(360, 800).await;
        page.open_ready(&server.url("?pins.routes=origin,destination,flights,avg_delay,late_share")).await;
        page.wait_until_settled().await;
        page.call("document.querySelector('[data-view=routes] table').style.minWidth = '900px'").await;
        let many = pinned().await;
        assert!(many[1] == json!(true) && many[0].as_array().unwrap().len() < 5, "{many}");
        page.open_ready(&server.url("?pins.routes=")).await;
        page.wait_until_settled().await;
        page.call("document.querySelector('[data-view=routes] table').style.minWidth = '900px'").await;
        assert_eq!(pinned().await[0], json!([]), "none of them");
        page.open_ready(&server.url("?pins.routes=nowhere")).await;
        page.wait_for("document.body.innerText.includes('is no pins of')", "nonsense is refused").await;
        page.assert_no_complaints().await;
    })
    .await;
}
