//! A table of a million groups: its rows come in stretches, and are those of DuckDB wherever the viewer looks.
use serde_json::{Value, json};
use std::fs;
use std::sync::OnceLock;
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser, python, root};
use thirtyfour::Key;

const N_USERS: usize = 1_000_000;
const USERS: &str = "
title: Users
data:
  users:
    source: users.parquet
    ttl: 1h
    schema: { name: string!, region: string!, amount: int64! }
    measures: { spent: sum(amount), visits: count(*) }
filters:
  region: { field: users.region, type: multi_select }
pages:
  - title: Only
    filters: [region]
    rows:
      - [{ table: [spent, visits], by: [name, region], limit: 1000000, id: users, style: { spent: { bar: true } } }]
";

const ROWS: &str = "select name, region, sum(amount)::bigint as spent, count(*)::bigint as visits from 'users.parquet' group by all";

/// The data, made once.
fn data() -> &'static [u8] {
    static DATA: OnceLock<Vec<u8>> = OnceLock::new();
    DATA.get_or_init(|| {
        duckdb(&format!(
            "copy (select 'User ' || lpad(i::varchar, 7, '0') as name, ['north', 'south', 'west'][i % 3 + 1] as region,
             (i * 7919 % 1000003)::bigint as amount from range({N_USERS}) t(i)) to 'users.parquet' (compression zstd)"
        ));
        fs::read(root().join("target/long-tables/users.parquet")).unwrap()
    })
}

/// What DuckDB says to a question about the data.
fn duckdb(sql: &str) -> Value {
    let folder = root().join("target/long-tables");
    fs::create_dir_all(&folder).unwrap();
    let script = "import duckdb, json, sys; duckdb.sql('set enable_progress_bar = false'); print(json.dumps(duckdb.execute(sys.argv[1]).fetchall()))";
    let output = python().current_dir(folder).args(["-c", script, sql]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn site() -> Site {
    Site::built().with_dashboard(USERS).with_file("users.parquet", data().to_vec())
}

/// The row that the keys are at: its number from zero, and its cells.
const ACTIVE: &str = "(() => {
    const cell = document.getElementById(document.querySelector('[role=grid]').getAttribute('aria-activedescendant'));
    const row = cell?.closest('tr');
    return row && [row.ariaRowIndex - 2, ...[...row.cells].map((cell) => cell.innerText.trim().replaceAll(',', ''))].join('|');
})()";

/// A row as DuckDB gives it, in the form of [`ACTIVE`].
fn row(place: usize, order: &str) -> String {
    let found = duckdb(&format!("{ROWS} order by {order} limit 1 offset {place}"));
    let cells = found[0].as_array().unwrap().iter().map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned));
    format!("{place}|{}", cells.collect::<Vec<_>>().join("|"))
}

async fn press(page: &Page, key: Key) {
    page.press(key.value().to_string()).await;
}

async fn with_control(page: &Page, key: Key) {
    page.driver.action_chain().key_down(Key::Control).send_keys(key.value().to_string()).key_up(Key::Control).perform().await.unwrap();
}

/// The last line of all has the totals.
async fn to_last_row(page: &Page) {
    with_control(page, Key::End).await;
    press(page, Key::Up).await;
}

/// Waits until the row that the keys are at is this.
async fn is_at(page: &Page, expected: &str) {
    page.wait_for(&format!("{ACTIVE} === '{expected}'"), expected).await;
}

/// Every row that is in sight, in its place: numbers that follow each other, and what `tarn.rows` says of them.
async fn in_sight(page: &Page) -> Value {
    page.call(
        "const box = document.querySelector('.table-scroll').getBoundingClientRect();
         const visible = [...document.querySelectorAll('[data-view=users] tbody tr:not(.spacer):not(.gone)')].filter((row) => {
           const { top, bottom } = row.getBoundingClientRect();
           return bottom > box.top + 40 && top < box.bottom - 40;
         });
         const places = visible.map((row) => row.ariaRowIndex - 2);
         const { rows } = await tarn.rows('users', [places[0], places.at(-1) + 1]);
         const same = visible.every((row, at) => row.cells[0].innerText === rows[at][0] && +row.cells[2].innerText.replaceAll(',', '') === rows[at][2]);
         const follow = places.every((place, at) => place === places[0] + at);
         return { n: visible.length, first: places[0], same, follow };",
    )
    .await
}

