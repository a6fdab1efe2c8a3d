//! Cross-filtering: a filter changes every view but the one that selects it.
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tarn_tests::{Cors, Page, Server, Site, in_browser};

/// Every filter of the demo with a value, and the views that select it.
const CHANGES: &[(&str, &str, &[&str])] = &[
    ("period", r#"["2001-03-01", "2001-04-01"]"#, &["flights-over-time"]),
    ("delay", "[15, 90]", &["delay-min"]),
    ("distance", "[400, 900]", &["distance-miles"]),
    ("hour", "[6, 12]", &["hour-of-departure", "average-delay-by-weekday-and-hour"]),
    ("origin", r#"["ATL", "ORD"]"#, &["top-origins"]),
    ("destination", r#"["LAX"]"#, &["top-destinations"]),
    ("weekday", "[1, 5]", &["average-delay-by-weekday-and-hour"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_changes_every_other_view_and_not_its_own() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let before = results(page).await;
        let default = page.call("return tarn.filters().find((filter) => filter.id === 'period').default").await;
        for (filter, value, own) in CHANGES {
            let key_figures = page.view_text("kpi-flights").await;
            page.call(&format!("await tarn.setFilter('{filter}', {value})")).await;
            let after = results(page).await;
            for (view, result) in &before {
                assert_eq!(after[view] == *result, own.contains(&view.as_str()), "{filter} = {value}: view {view}");
            }
            page.wait_until_settled().await;
            assert_ne!(page.view_text("kpi-flights").await, key_figures, "{filter}: the number on the screen");
            let back = if *filter == "period" { default.clone() } else { Value::Null };
            page.call(&format!("await tarn.setFilter('{filter}', {back})")).await;
            assert_eq!(results(page).await, before, "{filter} set back");
        }
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_filters_change_in_one_step_and_are_cleared_in_one() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.call("await tarn.setFilters({ period: null, origin: ['ATL'], delay: [0, null] })").await;
        let chosen = page.call("return Object.fromEntries(tarn.filters().map((filter) => [filter.id, filter.value]))").await;
        assert_eq!((&chosen["period"], &chosen["origin"], &chosen["delay"]), (&Value::Null, &json!(["ATL"]), &json!([0, null])));
        page.call("await tarn.clearFilters()").await;
        let flights = page.call("return tarn.result('kpi-flights').rows[0][0]").await;
        assert_eq!(flights, json!(3_000_000), "no filter, not even the default period");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_none_is_refused_and_changes_nothing() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let before = results(page).await;
        let refused = page.try_call("await tarn.setFilters({ origin: ['ATL'], delay: 'late' })").await.unwrap_err();
        assert!(refused.contains("delay") && refused.contains("15..90"), "{refused}");
        let refused = page.try_call("await tarn.setFilter('dealy', [0, 1])").await.unwrap_err();
        assert!(refused.contains("there is no filter `dealy`"), "{refused}");
        assert_eq!(results(page).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_leave_nothing_are_named() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.call("await tarn.setFilters({ delay: [1e6, null] })").await;
        page.wait_for("document.querySelector('[data-view=routes]').dataset.state === 'empty'", "the table is empty").await;
        let text = page.view_text("routes").await;
        assert!(text.contains("No rows match these filters") && text.contains("delay"), "{text}");
        assert_eq!(
            page.call("return document.querySelector('[data-view=delay-min]').dataset.state").await,
            json!("ready"),
            "its own filter is not applied"
        );
    })
    .await;
}

/// The results of all views of the page, by id.
async fn results(page: &Page) -> BTreeMap<String, Value> {
    let pairs = page.call("return tarn.pages().find((page) => page.current).views.map(({ id }) => [id, tarn.result(id).rows])").await;
    let pairs = pairs.as_array().unwrap();
    assert!(pairs.len() >= 10);
    pairs.iter().map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect()
}
