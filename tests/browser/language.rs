//! The page in German: no English word is left on it, and numbers and days are typed as Germans write them.
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tarn_dashboard::{Catalogue, Dashboard, Phrase, Plural};
use tarn_tests::{Cors, Page, Server, Site, in_browser};

/// Every kind of view and of filter; what the author says is German.
const GERMAN: &str = "
title: Flugplan
locale: de-DE
data:
  fluege:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    dimensions:
      stunde: { sql: extract(hour from date), label: Stunde }
      wochentag: { sql: extract(isodow from date), label: Wochentag }
      spaet: { sql: delay > 15, label: Zu spät }
      start: { sql: origin, label: Start }
      ziel: { sql: destination, label: Ziel }
      tag: { sql: date, label: Tag }
      verzug: { sql: delay, label: Verzug, format: 0 min }
    measures:
      fluege: { sql: count(*), label: Flüge }
      mittel: { sql: avg(delay), label: Mittlerer Verzug, format: 0.0 min, good: down }
filters:
  zeitraum: { field: tag, type: date_range, default: last 28 days, compare: previous period }
  start: { field: start, type: multi_select }
  ziel: { field: ziel, type: select }
  verzug: { field: verzug, type: range }
  spaet: { field: spaet, type: boolean }
  suche: { field: ziel, type: search, label: Suche }
pages:
  - title: Lage
    filters: [zeitraum, start, ziel, verzug, spaet, suche]
    rows:
      - [{ kpi: fluege }, { kpi: mittel }]
      - [{ line: fluege, by: tag, grain: [day, week, month], selects: zeitraum, id: verlauf }]
      - [{ histogram: verzug, bins: { from: -60, to: 180, width: 10 }, selects: verzug, id: verteilung }, { bar: fluege, by: start, top: 5, selects: start, id: balken }]
      - [{ heatmap: mittel, by: [stunde, wochentag], id: raster }]
      - [{ table: [fluege, mittel], by: [start, ziel], limit: 20, other: true, id: tabelle }]
  - title: Mehr
    rows:
      - [{ kpi: fluege, id: alle }]
";

/// Whatever a person reads, hears or gets as a tip.
const SAID: &str = "
  const shown = (node) => !node.closest('script, style, noscript');
  const texts = [...document.querySelectorAll('body *')].filter(shown).flatMap((node) => [
    ...[...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data),
    ...['aria-label', 'title', 'placeholder', 'aria-valuetext', 'aria-description', 'alt'].map((name) => node.getAttribute(name) ?? ''),
  ]);
  return texts.map((text) => text.trim()).filter((text) => text);";

