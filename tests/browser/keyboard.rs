//! Every control by keyboard alone.
use serde_json::{Value, json};
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser};
use thirtyfour::Key;

/// Every kind of filter, a parameter of every type, a table and a line with grains.
const CONTROLS: &str = "
title: Controls
parameters:
  late_after: { type: integer, default: 15, min: 0, max: 180, step: 5 }
  basis: { type: text, default: flights, values: [flights, miles] }
  since: { type: date, default: 2001-01-01, min: 2001-01-01, max: 2001-06-30 }
  strict: { type: boolean, default: false }
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    dimensions:
      late: delay > $late_after
    measures:
      flights: count(*)
      late_flights: count(*) filter (where delay > $late_after and date >= $since and (not $strict or distance > 1000))
      volume: case when $basis = 'miles' then sum(distance) else count(*) end
filters:
  period: { field: date, type: date_range, default: last 28 days, compare: previous period }
  origin: { field: origin, type: multi_select }
  destination: { field: destination, type: select }
  delay: { field: delay, type: range }
  late: { field: late, type: boolean }
  name: { field: origin, type: search }
  busiest: { field: origin, type: top, by: flights, default: 5 }
pages:
  - title: Only
    filters: [period, origin, destination, delay, late, name, busiest, late_after, basis, since, strict]
    rows:
      - [{ kpi: flights, id: total }, { kpi: late_flights, id: tardy }, { kpi: volume, id: volume }]
      - [{ line: flights, by: date, grain: [day, week], id: days }]
      - [{ table: [flights, late_flights], by: [origin], limit: 50, id: table }]
";

/// Keys as the browser's own events, to the element that has the focus.
async fn focus(page: &Page, element: &str) {
    // What stands in a field is chosen, as the Tab key does.
    page.call(&format!("const element = {element}; element.focus(); if (element.matches('input:not([type=range])')) element.select?.()"))
        .await;
    let focused = page.call(&format!("return document.activeElement === {element}")).await;
    assert_eq!(focused, json!(true), "{element} takes the focus");
}

async fn value(page: &Page, id: &str) -> Value {
    page.call(&format!("return tarn.filters().find((filter) => filter.id === '{id}').value")).await
}

/// Opens the menu of a filter with Enter, works in it, leaves with Escape; the focus is back on the chip.
async fn in_menu(page: &Page, id: &str, work: impl AsyncFnOnce()) {
    let chip = format!("document.querySelector('[data-filter={id}] .chip-open')");
    focus(page, &chip).await;
    page.press(key(Key::Enter)).await;
    page.wait_for(&format!("document.querySelector('#menu-{id} .popover-head')"), "the menu is open").await;
    work().await;
    page.press(key(Key::Escape)).await;
    page.wait_for(&format!("!document.querySelector('#menu-{id} .popover-head')"), "the menu is closed").await;
    assert_eq!(page.call(&format!("return document.activeElement === {chip}")).await, json!(true), "{id}: the focus is back");
}

fn key(key: Key) -> String {
    key.value().to_string()
}

