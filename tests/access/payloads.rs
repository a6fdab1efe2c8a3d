//! Every payload of `payloads.txt` through everything that takes text, in Chromium: nothing of it runs, and the policy has nothing to
//! forbid. What servers and the program make of them stands in `payloads_served.rs`.
use crate::folder::{Folder, succeeded};
use crate::site::serve;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tarn_tests::{Cors, Page, Server, Site, Whoami, in_browser};

/// The attacks, in the order of the file.
pub fn payloads() -> Vec<String> {
    let lines = include_str!("payloads.txt").lines().filter(|line| !line.starts_with('#'));
    let found: Vec<String> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(found.len() >= 300);
    found
}

/// What is dangerous in the page as it stands: something ran, or stands where it would.
const HARM: &str = r#"
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) globalThis[name] = () => { globalThis.executed = name; };
  addEventListener("submit", () => { globalThis.executed = "submit"; }, true);
  globalThis.harm = () => {
    const own = (text) => { try { const url = new URL(text, location.href); return url.origin === location.origin || url.protocol === "data:" && /^data:image\/|^data:,/.test(text); } catch { return false; } };
    const addresses = ["src", "srcset", "action", "formaction", "data", "poster", "background", "ping", "xlink:href", "srcdoc"];
    const found = [];
    for (const element of document.querySelectorAll("*")) {
      const name = element.localName;
      if (["iframe", "frame", "object", "embed", "base", "form", "portal", "applet", "math", "template"].includes(name)) found.push(name);
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on") || addresses.includes(attribute) && !own(value)) found.push(`${name} ${attribute}=${value}`);
        if (attribute === "href" && name !== "a" && !own(value)) found.push(`${name} href=${value}`);
        if (attribute === "href" && name === "a" && !["http:", "https:", "mailto:"].includes(element.protocol)) found.push(`a href=${value}`);
      }
    }
    const elsewhere = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !own(name) && !name.startsWith("blob:"));
    if (globalThis.executed !== undefined || Object.prototype.executed !== undefined) found.push(`executed: ${globalThis.executed}`);
    return [...found, ...elsewhere];
  };"#;

async fn assert_harmless(page: &Page, when: &str) {
    assert_eq!(page.call("return harm()").await, json!([]), "{when}");
    assert_eq!(page.call("return seen.violations").await, json!([]), "{when}");
}