#[tokio::test(flavor = "multi_thread")]
async fn no_english_word_is_left_on_a_german_page() {
    let server = Server::start(Site::built().with_dashboard(GERMAN), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        assert_eq!(page.call("return document.documentElement.lang").await, json!("de-DE"));
        let english = english_words(page).await;
        let mut found = BTreeSet::new();
        found.extend(foreign(page, &english, "the page").await);
        for menu in page.menus().await {
            page.open_menu(&menu).await;
            found.extend(foreign(page, &english, &menu).await);
            page.close_menu(&menu).await;
        }
        page.call("document.querySelectorAll('.chart-table-button').forEach((button) => button.click())").await;
        page.call("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'F8', bubbles: true }))").await;
        page.wait_for("document.querySelector('.developer')", "the developer view is open").await;
        found.extend(foreign(page, &english, "tables and figures").await);
        page.call("await tarn.setFilters({ start: ['ATL', 'ORD'], ziel: 'LAX', verzug: [1000000, null], spaet: false, suche: 'qq' })")
            .await;
        page.wait_for("document.querySelector('[data-view=tabelle]').dataset.state === 'empty'", "nothing is left").await;
        found.extend(foreign(page, &english, "nothing left").await);
        assert!(found.is_empty(), "{found:#?}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_is_refused_in_german() {
    let server = Server::start(Site::built().with_dashboard(GERMAN), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?verzug=90..15&page=nirgends&grain.verlauf=year")).await;
        let notice = page.call("return document.querySelector('.notice').innerText").await.as_str().unwrap().to_owned();
        assert!(notice.contains("Filter `verzug` erwartet einen Bereich wie 15..90"), "{notice}");
        assert!(notice.contains("es gibt keine Seite `nirgends`") && notice.contains("als grain von"), "{notice}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_days_are_typed_as_the_language_writes_them() {
    let server = Server::start(Site::built().with_dashboard(GERMAN), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.open_menu("menu-verzug").await;
        let fields = "document.querySelectorAll('#menu-verzug .pair input')";
        type_into(page, &format!("{fields}[1]"), "1.234,5").await;
        assert_eq!(filter(page, "verzug").await, json!([null, 1234.5]));
        assert_eq!(page.call(&format!("return {fields}[1].value")).await, json!("1.234,5"));
        type_into(page, &format!("{fields}[0]"), "1.5").await;
        assert_eq!(filter(page, "verzug").await, json!([1.5, 1234.5]));
        assert_eq!(page.call(&format!("return {fields}[0].value")).await, json!("1,5"));
        type_into(page, &format!("{fields}[0]"), "1,2,3").await;
        assert_eq!(
            page.call("return document.querySelector('#menu-verzug .menu-foot').innerText.split('\\n')[0]").await,
            json!("Das ist keine Zahl.")
        );
        assert_eq!(filter(page, "verzug").await, json!([1.5, 1234.5]), "what is no number changes nothing");
        page.close_menu("menu-verzug").await;

        page.open_menu("menu-zeitraum").await;
        let fields = "document.querySelectorAll('#menu-zeitraum .day-field input[type=text]')";
        assert_eq!(page.call(&format!("return [...{fields}].map((field) => field.value)")).await, json!(["03.06.2001", "30.06.2001"]));
        type_into(page, &format!("{fields}[0]"), "14.6.2001").await;
        assert_eq!(filter(page, "zeitraum").await, json!(["2001-06-14", "2001-07-01"]));
        assert_eq!(page.call(&format!("return {fields}[0].value")).await, json!("14.06.2001"));
        type_into(page, &format!("{fields}[1]"), "31.6.2001").await;
        let told = page.call("return document.querySelector('#menu-zeitraum .menu-foot').innerText").await;
        assert!(told.as_str().unwrap().contains("Das ist kein Datum"), "{told}");
        assert_eq!(filter(page, "zeitraum").await, json!(["2001-06-14", "2001-07-01"]));
        page.assert_no_complaints().await;
    })
    .await;
}

async fn filter(page: &Page, id: &str) -> Value {
    page.call(&format!("return tarn.filters().find((filter) => filter.id === '{id}').value")).await
}

/// Replaces what stands in the field, by keys, and leaves it with Enter.
async fn type_into(page: &Page, field: &str, text: &str) {
    page.call(&format!("{field}.focus(); {field}.select()")).await;
    let enter = thirtyfour::Key::Enter.value();
    page.driver.action_chain().send_keys(format!("{text}{enter}")).perform().await.unwrap();
    page.call("await tarn.ready()").await;
}

/// Words of the English catalogue that mean nothing in German, and some that a careless text would have.
async fn english_words(page: &Page) -> BTreeSet<String> {
    let compiled = page.call("return fetch(document.querySelector('#tarn-dashboard').href).then((response) => response.arrayBuffer()).then((bytes) => Array.from(new Uint8Array(bytes)))").await;
    let dashboard = Dashboard::from_bytes(&serde_json::from_value::<Vec<u8>>(compiled).unwrap()).unwrap();
    let german = vocabulary(dashboard.catalogue());
    let mut english = vocabulary(Catalogue::ENGLISH);
    english.extend(
        ["the", "and", "of", "to", "is", "are", "show", "hide", "more", "less", "filter", "value", "row", "this", "with", "sort"]
            .map(String::from),
    );
    english.difference(&german).filter(|word| !words(GERMAN).contains(*word) && !word.contains('.')).cloned().collect()
}

fn vocabulary(catalogue: Catalogue<'_>) -> BTreeSet<String> {
    let texts = Phrase::ALL.iter().flat_map(|phrase| Plural::ALL.map(|plural| catalogue.count(*phrase, plural, &[])));
    texts.flat_map(|text| words(&text)).collect()
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    words.map(str::to_lowercase).collect()
}

async fn foreign(page: &Page, english: &BTreeSet<String>, place: &str) -> Vec<String> {
    let said = page.call(SAID).await;
    let said = said.as_array().unwrap().iter().filter_map(Value::as_str);
    let said: Vec<String> = said.map(str::to_owned).collect();
    assert!(said.len() > 60, "{place}: {said:?}");
    let foreign = said.iter().filter(|text| words(text).iter().any(|word| english.contains(word)));
    foreign.map(|text| format!("{place}: {text}")).collect()
}
