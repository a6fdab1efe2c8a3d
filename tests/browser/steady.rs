//! Nothing moves while a page loads: not for words in the header, for the days of a period, or for an author's text.
use super::kinds::gallery;
use tarn_tests::in_browser;

/// The sum of the shifts since the page was opened, as browsers count them.
const SHIFTED: &str = "const entries = await new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries())).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done([]), 300);
});
return entries.reduce((sum, { value }) => sum + value, 0)";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_page_loads() {
    let server = gallery().await;
    in_browser(async |page| {
        if page.call("return PerformanceObserver.supportedEntryTypes.includes('layout-shift')").await != true {
            return;
        }
        // A chart that names its series beside their marks gives up its legend, which moves no card.
        for (width, most) in [(1440, 0.01), (768, 0.02), (360, 0.01)] {
            page.resize(width, 1000).await;
            for id in ["time", "groups"] {
                page.open_ready(&server.url(&format!("?page={id}"))).await;
                page.wait_until_settled().await;
                let shifted = page.call(SHIFTED).await.as_f64().unwrap();
                assert!(shifted <= most, "{id} at {width} pixels: {shifted}");
            }
        }
    })
    .await;
}
