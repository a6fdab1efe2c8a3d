//! axe-core over every page, view kind and open control, in both themes; and the controls by keyboard alone.
use serde_json::{Value, json};
use tarn_tests::{Cors, Page, Server, Site, axe, barriers, in_browser};

#[tokio::test(flavor = "multi_thread")]
async fn no_page_control_or_theme_has_a_barrier() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.call(&axe()).await;
        let mut found = vec![];
        for theme in ["light", "dark"] {
            page.call(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
            for id in page.call("return tarn.pages().map(({ id }) => id)").await.as_array().unwrap() {
                page.call(&format!("await tarn.setPage({id})")).await;
                page.wait_until_settled().await;
                found.extend(barriers(page, &format!("{theme} {id}"), 20).await);
                for menu in page.menus().await {
                    page.open_menu(&menu).await;
                    found.extend(barriers(page, &format!("{theme} {id} {menu}"), 20).await);
                    page.close_menu(&menu).await;
                }
            }
        }
        page.call("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'F8', bubbles: true }))").await;
        page.wait_for("document.querySelector('.developer')", "the developer view is open").await;
        found.extend(barriers(page, "developer view", 20).await);
        assert!(found.is_empty(), "{found:#?}");
        page.assert_no_complaints().await;
    })
    .await;
}

/// Keys as the browser's own events, to the element that has the focus.
async fn press(page: &Page, keys: impl Into<thirtyfour::TypingData>) {
    page.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

async fn filter(page: &Page, id: &str) -> Value {
    page.call(&format!("return tarn.filters().find((filter) => filter.id === '{id}').value")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_numbers_and_tables_are_worked_by_keyboard() {
    use thirtyfour::Key;
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        // Open with Enter, search, choose the first value that matches; the second Escape closes and gives the focus back to the chip.
        page.call("document.querySelector('[data-filter=origin] .chip-open').focus()").await;
        press(page, Key::Enter + "").await;
        page.wait_for("document.querySelector('[data-filter=origin] .popover-head')", "the list is open").await;
        page.call("document.querySelector('[data-filter=origin] [role=combobox]').focus()").await;
        press(page, "atl").await;
        page.wait_for(
            "document.querySelector('[role=option][aria-posinset=\"1\"] .value-name')?.innerText === 'ATL'",
            "the list follows the search",
        )
        .await;
        press(page, Key::Enter + "").await;
        assert_eq!(filter(page, "origin").await, json!(["ATL"]));
        press(page, Key::Escape + "").await;
        page.wait_for("document.querySelector('[data-filter=origin] [role=combobox]').value === ''", "the first Escape empties the search")
            .await;
        press(page, Key::Escape + "").await;
        page.wait_for("document.activeElement.matches('[data-filter=origin] .chip-open')", "the focus is back").await;
        // A slider of the distribution.
        page.call("document.querySelector('[data-filter=distance] .chip-open').click()").await;
        page.wait_for("document.querySelectorAll('[data-filter=distance] .distribution-bars i').length > 5", "the distribution is there")
            .await;
        page.call("document.querySelector('[data-filter=distance] input[type=range]').focus()").await;
        press(page, Key::Right + "").await;
        assert!(filter(page, "distance").await[0].as_f64().unwrap() > 0.0);
        press(page, Key::Escape + "").await;
        // The table: the active cell moves, also beyond the rows that exist in the page.
        page.call("document.querySelector('[data-view=routes] [role=grid]').focus()").await;
        let active =
            "document.getElementById(document.querySelector('[data-view=routes] [role=grid]').getAttribute('aria-activedescendant'))";
        press(page, Key::Down + Key::Right).await;
        page.wait_for(&format!("{active}?.closest('tr').ariaRowIndex === '3' && {active}.cellIndex === 1"), "second row, second column")
            .await;
        press(page, Key::Control + Key::End).await;
        page.wait_for(
            &format!("{active}?.closest('tr').ariaRowIndex === document.querySelector('[data-view=routes] [role=grid]').ariaRowCount"),
            "the last row",
        )
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_announced_once_and_politely() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        // Everything that is read out of its own accord, whenever its words change.
        page.call(
            "const live = '[role=status], [role=alert], [aria-live]';
             globalThis.heard = [];
             const words = new Map();
             const listen = () => document.querySelectorAll(live).forEach((region) => {
               const text = region.textContent.trim();
               if (text && text !== (words.get(region) ?? '')) heard.push([region.getAttribute('aria-live') ?? region.getAttribute('role'), text]);
               words.set(region, text);
             });
             listen();
             heard.length = 0;
             new MutationObserver(listen).observe(document.body, { subtree: true, childList: true, characterData: true });",
        )
        .await;
        // As a drag does it: many values, of which the last one counts.
        let drag = "for (let to = 100; to <= 1000; to += 100) await tarn.setFilter('distance', [0, to]); return tarn.result('kpi-flights').rowsMatched.toLocaleString('en')";
        let matched = page.call(drag).await;
        let said = format!("{} of 3,000,000 flights", matched.as_str().unwrap());
        page.wait_for(&format!("heard.some(([, text]) => text === '{said}')"), "the count is read out").await;
        let counts = page.call("return heard.filter(([, text]) => text.includes(' of 3,000,000 '))").await;
        assert_eq!(counts, json!([["polite", said]]), "once, and the last one alone");
        let others = page.call("return heard.filter(([how]) => how === 'alert' || how === 'assertive')").await;
        assert_eq!(others, json!([]));
    })
    .await;
}
