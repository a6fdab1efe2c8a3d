//! Tables and key figures as pictures: what they show, at any scale.
use serde_json::{Value, json};
use tarn_tests::{Cors, Page, Server, Site, in_browser};

/// Saves a view by the item of its menu; the picture's content.
async fn saved(page: &Page, view: &str, item: &str, read: &str) -> Value {
    page.call("window.saved = null; URL.createObjectURL = (blob) => { window.saved = blob; return '#'; }").await;
    let menu = format!("menu-of-{view}");
    page.open_menu(&menu).await;
    page.call(&format!("[...document.querySelectorAll('#{menu} .menu-item')].find((item) => item.innerText === '{item}').click()")).await;
    page.wait_for("window.saved", "it is saved").await;
    page.close_menu(&menu).await;
    page.call(&format!("const blob = window.saved; {read}")).await
}

const TEXTS: &str = "const svg = new DOMParser().parseFromString(await blob.text(), 'image/svg+xml');
    return svg.querySelector('parsererror') ? 'not well-formed' : [...svg.querySelectorAll('text')].map((text) => text.textContent)";
const SIZE: &str = "const image = await createImageBitmap(blob); return [blob.type, image.width, image.height]";

fn has(texts: &Value, wanted: &Value) -> bool {
    texts.as_array().is_some_and(|texts| texts.contains(wanted))
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_key_figures_are_saved_as_pictures() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let table = "routes";
        let texts = saved(page, table, "Save as SVG", TEXTS).await;
        let cells = page
            .call(&format!(
                "const table = document.querySelector('[data-view={table}] table');
                 const words = (rows) => [...rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim()));
                 return [words([...table.tBodies[0].rows].filter((row) => !row.matches('.spacer, .gone')).slice(0, 10)), words(table.tFoot?.rows ?? [])]"
            ))
            .await;
        let lines = cells[0].as_array().unwrap().iter().chain(cells[1].as_array().unwrap());
        for cell in lines.flat_map(|line| line.as_array().unwrap()).filter(|cell| **cell != json!("")) {
            assert!(has(&texts, cell), "{cell} in {texts}");
        }
        let [rows, groups] = [format!("return tarn.result('{table}').rows.length"), format!("return tarn.result('{table}').groups")];
        let (rows, groups) = (page.call(&rows).await.as_u64().unwrap(), page.call(&groups).await.as_u64().unwrap());
        let note = page.call(&format!("return `${{Math.min({rows}, 50)}} of ${{({groups}).toLocaleString('en')}} rows`")).await;
        assert!(groups > 50 && has(&texts, &note), "{note} in {texts}");
        // Twice as many pixels as the SVG has units.
        let size = saved(page, table, "Save as SVG", "return /<svg [^>]*width=\"([0-9.]+)\" height=\"([0-9.]+)\"/.exec(await blob.text()).slice(1).map(Number)").await;
        let png = saved(page, table, "Save as PNG", SIZE).await;
        for (at, length) in size.as_array().unwrap().iter().enumerate() {
            let (svg, png) = (length.as_f64().unwrap(), png[at + 1].as_f64().unwrap());
            assert!((png - 2.0 * svg).abs() <= 2.0, "{png} of {svg}");
        }
        let kpi = page.call("return document.querySelector('[data-kind=kpi]').dataset.view").await;
        let kpi = kpi.as_str().unwrap();
        let texts = saved(page, kpi, "Save as SVG", TEXTS).await;
        let value = page.call(&format!("return document.querySelector('[data-view={kpi}] .kpi-value').innerText")).await;
        assert!(has(&texts, &value), "{value} in {texts}");
        let change = page.call(&format!("return document.querySelector('[data-view={kpi}] .kpi-change').innerText.trim()")).await;
        assert!(has(&texts, &change), "{change} in {texts}");
        page.assert_no_complaints().await;
    })
    .await;
}

/// Of every canvas: how many of its pixels one of the page has, and its width on the page.
const PAINTED: &str = "return [...document.querySelectorAll('canvas.chart-canvas')].map((canvas) => {
    const place = canvas.getBoundingClientRect();
    return [Math.round(canvas.width / place.width), Math.round(place.width)];
});";

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_page_is_light_as_wide_as_paper_and_says_its_filters() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("?origin=ATL,ORD")).await;
        page.wait_until_settled().await;
        page.call("localStorage.setItem('tarn-theme', 'dark')").await;
        page.reload_ready().await;
        page.wait_until_settled().await;
        let theme = "getComputedStyle(document.documentElement).colorScheme + ' ' + document.documentElement.dataset.theme";
        assert_eq!(page.call(&format!("return {theme}")).await, json!("dark dark"));
        page.wait_for("document.querySelector('.print-foot').textContent.includes('3 Jun – 30 Jun 2001')", "the days of the period are known").await;
        // What the browser does before it looks at the page for the last time: nothing may wait for a frame.
        let printed = page.call(&format!("dispatchEvent(new Event('beforeprint')); await null; await null; {PAINTED}")).await;
        for chart in printed.as_array().unwrap() {
            assert_eq!(chart[0], json!(3), "painted for paper: {printed}");
            assert!(chart[1].as_u64() <= Some(1000), "{printed}");
        }
        assert!(printed.as_array().unwrap().len() > 8, "{printed}");
        assert_eq!(page.call(&format!("return {theme}")).await, json!("light light"));
        let foot = page.call("return document.querySelector('.print-foot').textContent").await.as_str().unwrap().to_owned();
        for part in ["Period: 3 Jun – 30 Jun 2001", "Origin: ATL, ORD", "Data to 1 Jul 2001", "confirmed", "fresh"] {
            assert!(foot.contains(part), "{part} in {foot}");
        }
        page.call("dispatchEvent(new Event('afterprint'))").await;
        page.wait_for(&format!("{theme} === 'dark dark'"), "as the viewer has it").await;
        page.wait_for("[...document.querySelectorAll('canvas.chart-canvas')].every((canvas) => Math.abs(canvas.width / canvas.getBoundingClientRect().width - devicePixelRatio) < 0.1)", "painted for the screen").await;
        page.assert_no_complaints().await;
    })
    .await;
}
