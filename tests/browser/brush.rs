//! Selecting in a chart, by pointer.
use serde_json::json;
use tarn_tests::{Cors, Server, Site, in_browser};

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
        let (matched, counted) = (page.call("return tarn.result('kpi-flights').rows[0][0]").await, page.call("return tarn.result('routes').rowsMatched").await);
        assert_eq!(matched, counted);
        // The machine decides about time, so this is said and not asserted.
        println!("long tasks of the page during 40 moves: {}", page.call("return seen.longTasks.map(([, ms]) => Math.round(ms))").await);
        assert_eq!(page.call("return seen.errors").await, json!([]));
    })
    .await;
}
