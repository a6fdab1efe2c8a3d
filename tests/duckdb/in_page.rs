//! A sample of the generated questions, put to the page: what `tarn.result` says in the browser, against DuckDB. The seed is printed;
//! TARN_SEED and TARN_TABLES change it and the number of tables.
#![allow(clippy::unwrap_used)]
mod differential {
    pub mod compare;
    pub mod expression;
    pub mod measure;
    pub mod nested;
    pub mod outcome;
    pub mod question;
    pub mod random;
    pub mod table;
}

use differential::outcome::{Outcome, expected, number, outcome};
use serde_json::{Map, Value, json};
use std::fs;
use tarn_dashboard::Dashboard;
use tarn_tests::{Cors, Page, Server, Site, in_browser, root};

const SEED: u64 = 20_031_217;
const TABLES: u64 = 6;
const PER_TABLE: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn generated_questions_have_the_answers_of_duckdb_in_the_page() {
    let (seed, n_tables) = (number("TARN_SEED", SEED), number("TARN_TABLES", TABLES));
    println!("TARN_SEED={seed} TARN_TABLES={n_tables}");
    let mut all = Outcome::default();
    for seed in seed..seed + n_tables {
        let folder = root().join(format!("target/in-page-{}/{seed}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let dashboard = differential::question::Dashboard::random(seed, PER_TABLE);
        let expected = expected(&[(&folder, &dashboard)]).concat();
        let site = Site::built().with_dashboard(&dashboard.yaml).with_file("data.parquet", fs::read(folder.join("data.parquet")).unwrap());
        let server = Server::start(site, "/", Cors::Missing).await;
        let mut answers = vec![];
        in_browser(async |page| {
            page.open_ready(&server.url("")).await;
            let compiled = compiled(page).await;
            for question in &dashboard.questions {
                answers.push(answer(page, &compiled, &question.asked).await);
            }
        })
        .await;
        all.add(outcome(seed, &folder, &dashboard, &expected, &answers));
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }
    assert!(all.wrong.is_empty(), "{} differ:\n{}", all.wrong.len(), all.wrong[..all.wrong.len().min(20)].join("\n"));
    println!("{} answers in the page equal DuckDB's, {} questions fail in both", all.equal, all.both_failed);
    assert!(all.equal > all.both_failed * 10, "{} questions fail in both", all.both_failed);
}

/// The dashboard as the page has it.
async fn compiled(page: &Page) -> Dashboard {
    let bytes = page
        .call("return fetch(document.querySelector('#tarn-dashboard').href).then((response) => response.arrayBuffer()).then((bytes) => Array.from(new Uint8Array(bytes)))")
        .await;
    Dashboard::from_bytes(&serde_json::from_value::<Vec<u8>>(bytes).unwrap()).unwrap()
}

/// Sets every filter, so that no question inherits from the one before, and reads one view.
async fn answer(page: &Page, dashboard: &Dashboard, asked: &Value) -> Value {
    let value = |filter: &tarn_dashboard::Filter| {
        let text = asked["filters"][&filter.id].as_str();
        (filter.id.clone(), text.map_or(Value::Null, |text| json!(filter.json(&filter.parse_text(text).unwrap()))))
    };
    let values: Map<String, Value> = dashboard.filters.iter().map(value).collect();
    let script = format!(
        "await tarn.setFilters({});
         const plain = (key, value) => typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
         try {{ return JSON.stringify(tarn.result({}), plain); }} catch (error) {{ return JSON.stringify({{ error: error.message }}); }}",
        json!(values),
        asked["view"]
    );
    serde_json::from_str(page.call(&script).await.as_str().unwrap()).unwrap()
}
