//! The tutorial, done as it is written: every command in it runs, on what the commands before it left.
use crate::folder::{Folder, succeeded};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tarn_tests::{Page, Serving, blocks, in_browser, python, root, tarn_with_page};

/// What the page shows by the tutorial's dashboard, asked of DuckDB: the last 28 days of one city.
const NUMBERS: &str = "
    with days as (select max(ordered_at)::date as open from 'orders.parquet'),
    shown as (select o.* from 'orders.parquet' o, days where ordered_at >= open - interval 28 days and ordered_at < open and city = 'Lyon')
    select count(*), sum(amount), sum(amount) / count(*), count(*) filter (where returned) / count(*) from shown";

/// The shell of somebody who has `tarn` and Python, and nothing else of ours on the path.
fn shell(folder: &Folder, script: &str) -> Command {
    let folder_of = |command: Command| Path::new(command.get_program()).parent().unwrap_or(Path::new("")).to_owned();
    let system = ["/usr/bin", "/bin"].map(PathBuf::from);
    // Python first: the environment of an installed wheel has one of its own, without DuckDB.
    let path = std::env::join_paths([folder_of(python()), folder_of(tarn_with_page())].into_iter().chain(system)).unwrap();
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env("PATH", path).args(["-e", "-c", script]);
    shell
}

fn rows(folder: &Folder, sql: &str) -> Value {
    let script = "import duckdb, json, sys; print(json.dumps(duckdb.connect().execute(sys.argv[1]).fetchall()))";
    let output = python().current_dir(folder).args(["-c", script, sql]).output().unwrap();
    serde_json::from_str(&succeeded(&output)).unwrap()
}

async fn opens(page: &Page, url: &str) {
    page.open_ready(url).await;
    page.wait_until_settled().await;
    let states = page.states().await;
    assert!(!states.is_empty() && states.iter().all(|(_, state)| state == "ready"), "{url}: {states:?}");
}

/// Before the server ends: a page that follows a file complains when nobody tells it of changes any more.
async fn leave(page: &Page) {
    page.driver.goto("about:blank").await.unwrap();
}

async fn shows_the_numbers(page: &Page, folder: &Folder) {
    page.call("await tarn.setFilter('city', ['Lyon'])").await;
    let expected = rows(folder, NUMBERS);
    for (at, view) in ["kpi-orders", "kpi-revenue", "kpi-basket", "kpi-return_rate"].into_iter().enumerate() {
        let shown = page.call(&format!("return tarn.result('{view}').rows[0][0]")).await.as_f64().unwrap();
        let expected = expected[0][at].as_f64().unwrap();
        assert!(expected > 0.0 && (shown - expected).abs() <= 1e-9 * expected, "{view} shows {shown}, DuckDB says {expected}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tutorial_leads_to_a_deployed_dashboard() {
    let folder = Folder::new("tutorial");
    let text = std::fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let (folder, text) = (&folder, &text);
    in_browser(async |page| {
        let mut n_run = 0;
        for block in blocks(text) {
            n_run += 1;
            match (block.language, block.content.as_str()) {
                // Installed before this test began.
                ("sh", script) if script.starts_with("pip install") => {}
                ("sh", "tarn explore orders.parquet\n") => {
                    let exploring = Serving::explore(&folder.join("orders.parquet"));
                    opens(page, &exploring.url).await;
                    leave(page).await;
                }
                ("sh", "tarn serve\n") => {
                    let serving = Serving::start(&folder.join("dashboard.yaml"));
                    opens(page, &serving.url).await;
                    leave(page).await;
                }
                ("sh", "python3 -m http.server --directory site\n") => {
                    let serving = Serving::run(&mut shell(folder, "exec python3 -u -m http.server --bind 127.0.0.1 --directory site 0"));
                    opens(page, &serving.url).await;
                    assert_eq!(page.call("return document.title").await, json!("Overview · Orders"));
                    assert_eq!(page.states().await.len(), 8, "views");
                    shows_the_numbers(page, folder).await;
                    page.assert_no_complaints().await;
                }
                ("sh", script) => println!("$ {script}{}", succeeded(&shell(folder, script).output().unwrap())),
                ("yaml", content) => {
                    folder.write("dashboard.yaml", content);
                    let serving = Serving::start(&folder.join("dashboard.yaml"));
                    opens(page, &serving.url).await;
                    shows_the_numbers(page, folder).await;
                    leave(page).await;
                }
                (other, content) => panic!("a block of `{other}` that nobody tests:\n{content}"),
            }
        }
        assert_eq!(n_run, 9, "blocks");
    })
    .await;
}
