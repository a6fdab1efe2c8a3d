//! Selecting in a chart, by pointer and by keys.
use serde_json::json;
use tarn_tests::{Cors, Server, Site, in_browser};
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn dragging_over_a_histogram_selects_an_interval() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let chart = page.element("[data-view=delay-min] canvas").await;
        chart.scroll_into_view().await.unwrap();
        page.call("seen.longTasks.length = 0").await;
        let mut drag = page.driver.action_chain().move_to_element_with_offset(&chart, -80, 0).click_and_hold();
        for x in (-76..=80).step_by(4) {
            drag = drag.move_to_element_with_offset(&chart, x, 0);
        }
        drag.release().perform().await.unwrap();
        page.wait_for("tarn.filters().find((filter) => filter.id === 'delay').value !== null", "the brush sets the filter").await;
        page.call("await tarn.ready()").await;
        let value = page.call("return tarn.filters().find((filter) => filter.id === 'delay').value").await;
        let (from, to) = (value[0].as_f64().unwrap(), value[1].as_f64().unwrap());
        assert!(-60.0 <= from && from < to && to <= 180.0, "{value}");
        let (matched, counted) =
            (page.call("return tarn.result('kpi-flights').rows[0][0]").await, page.call("return tarn.result('routes').rowsMatched").await);
        assert_eq!(matched, counted);
        // The machine decides about time, so this is said and not asserted.
        println!("long tasks of the page during 40 moves: {}", page.call("return seen.longTasks.map(([, ms]) => Math.round(ms))").await);
        assert_eq!(page.call("return seen.errors").await, json!([]));
    })
    .await;
}

/// What every view shows and the filters, as text.
const SHOWN: &str = "JSON.stringify([tarn.filters(), tarn.pages().find((page) => page.id === 'overview').views.map((view) => tarn.result(view.id ?? view))])";

#[tokio::test(flavor = "multi_thread")]
async fn moves_of_a_brush_are_answered_without_the_worker_and_as_it_answers() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        page.call("globalThis.posted = []; const { postMessage } = Worker.prototype; Worker.prototype.postMessage = function (message, ...rest) { posted.push(message[0]); return postMessage.call(this, message, ...rest); }")
            .await;
        let chart = page.element("[data-view=delay-min] canvas").await;
        chart.scroll_into_view().await.unwrap();
        let hold = page.driver.action_chain().move_to_element_with_offset(&chart, -80, 0).click_and_hold();
        hold.move_to_element_with_offset(&chart, -70, 0).perform().await.unwrap();
        page.call("await tarn.prepare('delay'); await tarn.ready(); posted.length = 0").await;
        let mut flights = vec![];
        for x in [-60, -30, 0, 30, 80, 50] {
            page.driver.action_chain().move_to_element_with_offset(&chart, x, 0).perform().await.unwrap();
            flights.push(page.call("return tarn.result('kpi-flights').rows[0][0]").await.as_i64().unwrap());
        }
        assert!(flights[..5].is_sorted_by(|a, b| a < b) && flights[5] < flights[4], "every move is seen at once: {flights:?}");
        let told = page.call(&format!("return {SHOWN}")).await;
        assert_eq!(page.call("return posted").await, json!([]), "requests to the worker while the pointer moves");
        page.driver.action_chain().release().perform().await.unwrap();
        page.wait_for("posted.includes(1)", "the worker hears of the end").await;
        let in_address = "location.search.includes(`..${tarn.filters().find((filter) => filter.id === 'delay').value[1]}`)";
        page.wait_for(in_address, "the address follows").await;
        // A new page has nothing but its worker.
        page.call("location.reload()").await;
        page.wait_for("globalThis.tarn && !globalThis.posted", "the page is another one").await;
        page.call("await tarn.ready()").await;
        let answered = page.call(&format!("return {SHOWN}")).await;
        assert_eq!(told, answered);
        assert!(told.as_str().unwrap().len() > 10_000, "{told}");
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_move_the_ends_of_a_brush_and_take_it_away() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        page.wait_for("document.querySelectorAll('[data-view=delay-min] [role=slider]').length === 2", "the chart offers two ends").await;
        let press = async |end: usize, keys: &str| {
            page.call(&format!("document.querySelectorAll('[data-view=delay-min] [role=slider]')[{end}].focus()")).await;
            page.driver.action_chain().send_keys(keys).perform().await.unwrap();
        };
        let is = |value: &str| format!("JSON.stringify(tarn.filters().find((filter) => filter.id === 'delay').value) === '{value}'");
        let (left, right, escape) = (key(Key::Left), key(Key::Right), key(Key::Escape));
        press(0, &right.repeat(6)).await;
        press(1, &left.repeat(9)).await;
        page.wait_for("tarn.filters().find((filter) => filter.id === 'delay').value !== null", "keys set the filter").await;
        page.call("await tarn.ready()").await;
        let value = page.call("return tarn.filters().find((filter) => filter.id === 'delay').value").await;
        let (from, to) = (value[0].as_f64().unwrap(), value[1].as_f64().unwrap());
        assert!(-60.0 < from && from < to && to < 180.0, "both ends moved inwards: {value}");
        let said = page
            .call("return [...document.querySelectorAll('[data-view=delay-min] [role=slider]')].map((end) => Number(end.ariaValueNow))")
            .await;
        assert_eq!((said[0].as_f64(), said[1].as_f64()), (Some(from), Some(to)), "what a screen reader says");
        press(1, &escape).await;
        page.wait_for(&is("null"), "Escape takes the brush away").await;
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_is_chosen_by_keyboard() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        page.call("document.querySelector('[data-view=top-origins] [role=group] button[tabindex=\"0\"]').focus()").await;
        page.driver.action_chain().send_keys(format!("{}{}", key(Key::Down), key(Key::Enter))).perform().await.unwrap();
        page.wait_for("tarn.filters().find((filter) => filter.id === 'origin').value !== null", "Enter sets the filter").await;
        let second = page.call("return tarn.result('top-origins').rows[1][0]").await;
        assert_eq!(page.call("return tarn.filters().find((filter) => filter.id === 'origin').value").await, json!([second]));
        page.call("await tarn.ready()").await;
        assert_eq!(
            page.call("return tarn.result('routes').rows.every((row) => row[0] === tarn.result('top-origins').rows[1][0])").await,
            json!(true)
        );
    })
    .await;
}

fn key(key: Key) -> String {
    key.value().to_string()
}