/// Texts of an author's that the compiler takes; the others it refuses, each with its place.
fn taken(folder: &Folder, payloads: &[String]) -> BTreeSet<usize> {
    let source = r#"{"things":{"source":"data/things.parquet","ttl":"1h","schema":{"n":"int64"},"measures":{"m":"count(*)"}}}"#;
    let texts: Vec<String> = payloads.iter().map(|text| json!([{ "text": text }]).to_string()).collect();
    let yaml = format!("title: T\ndata: {source}\npages: [{{ title: P, rows: [\n{}\n] }}]\n", texts.join(",\n"));
    folder.write("texts.yaml", yaml);
    let output = folder.tarn(&["check", "texts.yaml"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned() + &*String::from_utf8_lossy(&output.stdout);
    let places = told.lines().filter_map(|line| line.trim().strip_prefix("--> ")?.split(':').rev().nth(1)?.parse::<usize>().ok());
    let refused: BTreeSet<usize> = places.map(|line| line - 4).collect();
    assert!(!told.contains('\u{1b}') && !told.contains("Tarn failed"), "{told}");
    (0..payloads.len()).filter(|at| !refused.contains(at)).collect()
}

/// A dashboard with a payload wherever an author can write a text, over data that holds them all. And how many texts are shown.
fn site(payloads: &[String], name: &str) -> (Site, usize) {
    let folder = Folder::new(name);
    std::fs::create_dir_all(folder.join("data")).unwrap();
    folder.write("payloads.json", json!(payloads).to_string());
    let script = "import duckdb, json, sys
rows = [(text, at) for at, text in enumerate(json.load(open('payloads.json')))]
with duckdb.connect() as c:
    c.execute('create table things (text varchar, n bigint)')
    c.executemany('insert into things values (?, ?)', rows)
    c.execute(\"copy things to 'data/things.parquet'\")";
    let output = tarn_tests::python().current_dir(&folder).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let taken = taken(&folder, payloads);
    let measures: serde_json::Map<String, Value> =
        payloads.iter().enumerate().map(|(at, text)| (format!("m{at}"), json!({ "sql": "count(*)", "label": text }))).collect();
    let mut pages: Vec<Value> = vec![json!({ "title": "Data", "filters": ["text", "n", "search"], "rows": [
        [{ "table": "m0", "by": "text", "limit": 1000, "id": "table" }],
        [{ "bar": "m0", "by": "text", "top": 400, "selects": "text", "id": "bar" }, { "pie": "m0", "by": "text", "top": 8, "id": "pie" }],
        [{ "bar": "m0", "by": "text", "top": 8, "color": "same", "series": 8, "id": "line" }, { "heatmap": "m0", "by": ["text", "same"], "id": "heat" }],
    ] })];
    for (number, part) in payloads.chunks(60).enumerate() {
        let rows = part.iter().enumerate().map(|(at, text)| {
            let at = number * 60 + at;
            let view = json!({ "kpi": format!("m{at}"), "title": text, "subtitle": text, "id": format!("k{at}") });
            if taken.contains(&at) { json!([view, { "text": text, "id": format!("t{at}") }]) } else { json!([view]) }
        });
        pages.push(json!({ "title": part[0], "id": format!("p{number}"), "filters": ["text"], "rows": rows.collect::<Vec<_>>() }));
    }
    let dashboard = json!({
        "title": payloads[8],
        "data": { "things": { "source": "data/things.parquet", "ttl": "1h", "schema": { "text": "string", "n": "int64" },
            "dimensions": { "same": { "sql": "text", "label": payloads[9] } }, "measures": measures } },
        "filters": {
            "text": { "field": "things.text", "type": "multi_select", "label": payloads[20] },
            "n": { "field": "things.n", "type": "range", "label": payloads[40] },
            "search": { "field": "things.same", "type": "search", "label": payloads[60] },
        },
        "pages": pages,
    });
    folder.write("dashboard.yaml", dashboard.to_string());
    succeeded(&folder.tarn(&["build", "--out", "site", "--no-service-worker"]));
    (Site::from_folder(&folder.join("site")), taken.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_authors_write_is_text() {
    let payloads = payloads();
    let (site, n_texts) = site(&payloads, "payloads-yaml");
    let server = Server::start(site, "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document(HARM).await;
        page.open_ready(&server.url("")).await;
        let mut n_shown = 0;
        for number in 0..payloads.len().div_ceil(60) {
            page.call(&format!("await tarn.setPage('p{number}')")).await;
            page.wait_until_settled().await;
            let titles = page
                .call("return Object.fromEntries([...document.querySelectorAll('[data-view]')].map((view) => [view.dataset.view, view.textContent]))")
                .await;
            for (at, text) in payloads.iter().enumerate().skip(number * 60).take(60) {
                let shown = titles[format!("k{at}")].as_str().unwrap();
                // Space around a title is none of it.
                assert!(shown.matches(text.trim()).count() >= 2, "title and subtitle of {at} are {shown:?}, not {text:?}");
            }
            n_shown += titles.as_object().unwrap().keys().filter(|id| id.starts_with('t')).count();
            assert_harmless(page, &format!("page {number}")).await;
            let menus = page.menus().await;
            for menu in menus.iter().step_by(7) {
                page.open_menu(menu).await;
                assert_harmless(page, menu).await;
                page.close_menu(menu).await;
            }
        }
        assert_eq!(n_shown, n_texts, "texts that the compiler took");
        page.assert_no_complaints().await;
    })
    .await;
    assert_eq!(server.violations(), Vec::<String>::new());
    println!("{} payloads as titles, subtitles and labels; {n_texts} as texts, {} refused", payloads.len(), payloads.len() - n_texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_data_is_text() {
    let payloads = payloads();
    let (site, _) = site(&payloads, "payloads-data");
    let server = Server::start(site, "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document(HARM).await;
        page.open_ready(&server.url("")).await;
        let rows = page.call("return tarn.result('table').rows.map(([text]) => text).sort()").await;
        let mut expected = payloads.clone();
        // As JavaScript sorts.
        expected.sort_by_key(|text| text.encode_utf16().collect::<Vec<_>>());
        assert_eq!(rows, json!(expected));
        assert_harmless(page, "table, bars, pie, colours, heatmap").await;
        for menu in page.menus().await {
            page.open_menu(&menu).await;
            assert_harmless(page, &menu).await;
            page.close_menu(&menu).await;
        }
        // A spreadsheet runs no cell of what is saved.
        page.call("URL.createObjectURL = (blob) => { globalThis.saved = blob; return '#'; }").await;
        assert_saved_is_harmless(page, "Save as CSV").await;
        // Each as the value of a filter, in the control, in the title of every view, in the address and back.
        for (at, text) in payloads.iter().enumerate() {
            let body = format!(
                "await tarn.setFilter('text', [{text}]);
                 const rows = tarn.result('table').rows;
                 return [rows.map(([text]) => text), harm()]",
                text = json!(text)
            );
            assert_eq!(page.call(&body).await, json!([[text], []]), "{at}: {text:?}");
        }
        // The notes of a CSV tell the values of the filters: some at once, as a list is cut short.
        for some in payloads.chunks(3) {
            page.call(&format!("await tarn.setFilter('text', {})", json!(some))).await;
            assert_saved_is_harmless(page, "Save as CSV with filters and definitions").await;
        }
        page.assert_no_complaints().await;
    })
    .await;
    assert_eq!(server.violations(), Vec::<String>::new());
    println!("{} payloads as values, in a saved CSV and its notes, as filters", payloads.len());
}

async fn assert_saved_is_harmless(page: &Page, button: &str) {
    page.open_menu("menu-of-table").await;
    let click = "[...document.querySelectorAll('#menu-of-table button')].find((button) => button.innerText === BUTTON).click()";
    page.call(&format!("delete globalThis.saved; {}", click.replace("BUTTON", &json!(button).to_string()))).await;
    page.wait_for("globalThis.saved", "the table is saved").await;
    page.close_menu("menu-of-table").await;
    let csv = page.call("return await saved.text()").await;
    let runs = cells_that_run(csv.as_str().unwrap());
    assert!(runs.is_empty(), "{button}: {runs:?}");
}

/// Fields that a spreadsheet would take for a formula, whichever separator its language has.
pub fn cells_that_run(csv: &str) -> Vec<String> {
    [',', ';', '\t'].into_iter().flat_map(|separator| cells_that_run_between(csv, separator)).collect()
}

fn cells_that_run_between(csv: &str, separator: char) -> Vec<String> {
    let (mut found, mut field, mut quoted, mut chars) = (vec![], String::new(), false, csv.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            '\n' | '\r' if !quoted => found.push(std::mem::take(&mut field)),
            c if c == separator && !quoted => found.push(std::mem::take(&mut field)),
            _ => field.push(c),
        }
    }
    found.push(field);
    // A negative number is one.
    let is_number = |field: &String| field.parse::<f64>().is_ok();
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let runs = |field: &String| field.trim_start_matches([' ', '\u{a0}', '\u{feff}']).starts_with(signs) || field.starts_with(['\t', '\r']);
    found.retain(|field| runs(field) && !is_number(field));
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_an_address_is_text() {
    let payloads = payloads();
    let (site, _) = site(&payloads, "payloads-url");
    let server = Server::start(site, "/", Cors::Missing).await;
    let keys = [
        "page",
        "text",
        "n",
        "search",
        "grain.line",
        "sort.table",
        "top.bar",
        "columns.table",
        "groups.table",
        "widths.table",
        "snapshot",
        "compare.n",
    ];
    in_browser(async |page| {
        page.before_every_document(HARM).await;
        page.open_ready(&server.url("")).await;
        let follow = format!(
            "const keys = {keys}, found = [];
             for (const text of {payloads}) {{
               const before = location.origin + location.pathname;
               for (const query of [...keys.map((key) => `${{key}}=${{encodeURIComponent(text)}}`), `${{encodeURIComponent(text)}}=1`, `__proto__[executed]=${{encodeURIComponent(text)}}`]) {{
                 history.pushState(null, '', `?${{query}}#${{encodeURIComponent(text)}}`);
                 dispatchEvent(new PopStateEvent('popstate'));
               }}
               await new Promise((resolve) => setTimeout(resolve));
               found.push(...harm().map((what) => `${{text}}: ${{what}}`));
               if (location.origin + location.pathname !== before) found.push(`${{text}} led to ${{location}}`);
             }}
             return found",
            keys = json!(keys),
            payloads = json!(payloads),
        );
        assert_eq!(page.call(&follow).await, json!([]));
        page.call("await tarn.ready()").await;
        // As they travel, in a page that starts with them: everything at once, then single ones.
        for (at, text) in payloads.iter().enumerate().filter(|(_, text)| text.len() < 500).step_by(12) {
            let coded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let query: Vec<String> = keys.iter().map(|key| format!("{key}={coded}")).collect();
            page.open(&server.url(&format!("?{}&{coded}#{coded}", query.join("&")))).await;
            assert_harmless(page, &format!("{at}: {text:?}")).await;
        }
        assert_eq!(page.call("return seen.errors").await, json!([]));
    })
    .await;
    assert_eq!(server.violations(), Vec::<String>::new());
    let strange: Vec<String> =
        server.log().into_iter().map(|entry| entry.path).filter(|path| path.contains("evil") || path.contains("passwd")).collect();
    assert!(strange.is_empty(), "{strange:?}");
    println!("{} payloads under {} keys of the address", payloads.len(), keys.len() + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_claim_is_text() {
    let payloads = payloads();
    let claims =
        |text: &str, groups: Value| Whoami::Known(json!({ "sub": text, "name": text, "groups": groups, "profile": { "region": text } }));
    let server = serve(claims("ada", json!(["staff"]))).await;
    in_browser(async |page| {
        page.before_every_document(HARM).await;
        // With a role: name, groups and the folder of their data. The page itself starts every time: a part of them.
        for (at, text) in payloads.iter().enumerate().step_by(20) {
            server.set_whoami(claims(text, json!(["staff", text])));
            page.open(&server.url("?page=mine")).await;
            page.wait_until_settled().await;
            assert_harmless(page, &format!("{at}: {text:?}")).await;
            let title = "return [...document.querySelectorAll('button')].find((button) => button.textContent === 'Sign out').title";
            assert_eq!(page.call(title).await, json!(format!("Signed in as {text}")));
        }
        // Without one: all of them.
        for (at, text) in payloads.iter().enumerate() {
            server.set_whoami(claims(text, json!([text, text])));
            page.driver.goto(server.url("")).await.unwrap();
            page.wait_for("document.querySelector('main.fatal')", "there is an explanation").await;
            let told = page.call("return [document.querySelector('main.fatal').textContent, harm(), seen.violations]").await;
            assert!(told[0].as_str().unwrap().contains(text.as_str()), "{at}: {told}");
            assert_eq!((&told[1], &told[2]), (&json!([]), &json!([])), "{at}: {text:?}");
        }
    })
    .await;
    assert_eq!(server.violations(), Vec::<String>::new());
    // A claim chooses one name below its folder, and nothing else.
    let asked: Vec<String> = server.log().into_iter().map(|entry| entry.path).filter(|path| path.ends_with(".parquet")).collect();
    let strange: Vec<&String> = asked
        .iter()
        .filter(|path| !path.starts_with("data/region=") || path.split('/').count() != 3 || path.to_lowercase().contains("%2f"))
        .filter(|path| *path != "data/sales.parquet")
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    println!("{} payloads as subject, name and group; every twentieth as region, too", payloads.len());
}
