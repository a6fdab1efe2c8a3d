//! Nothing moves while a page loads: not for words in the header, for the days of a period, for an author's text, or for the
//! legend of a chart that names its series beside their marks.
use super::kinds::gallery;
use tarn_tests::in_browser;

/// The shifts since the page was opened, as browsers count them, each with what it moved and from where to where.
const SHIFTS: &str = "const entries = await new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries())).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done([]), 300);
});
const within = (node) => (node?.closest ? node : node?.parentElement)?.closest('[data-view]')?.dataset.view;
return entries.map(({ value, sources }) => ({ sum: value, moved: sources.map(({ node, previousRect, currentRect }) =>
    `${within(node)} ${node?.className}: ${previousRect.y} to ${currentRect.y}`) }))";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_page_loads() {
    let server = gallery().await;
    in_browser(async |page| {
        if page.call("return PerformanceObserver.supportedEntryTypes.includes('layout-shift')").await != true {
            return;
        }
        for (width, most) in [(1440, 0.01), (768, 0.015), (360, 0.01)] {
            page.resize(width, 1000).await;
            for id in ["time", "groups"] {
                page.open_ready(&server.url(&format!("?page={id}"))).await;
                page.wait_until_settled().await;
                let shifts = page.call(SHIFTS).await;
                let shifts = shifts.as_array().unwrap();
                let sum: f64 = shifts.iter().map(|shift| shift["sum"].as_f64().unwrap()).sum();
                let moves_a_chart = shifts.iter().any(|shift| shift["moved"].to_string().contains("chart-canvas"));
                assert!(sum <= most && !moves_a_chart, "{id} at {width} pixels: {shifts:#?}");
            }
        }
    })
    .await;
}
