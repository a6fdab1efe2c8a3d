//! What F8 and `tarn.status()` say of views, beside what the server, the file's footer and DuckDB say.
use serde_json::{Value, json};
use tarn_tests::{Cors, Page, Server, Site, in_browser, python, root};
use thirtyfour::Key;

const YAML: &str = "
title: Costs
data:
  flights:
    source: data/flights-3m.parquet
    ttl: 1h
    schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }
    time: date
    measures: { flights: count(*), avg_delay: avg(delay) }
filters:
  period: { field: flights.date, type: date_range, default: [2001-06-03, 2001-07-01] }
  origin: { field: flights.origin, type: multi_select }
pages:
  - title: Only
    filters: [period, origin]
    rows:
      - [{ bar: flights, by: origin, top: 5, selects: origin, id: origins }]
      - [{ line: avg_delay, by: date, grain: [day], id: delays }]
";

/// For columns in the row groups that have rows of the period: how many groups, and their bytes. Last: rows of the period, all groups.
fn in_file() -> Vec<u64> {
    let script = "
import duckdb, json
db, file = duckdb.connect(), 'public/data/flights-3m.parquet'
chunks = f\"from parquet_metadata('{file}') where row_group_id in (select row_group_id from parquet_metadata('{file}') where path_in_schema = 'date' and stats_max_value >= '2001-06-03' and stats_min_value < '2001-07-01')\"
one = lambda sql: db.execute(sql).fetchone()[0]
size = lambda *names: int(one(f'select sum(total_compressed_size) {chunks} and path_in_schema in {names}'))
print(json.dumps([one(f'select count(distinct row_group_id) {chunks}'), size('date', 'origin'), size('date', 'delay'),
    one(f\"select count(*) from '{file}' where date >= '2001-06-03' and date < '2001-07-01'\"), one(f\"select count(distinct row_group_id) from parquet_metadata('{file}')\")]))
";
    let output = python().current_dir(root()).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn views(page: &Page) -> Vec<Value> {
    page.call("await tarn.ready(); return tarn.status().views").await.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn views_cost_what_the_file_and_the_server_say() {
    let known = in_file();
    let [n_groups, of_origins, of_delays, n_rows, all_groups] = known.as_slice() else { panic!("{known:?}") };
    let server = Server::start(Site::built().with_dashboard(YAML), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        page.wait_for("tarn.status().views.every(({ paintMs }) => paintMs !== null)", "the charts are painted").await;
        let first = views(page).await;
        for (view, id, bytes) in [(&first[0], "origins", of_origins), (&first[1], "delays", of_delays)] {
            let figures = ["id", "bytesFetched", "bytesFromCache", "rowGroupsRead", "rowGroupsSkipped", "rowsMatched", "cacheHits"];
            let expected = [json!(id), json!(bytes), json!(0), json!(n_groups), json!(all_groups - n_groups), json!(n_rows), json!(0)];
            assert_eq!(figures.map(|name| view[name].clone()), expected, "{view}");
            assert!(view["decodeMs"].as_f64() > Some(0.0) && view["queryMs"].as_f64() > Some(0.0), "{view}");
            // Nothing, where the browser's clock counts in whole milliseconds.
            assert!(view["paintMs"].as_f64() >= Some(0.0), "{view}");
        }
        let status = page.call("return tarn.status()").await;
        let source = &status["sources"][0];
        let number = |value: &Value| value.as_f64().unwrap();
        let of_views: f64 = first.iter().map(|view| number(&view["queryMs"])).sum();
        assert!(of_views <= number(&status["queryMs"]) + 0.01, "views share what the answer took: {status}");
        // What the server gave is what the source counts; of that the views count their columns, and the footer is neither's.
        let given: usize = server.data_requests().iter().map(|entry| entry.bytes).sum();
        assert_eq!(source["bytesFetched"], json!(given), "{source}");
        assert!(*of_delays < given as u64, "{of_delays} of {given}");
        // A filter goes there and back: the second answer is known.
        page.call("await tarn.setFilter('origin', ['ATL']); await tarn.setFilter('origin', null)").await;
        let back = views(page).await;
        let asked = |view: &Value| (view["cacheHits"].clone(), view["queryMs"].clone(), view["fromCache"].clone());
        assert_eq!(asked(&back[0]), (json!(2), json!(0), json!(true)), "a view does not apply the filter that it selects");
        assert_eq!(asked(&back[1]), (json!(1), json!(0), json!(true)));
        // Another visit has all of it from the cache.
        page.wait_for("!location.search.includes('origin')", "the address is that of the answer").await;
        page.wait_until_cached().await;
        page.reload_ready().await;
        page.wait_for(&format!("tarn.status().views[1].bytesFromCache === {of_delays}"), "the data is here").await;
        assert_eq!(views(page).await[1]["bytesFetched"], json!(0));
        page.assert_no_complaints().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_shows_what_the_status_says() {
    let server = Server::start(Site::built().with_dashboard(YAML), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        page.press(Key::F8.value().to_string()).await;
        page.wait_for("document.querySelectorAll('.developer table').length === 2", "a table of sources and one of views").await;
        let shown = page
            .call(
                "const [head, ...rows] = [...document.querySelectorAll('.developer table')[1].rows].map((row) => [...row.cells].map((cell) => cell.innerText));
                 return rows.map((row) => Object.fromEntries(row.map((cell, at) => [head[at], cell])))",
            )
            .await;
        let delays = views(page).await[1].clone();
        let shown = &shown[1];
        let groups = format!("{} / {}", delays["rowGroupsRead"], delays["rowGroupsSkipped"]);
        assert_eq!((&shown["View"], &shown["Row groups read / skipped"], &shown["Cache hits"]), (&json!("delays"), &json!(groups), &json!("0")));
        for (name, key) in [("Decoding", "decodeMs"), ("Query", "queryMs")] {
            let text = format!("{:.1} ms", delays[key].as_f64().unwrap());
            assert_eq!(shown[name], json!(text), "{shown}");
        }
        // The copy is the whole status.
        page.call("navigator.clipboard.writeText = async (text) => { window.copied = text }; document.querySelector('.developer .popover-head button').click()").await;
        page.wait_for("window.copied", "it is copied").await;
        assert_eq!(page.call("return JSON.parse(copied).views[1].bytesFetched").await, delays["bytesFetched"]);
        page.assert_no_complaints().await;
    })
    .await;
}