async fn scroll_to(page: &Page, share: f64) -> Value {
    page.call(&format!(
        "const box = document.querySelector('.table-scroll'); box.scrollTop = (box.scrollHeight - box.clientHeight) * {share}"
    ))
    .await;
    let filled = "(() => {
        const box = document.querySelector('.table-scroll').getBoundingClientRect();
        const row = document.elementFromPoint(box.left + 40, box.top + box.height / 2)?.closest('tbody tr:not(.spacer)');
        return row && row.cells[0].innerText !== '' && !row.querySelector('.waits');
    })()";
    page.wait_for(filled, "the rows in sight are there").await;
    in_sight(page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_rows_are_walked_sorted_and_filtered() {
    let server = Server::start(site(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let known = page.call("const { rows, rowsInAll, groups, totals } = tarn.result('users'); return [rows.length, rowsInAll, groups, totals.rows[0][1], document.querySelector('[role=grid]').ariaRowCount]").await;
        assert_eq!(known, json!([2_000, N_USERS, N_USERS, N_USERS, "1000002"]), "the page holds the first rows alone");
        // By keys: to both ends, and by pages.
        page.call("document.querySelector('[role=grid]').focus()").await;
        let by_amount = "spent desc, name";
        press(page, Key::Down).await;
        is_at(page, &row(1, by_amount)).await;
        to_last_row(page).await;
        is_at(page, &row(N_USERS - 1, by_amount)).await;
        press(page, Key::PageUp).await;
        is_at(page, &row(N_USERS - 11, by_amount)).await;
        let seen = in_sight(page).await;
        assert!(seen["same"] == json!(true) && seen["follow"] == json!(true) && seen["first"].as_u64().unwrap() > 999_900, "{seen}");
        // By the scroll bar: everywhere the rows are those of the place.
        for (share, from, to) in [(0.5, 450_000, 550_000), (1.0, 999_900, 999_999), (0.25, 150_000, 350_000), (0.0, 0, 0)] {
            let seen = scroll_to(page, share).await;
            let first = seen["first"].as_u64().unwrap();
            assert!(seen["same"] == json!(true) && seen["follow"] == json!(true) && (from..=to).contains(&first), "{share}: {seen}");
            assert!(seen["n"].as_u64().unwrap() >= 8, "{seen}");
        }
        // Until a row is there it says its number.
        let said = page
            .call(
                "const said = [];
                 const note = () => said.push(...[...document.querySelectorAll('td.waits:first-child')].map((cell) => +cell.innerText.replaceAll(',', '') === cell.parentElement.ariaRowIndex - 1));
                 const observer = new MutationObserver(note);
                 observer.observe(document.querySelector('.table-scroll'), { subtree: true, characterData: true, childList: true, attributes: true });
                 document.querySelector('.table-scroll').scrollTop = 6_000_000;
                 while (said.length === 0 || document.querySelector('td.waits')) await new Promise(requestAnimationFrame);
                 observer.disconnect();
                 return said.every((right) => right)",
            )
            .await;
        assert_eq!(said, json!(true));
        // A step of the wheel moves the rows as far, in the middle, too.
        scroll_to(page, 0.5).await;
        let moved = page
            .call(
                "const box = document.querySelector('.table-scroll');
                 const topmost = () => Math.min(...[...document.querySelectorAll('tbody tr:not(.spacer):not(.gone)')].filter((row) => row.getBoundingClientRect().bottom > box.getBoundingClientRect().top + 40).map((row) => +row.ariaRowIndex));
                 const before = topmost();
                 for (let step = 0; step < 10; step += 1) { box.scrollTop += 64; await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }
                 return topmost() - before",
            )
            .await;
        assert!((19..=21).contains(&moved.as_i64().unwrap()), "640 pixels are 20 rows, not {moved}");
        // Sorted by the worker; the address rebuilds it.
        page.call("document.querySelectorAll('[data-view=users] thead th > button')[0].click()").await;
        page.wait_for("tarn.result('users').rows[0][0] === 'User 0000000'", "it is sorted by name").await;
        page.wait_for("location.search.includes('sort.users=name')", "the address has it").await;
        let there = page.call("return (await tarn.rows('users', [777776, 777779])).rows").await;
        assert_eq!(there, duckdb(&format!("{ROWS} order by name limit 3 offset 777776")));
        page.reload_ready().await;
        page.wait_until_settled().await;
        page.call("document.querySelector('[role=grid]').focus()").await;
        to_last_row(page).await;
        is_at(page, &row(N_USERS - 1, "name")).await;
        // By several columns.
        page.call("const head = document.querySelectorAll('[data-view=users] thead th > button'); head[1].click(); head[2].dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true })); await tarn.ready()").await;
        let there = page.call("return [location.search.includes('sort.users=region,-spent'), (await tarn.rows('users', [599998, 600002])).rows]").await;
        assert_eq!(there, json!([true, duckdb(&format!("{ROWS} order by region, spent desc, name limit 4 offset 599998"))]));
        page.call("document.querySelector('[data-view=users] thead th > button').click(); document.querySelector('[role=grid]').focus(); await tarn.ready()").await;
        // Filtered: other rows as a whole.
        page.call("await tarn.setFilter('region', ['south'])").await;
        page.wait_until_settled().await;
        to_last_row(page).await;
        let last = duckdb(&format!("select count(*) over (), name from ({ROWS}) where region = 'south' order by name desc limit 1"));
        page.wait_for(&format!("{ACTIVE}.startsWith('{}|{}|south')", last[0][0].as_u64().unwrap() - 1, last[0][1].as_str().unwrap()), "the last of those").await;
        assert_eq!(in_sight(page).await["same"], json!(true));
        page.call(&axe()).await;
        let found = barriers(page, "a long table", 20).await;
        assert!(found.is_empty(), "{found:#?}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_rows_are_saved_and_many_of_them_copied() {
    let server = Server::start(site(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?sort.users=name")).await;
        page.wait_until_settled().await;
        page.call("URL.createObjectURL = (blob) => { globalThis.saved = blob; return '#'; }; navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }").await;
        page.open_menu("menu-of-users").await;
        let press = async |text: &str| page.call(&format!("[...document.querySelectorAll('#menu-of-users button')].find((button) => button.innerText === '{text}').click()")).await;
        press("Save as CSV").await;
        page.wait_for("globalThis.saved", "the file is made").await;
        let csv = page.call("const lines = (await saved.text()).trimEnd().split('\\r\\n'); return [lines.length, lines[0], lines[1], lines[2001], lines.at(-1), new Set(lines).size]").await;
        let line = |place: usize| row(place, "name").split('|').skip(1).collect::<Vec<_>>().join(",");
        assert_eq!(csv, json!([N_USERS + 1, "name,region,spent,visits", line(0), line(2000), line(N_USERS - 1), N_USERS + 1]));
        press("Copy rows").await;
        page.wait_for("globalThis.copied", "the rows are copied").await;
        let copied = page.call("const lines = copied.trimEnd().split('\\n'); return [lines.length, lines.at(-1)]").await;
        assert_eq!(copied, json!([100_001, line(99_999).replace(',', "\t")]));
        page.wait_for("document.body.innerText.includes('The first 100,000 of 1,000,000 rows copied')", "the page says how many").await;
        page.assert_no_complaints().await;
    })
    .await;
}