/// The button with that text in an open menu.
fn button(menu: &str, text: &str) -> String {
    format!("[...document.querySelectorAll('#menu-{menu} button')].find((button) => button.innerText === '{text}')")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tab_key_reaches_every_control() {
    let server = Server::start(Site::built().with_dashboard(CONTROLS), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let wanted = page
            .call(
                "globalThis.reached = new Set();
                 document.addEventListener('focusin', ({ target }) => reached.add(target));
                 globalThis.wanted = [...document.querySelectorAll('a[href], button, input, select, [tabindex]')]
                   .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }));
                 return wanted.length;",
            )
            .await;
        let n = wanted.as_u64().unwrap() as usize;
        assert!(n > 20, "{n} controls");
        page.press(key(Key::Tab).repeat(n + 5)).await;
        let missed = page.call("return wanted.filter((element) => !reached.has(element)).map((element) => element.outerHTML.slice(0, 200))").await;
        assert_eq!(missed, json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kind_of_filter_has_a_barrier() {
    let server = Server::start(Site::built().with_dashboard(CONTROLS), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?period=last+7+days&origin=ATL&delay=0..&search.table=&groups=")).await;
        page.wait_until_settled().await;
        page.call(&axe()).await;
        let mut found = vec![];
        for theme in ["light", "dark"] {
            page.call(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
            for menu in page.menus().await {
                page.open_menu(&menu).await;
                found.extend(barriers(page, &format!("{theme} {menu}"), 15).await);
                page.close_menu(&menu).await;
            }
        }
        assert!(found.is_empty(), "{found:#?}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_set_by_keys() {
    let server = Server::start(Site::built().with_dashboard(CONTROLS), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        in_menu(page, "period", async || {
            focus(page, &button("period", "Last 7 days")).await;
            page.press(key(Key::Space)).await;
            assert_eq!(value(page, "period").await, json!("last 7 days"));
            focus(page, "document.querySelector('#menu-period .day-field input')").await;
            page.press("14/06/2001".to_owned() + key(Key::Enter).as_str()).await;
            assert_eq!(value(page, "period").await, json!(["2001-06-14", "2001-07-01"]));
            focus(page, &button("period", "Previous year")).await;
            page.press(key(Key::Enter)).await;
            page.wait_for("location.search.includes('compare.period=previous+year')", "the address has the comparison").await;
        })
        .await;
        in_menu(page, "destination", async || {
            focus(page, "document.querySelector('#menu-destination [role=combobox]')").await;
            page.wait_for(
                "document.querySelector('#menu-destination [role=option][aria-posinset=\"2\"]:not(.gone) .value-count')",
                "the values are there",
            )
            .await;
            page.press(key(Key::Down) + key(Key::Enter).as_str()).await;
            let second = page
                .call("return document.querySelector('#menu-destination [role=option][aria-posinset=\"2\"] .value-name').innerText")
                .await;
            assert_eq!(value(page, "destination").await, second);
            page.press(key(Key::Down) + key(Key::Enter).as_str()).await;
            assert!(value(page, "destination").await.is_string(), "a single choice stays one");
        })
        .await;
        page.call("await tarn.setFilter('destination', null)").await;
        in_menu(page, "delay", async || {
            focus(page, "document.querySelector('#menu-delay .pair input')").await;
            page.press("15".to_owned() + key(Key::Enter).as_str()).await;
            assert_eq!(value(page, "delay").await, json!([15, null]));
        })
        .await;
        in_menu(page, "late", async || {
            focus(page, &button("late", "No")).await;
            page.press(key(Key::Space)).await;
            assert_eq!(value(page, "late").await, json!(false));
        })
        .await;
        in_menu(page, "name", async || {
            focus(page, "document.querySelector('#menu-name input')").await;
            page.press("at").await;
            assert_eq!(value(page, "name").await, json!("at"));
            // The first Escape empties a search field.
            page.press(key(Key::Escape)).await;
        })
        .await;
        in_menu(page, "busiest", async || {
            focus(page, &button("busiest", "Top 3")).await;
            page.press(key(Key::Enter)).await;
            assert_eq!(value(page, "busiest").await, json!(3));
        })
        .await;
        focus(page, "document.querySelector('[data-filter=busiest] .chip-clear')").await;
        page.press(key(Key::Enter)).await;
        assert_eq!(value(page, "busiest").await, Value::Null, "cleared, although it has a default");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_set_by_keys_and_stand_in_the_address() {
    let server = Server::start(Site::built().with_dashboard(CONTROLS), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?period=")).await;
        page.wait_until_settled().await;
        let shown = async |view: &str| page.call(&format!("return tarn.result('{view}').rows[0][0]")).await;
        let (tardy, volume) = (shown("tardy").await, shown("volume").await);
        in_menu(page, "late_after", async || {
            focus(page, "document.querySelector('#menu-late_after input[type=range]')").await;
            page.press(key(Key::Right)).await;
            assert_eq!(value(page, "late_after").await, json!(20));
            focus(page, "document.querySelector('#menu-late_after input[type=text]')").await;
            page.press("200".to_owned() + key(Key::Enter).as_str()).await;
            assert_eq!(value(page, "late_after").await, json!(20), "beyond the limits");
            let told = page.call("return document.querySelector('#menu-late_after .menu-foot').innerText").await;
            assert!(told.as_str().unwrap().contains("From 0 to 180."), "{told}");
        })
        .await;
        assert_ne!(shown("tardy").await, tardy);
        in_menu(page, "basis", async || {
            focus(page, &button("basis", "miles")).await;
            page.press(key(Key::Space)).await;
        })
        .await;
        assert_ne!(shown("volume").await, volume);
        in_menu(page, "since", async || {
            focus(page, "document.querySelector('#menu-since .day-field input')").await;
            page.press("01/06/2001".to_owned() + key(Key::Enter).as_str()).await;
            assert_eq!(value(page, "since").await, json!("2001-06-01"));
        })
        .await;
        in_menu(page, "strict", async || {
            focus(page, &button("strict", "Yes")).await;
            page.press(key(Key::Space)).await;
        })
        .await;
        page.wait_for("location.search.includes('late_after=20') && location.search.includes('basis=miles') && location.search.includes('since=2001-06-01') && location.search.includes('strict=true')", "the address has them").await;
        let before = (shown("tardy").await, shown("volume").await);
        page.reload_ready().await;
        assert_eq!((shown("tardy").await, shown("volume").await), before);
        let refused = page.try_call("await tarn.setFilter('late_after', 500)").await.unwrap_err();
        assert!(refused.contains("a whole number within its limits"), "{refused}");
        page.call("await tarn.setFilter('late_after', null)").await;
        assert_eq!(value(page, "late_after").await, json!(15), "cleared, it is its default");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_arranged_by_keys() {
    let server = Server::start(Site::built().with_dashboard(CONTROLS), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let address = async |part: &str| page.wait_for(&format!("decodeURIComponent(location.search).includes('{part}')"), part).await;
        focus(page, "[...document.querySelectorAll('[data-view=days] .segmented button')].at(-1)").await;
        page.press(key(Key::Space)).await;
        address("grain.days=week").await;
        // Sorted by two columns: Enter, then Shift and Enter.
        let head = |n: usize| format!("document.querySelectorAll('[data-view=table] thead th > button')[{n}]");
        focus(page, &head(2)).await;
        page.press(key(Key::Enter)).await;
        focus(page, &head(0)).await;
        let keys = page.driver.action_chain().key_down(Key::Shift).send_keys(key(Key::Enter)).key_up(Key::Shift);
        keys.perform().await.unwrap();
        address("sort.table=-late_flights,origin").await;
        focus(page, "document.querySelector('[data-view=table] .column-edge')").await;
        page.press(key(Key::Right)).await;
        address("widths.table=origin:").await;
        // The view's menu: how many rows, and which columns.
        focus(page, "document.querySelector('[data-view=table] .view-menu .icon-button')").await;
        page.press(key(Key::Enter)).await;
        page.wait_for("document.querySelector('#menu-of-table .popover-head')", "the menu is open").await;
        focus(page, "document.querySelector('#menu-of-table input[type=number]')").await;
        page.press("5".to_owned() + key(Key::Enter).as_str()).await;
        address("top.table=5").await;
        focus(page, "document.querySelectorAll('#menu-of-table input[type=checkbox]')[1]").await;
        page.press(key(Key::Space)).await;
        address("columns.table=origin,late_flights").await;
        page.press(key(Key::Escape)).await;
        // The chart's numbers: by a key in the chart, which goes on from the button that leads back, and by the menu.
        let twin = "document.querySelectorAll('[data-view=days] .chart-table table tr').length > 3";
        focus(page, "document.querySelector('[data-view=days] .chart :is([tabindex=\"0\"], button)')").await;
        page.press("t").await;
        page.wait_for(twin, "the twin is open").await;
        address("as.days=table").await;
        page.reload_ready().await;
        page.wait_for(twin, "the address rebuilds it").await;
        focus(page, "document.querySelector('[data-view=days] .chart-table-button')").await;
        page.press(key(Key::Enter)).await;
        page.wait_for(&format!("!({twin}) && !location.search.includes('as.')"), "the chart is back").await;
        page.open_menu("menu-of-days").await;
        focus(page, &button("of-days", "Show as table")).await;
        page.press(key(Key::Enter)).await;
        page.wait_for(twin, "the twin is open").await;
        page.close_menu("menu-of-days").await;
        page.call("document.querySelector('[data-view=days] .chart-table-button').focus()").await;
        page.press("t").await;
        page.wait_for(&format!("!({twin})"), "the key leads back, too").await;
        // The theme.
        let theme = page.call("return document.documentElement.dataset.theme").await;
        focus(page, "document.querySelector('.theme-button')").await;
        page.press(key(Key::Space)).await;
        assert_ne!(page.call("return document.documentElement.dataset.theme").await, theme);
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_below_the_body_of_a_table_are_walked_by_keys() {
    let dashboard = CONTROLS.replace("limit: 50, id: table", "limit: 3, other: true, id: table");
    let server = Server::start(Site::built().with_dashboard(&dashboard), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        focus(page, "document.querySelector('[data-view=table] [role=grid]')").await;
        // The cell that the keys are at: its row among those of the table, its column, its role, its words.
        let active = "(() => {
            const grid = document.querySelector('[data-view=table] [role=grid]');
            const cell = document.getElementById(grid.getAttribute('aria-activedescendant'));
            const marked = [...grid.querySelectorAll('tr:not(.gone) .cell-current')];
            if (!cell || marked.length !== 1 || marked[0] !== cell) return 'none';
            return [`${cell.closest('tr').ariaRowIndex} of ${grid.ariaRowCount}`, cell.cellIndex, cell.getAttribute('role'), cell.innerText.trim()].join('|');
        })()";
        let is_at = async |wanted: &str| page.wait_for(&format!("{active} === '{wanted}'"), wanted).await;
        page.press(key(Key::Down).repeat(2)).await;
        page.wait_for(&format!("{active}.startsWith('4 of 6|0|gridcell|')"), "the last row of the body").await;
        page.press(key(Key::Down)).await;
        is_at("5 of 6|0|gridcell|Other").await;
        // There is nothing below the totals.
        page.press(key(Key::Down).repeat(2)).await;
        is_at("6 of 6|0|gridcell|Total").await;
        let totals = page.call("return tarn.result('table').totals.rows[0].map((total) => total.toLocaleString('en-GB'))").await;
        page.press(key(Key::Right)).await;
        is_at(&format!("6 of 6|1|gridcell|{}", totals[0].as_str().unwrap())).await;
        let with_control = async |key: Key| {
            let keys = page.driver.action_chain().key_down(Key::Control).send_keys(key.value().to_string()).key_up(Key::Control);
            keys.perform().await.unwrap();
        };
        with_control(Key::Home).await;
        page.wait_for(&format!("{active}.startsWith('2 of 6|0|gridcell|')"), "the first cell").await;
        with_control(Key::End).await;
        is_at(&format!("6 of 6|2|gridcell|{}", totals[1].as_str().unwrap())).await;
        page.press(key(Key::Up) + key(Key::Home).as_str()).await;
        is_at("5 of 6|0|gridcell|Other").await;
        page.call("document.querySelector('[data-view=table] tfoot tr:last-child td').click()").await;
        is_at("6 of 6|0|gridcell|Total").await;
        // All rows fit: no other ones are left. The keys stay within the table, though they were below its last line.
        page.call("await tarn.setFilter('origin', ['ATL'])").await;
        is_at("3 of 3|0|gridcell|Total").await;
        page.press(key(Key::Up) + key(Key::Down).as_str()).await;
        is_at("3 of 3|0|gridcell|Total").await;
        page.assert_no_complaints().await;
    })
    .await;
}
