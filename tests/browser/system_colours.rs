//! Forced colours: the page in the system's, charts in their own.
use super::kinds::{gallery, open_gallery};
use serde_json::json;
use tarn_tests::{axe, barriers, in_browser};

#[tokio::test(flavor = "multi_thread")]
async fn colours_of_the_system_leave_charts_and_controls_readable() {
    let server = gallery().await;
    in_browser(async |page| {
        if !page.force_colors(None).await {
            return;
        }
        let mut found = vec![];
        // The viewer's own choice of a theme need not be the system's.
        for (system, theme) in [("light", "system"), ("dark", "system"), ("dark", "light")] {
            page.force_colors(Some(system)).await;
            open_gallery(&server, page, "groups").await;
            page.call(&format!("localStorage.setItem('tarn-theme', '{theme}')")).await;
            open_gallery(&server, page, "groups").await;
            assert_eq!(page.call("return matchMedia('(forced-colors: active)').matches").await, json!(true));
            let shown = page
                .call(
                    "const probe = document.body.appendChild(document.createElement('i'));
                     probe.style.forcedColorAdjust = 'none';
                     const colour = (text) => { probe.style.color = text; return getComputedStyle(probe).color; };
                     const style = getComputedStyle(document.documentElement);
                     const own = (name) => colour(style.getPropertyValue(name));
                     const grounds = [...document.querySelectorAll('.chart-canvas')].map((canvas) => getComputedStyle(canvas).backgroundColor);
                     const swatches = [...document.querySelectorAll('[data-view=shares] .swatch')].map((swatch) => getComputedStyle(swatch).backgroundColor);
                     const said = { card: own('--card'), ink: own('--ink'), first: own('--series-1'), canvas: colour('Canvas') };
                     const body = getComputedStyle(document.body).backgroundColor;
                     probe.remove();
                     return { ...said, body, grounds: [...new Set(grounds)], swatches: [...new Set(swatches)] };",
                )
                .await;
            assert_eq!(shown["body"], shown["canvas"], "the page is the system's: {shown}");
            assert_eq!(shown["grounds"], json!([shown["card"]]), "{system}, {theme}: what is drawn has the ground that its ink is for");
            assert_ne!(shown["card"], shown["ink"]);
            let swatches = shown["swatches"].as_array().unwrap();
            assert!(swatches.len() == 3 && swatches.contains(&shown["first"]), "the legend keeps the colours of the chart: {shown}");
            page.call(&format!("{}; window.axe = axe ?? window.axe;", axe())).await;
            // Where both differ axe compares the theme's ink with the system's ground, which nobody sees.
            if theme == "system" {
                found.extend(barriers(page, &format!("{system} {theme}"), 20).await);
            }
        }
        page.call("localStorage.removeItem('tarn-theme')").await;
        assert!(found.is_empty(), "{found:#?}");
    })
    .await;
}
