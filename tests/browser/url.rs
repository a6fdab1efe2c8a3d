//! The address determines the screen.
use serde_json::json;
use tarn_tests::{Cors, Server, Site, in_browser};
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_restores_page_and_filters_from_the_address() {
    let server = Server::start(Site::built(), "/here/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.call("await tarn.setPage('operations'); await tarn.setFilters({ period: ['2001-03-01', '2001-04-01'], origin: ['ATL', 'ORD'], delay: [12.5, null] })").await;
        page.wait_for("new URL(location).searchParams.get('delay') === '12.5..'", "the address has the delay").await;
        let state = "return [tarn.filters(), tarn.pages().find((page) => page.current).id, tarn.result('by-origin').rows]";
        let before = page.call(state).await;
        page.reload_ready().await;
        assert_eq!(page.call(state).await, before);
        assert_eq!(before[1], json!("operations"));
        let url = page.driver.current_url().await.unwrap();
        assert_eq!(url.path(), "/here/", "no path routing: {url}");
    })
    .await;
}

/// Read by pasting it, as the viewer does.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_on_the_clipboard_rebuilds_what_is_shown() {
    let server = Server::start(Site::built(), "/here/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?utm_source=mail")).await;
        page.call("await tarn.setPage('operations'); await tarn.setFilters({ period: ['2001-03-01', '2001-04-01'], origin: ['ATL'], delay: [12.5, null] })").await;
        let state = "return [tarn.filters(), tarn.pages().find((page) => page.current).id, tarn.result('by-origin').rows]";
        let before = page.call(state).await;
        page.element(".head-end .button").await.click().await.unwrap();
        page.wait_for("document.querySelector('.head-end .button').innerText === 'Link copied'", "the button says so").await;
        page.call("const field = document.createElement('textarea'); field.id = 'pasted'; document.body.append(field); field.focus()").await;
        page.driver.action_chain().key_down(Key::Control).send_keys("v").key_up(Key::Control).perform().await.unwrap();
        page.wait_for("document.querySelector('#pasted').value", "the link is pasted").await;
        let link = page.call("return document.querySelector('#pasted').value").await;
        page.wait_for(&format!("location.href === {link}"), "it is the address, which the last change of a burst reaches a moment later").await;
        page.open_ready(link.as_str().unwrap()).await;
        assert_eq!(page.call(state).await, before);
        // Where there is no clipboard, the page says where the link is.
        page.call("Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.querySelector('.head-end .button').click()").await;
        page.wait_for("document.body.innerText.includes('It stands in the address bar.')", "it says that nothing was copied").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_in_the_address_is_said_and_the_rest_stands() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?delay=soon&origin=ATL&utm_source=mail")).await;
        let chosen = page.call("return Object.fromEntries(tarn.filters().map((filter) => [filter.id, filter.value]))").await;
        assert_eq!((&chosen["delay"], &chosen["origin"]), (&json!(null), &json!(["ATL"])));
        let text = page.text().await;
        assert!(text.contains("not understood") && text.contains("soon"), "{text}");
        assert!(page.driver.current_url().await.unwrap().query().unwrap_or_default().contains("utm_source=mail"), "foreign keys are kept");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_returns_to_the_page_before() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.call("await tarn.setPage('operations')").await;
        page.driver.back().await.unwrap();
        page.wait_for("tarn.pages().find((page) => page.current).id === 'overview'", "Back leads to the first page").await;
        page.wait_for("document.querySelector('[data-view=routes]')?.dataset.state === 'ready'", "its views are there").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_forward_walk_through_what_was_chosen() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let state = "[tarn.filters().filter(({ id }) => ['origin', 'delay'].includes(id)).map(({ value }) => value), tarn.result('kpi-flights').rows]";
        let mut states = vec![page.call(&format!("return {state}")).await];
        for choice in ["document.querySelector('[data-view=top-origins] .chart-row').click()", "await tarn.setFilter('delay', [60, null])"] {
            page.call(choice).await;
            // Changes that follow each other at once are one entry.
            page.call("await tarn.ready(); await new Promise((done) => setTimeout(done, 600))").await;
            states.push(page.call(&format!("return {state}")).await);
        }
        assert!(states[0] != states[1] && states[1] != states[2], "{states:?}");
        let shows = async |at: usize| page.wait_for(&format!("JSON.stringify({state}) === {:?}", states[at].to_string()), "the state is back").await;
        for at in [1, 0] {
            page.driver.back().await.unwrap();
            shows(at).await;
        }
        for at in [1, 2] {
            page.driver.forward().await.unwrap();
            shows(at).await;
        }
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_view_shows_stands_in_the_address() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?top.top-origins=3&columns.routes=flights,origin&sort.routes=origin,-flights&compare.period=none"))
            .await;
        assert_eq!(page.call("return tarn.result('top-origins').rows.length").await, json!(3));
        let heads = page.call("return [...document.querySelectorAll('[data-view=routes] th button')].map((head) => head.innerText)").await;
        assert_eq!(heads, json!(["Flights ↓2", "Origin ↑1"]));
        assert_eq!(page.call("return tarn.result('kpi-flights').columns.length").await, json!(1), "compared with nothing");
        let rows = page.call("return tarn.result('routes').rows.map((row) => [row[0], row[2]])").await;
        let rows: Vec<(String, i64)> = serde_json::from_value(rows).unwrap();
        assert!(rows.is_sorted_by(|a, b| a.0 < b.0 || (a.0 == b.0 && a.1 >= b.1)), "by origin, then by flights");
        // Printing makes all rows of the table.
        page.call("dispatchEvent(new Event('beforeprint'))").await;
        page.wait_for("document.querySelectorAll('[data-view=routes] tbody tr:not(.spacer)').length === 500", "all rows are printed").await;
        page.call("dispatchEvent(new Event('afterprint'))").await;
        page.wait_for("document.querySelectorAll('[data-view=routes] tbody tr:not(.spacer)').length < 50", "a screenful again").await;
        page.assert_no_complaints().await;
    })
    .await;
}
