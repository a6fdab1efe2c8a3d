//! Every number that the page holds, against DuckDB's.
use serde_json::{Value, json};
use tarn_tests::{Cors, Server, Site, cases, differences, expected, in_browser};

#[tokio::test(flavor = "multi_thread")]
async fn every_view_equals_duckdb_for_every_combination_of_filters() {
    let cases = cases();
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    let mut wrong = vec![];
    let mut n_results = 0;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let filters = page.call("return tarn.filters()").await;
        let compiled = page.call("return fetch(document.querySelector('#tarn-dashboard').href).then((response) => response.arrayBuffer()).then((bytes) => Array.from(new Uint8Array(bytes)))").await;
        let dashboard = tarn_dashboard::Dashboard::from_bytes(&serde_json::from_value::<Vec<u8>>(compiled).unwrap()).unwrap();
        for (case, expected) in cases.iter().zip(expected()).filter(|(case, _)| case.grain.is_none()) {
            // Every filter is set, so that no case inherits from the one before.
            let value = |filter: &Value| {
                let id = filter["id"].as_str().unwrap();
                let value = match case.filters.get(id) {
                    Some(Value::String(text)) => {
                        let filter = dashboard.filter(id).unwrap();
                        json!(filter.json(&filter.parse_text(text).unwrap()))
                    }
                    Some(_) => Value::Null,
                    None => filter["default"].clone(),
                };
                (id.to_owned(), value)
            };
            let values: serde_json::Map<String, Value> = filters.as_array().unwrap().iter().map(value).collect();
            let results = page
                .call(&format!(
                    "const results = {{}};
                     for (const {{ id }} of tarn.pages()) {{
                       await tarn.setPage(id);
                       await tarn.setFilters({});
                       for (const view of tarn.pages().find((page) => page.id === id).views) results[view.id] = tarn.result(view.id);
                     }}
                     return results;",
                    json!(values)
                ))
                .await;
            for view in expected["views"].as_array().unwrap() {
                let id = view["view"].as_str().unwrap();
                n_results += 1;
                wrong.extend(differences(view, &results[id]).into_iter().take(3).map(|difference| format!("{}: {id}: {difference}", case.name)));
            }
        }
        page.assert_no_complaints().await;
    })
    .await;
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    println!("{n_results} results in the page equal DuckDB's");
}
