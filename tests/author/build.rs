use crate::folder::{Folder, failed, succeeded};
use std::fs;
use tarn_tests::{Cors, Server, Site, in_browser};

const DASHBOARD: &str = "title: Sales & more
data:
  sales:
    source: ../elsewhere/sales.parquet
    ttl: 5m
    schema: { day: date, amount: double }
    measures: { total: sum(amount) }
pages: [{ title: All, rows: [[kpi: total]] }]
";

fn project(name: &str) -> Folder {
    let folder = Folder::new(name);
    for name in ["elsewhere", "project"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    folder.duckdb("copy (select date '2024-01-01' + i::int as day, i::double as amount from range(101) t(i)) to 'elsewhere/sales.parquet'");
    folder.write("project/dashboard.yaml", DASHBOARD);
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn built_folder_works_on_any_server_with_data_from_outside_of_it() {
    let folder = project("build");
    let said = succeeded(&folder.tarn(&["build", "project/dashboard.yaml", "--out", "site"]));
    assert!(said.starts_with("site: "), "{said}");
    let server = Server::start(Site::from_folder(&folder.join("site")), "/deep/below/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let title = page.call("return document.title").await;
        assert_eq!(title, "All · Sales & more");
        assert_eq!(page.call("return tarn.result('kpi-total').rows").await, serde_json::json!([[5050]]));
        page.assert_no_complaints().await;
    })
    .await;
}

/// A page that cannot start has no dashboard, and with it no catalogue: its words stand in the page.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_start_says_so_in_the_dashboards_language() {
    let folder = project("words");
    let french = succeeded(&folder.tarn(&["strings"]))
        .replace("This page could not start", "Cette page n'a pas pu \u{201c}démarrer\u{201d}")
        .replace("The dashboard could not be loaded", "Le tableau de bord n'a pas pu être chargé")
        .replace("\"Reload\"", "\"Recharger\"")
        .replace("This dashboard draws its charts in the browser", "Ce tableau de bord est dessiné par le navigateur");
    folder.write("project/strings.yaml", french);
    folder.write("project/dashboard.yaml", format!("locale: fr\nstrings: strings.yaml\n{DASHBOARD}"));
    for (lost, said) in
        [("tarn-app_bg-", "Cette page n'a pas pu \u{201c}démarrer\u{201d}"), ("dashboard-", "Le tableau de bord n'a pas pu être chargé")]
    {
        succeeded(&folder.tarn(&["build", "project/dashboard.yaml", "--out", "site"]));
        let index = fs::read_to_string(folder.join("site/index.html")).unwrap();
        assert!(index.contains("<p class=\"fatal\">Ce tableau de bord est dessiné par le navigateur"), "{index}");
        let names = fs::read_dir(folder.join("site")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let name = names.into_iter().find(|name| name.starts_with(lost)).unwrap();
        let server = Server::start(Site::from_folder(&folder.join("site")).without_file(&name), "/", Cors::Missing).await;
        in_browser(async |page| {
            page.driver.goto(server.url("")).await.unwrap();
            page.wait_for("document.querySelector('main.fatal[role=alert]')", "the page says so").await;
            let text = page.call("return document.body.innerText").await.as_str().unwrap().to_owned();
            assert!(text.contains(said) && text.contains("Recharger") && text.contains(&name), "{text}");
        })
        .await;
    }
}

/// A language that the program does not know comes by a file; how it writes numbers and days, the browser knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_third_language_comes_by_a_file() {
    let folder = project("french");
    let words = [
        ("Share", "Partager"),
        ("Data to {day}", "Données jusqu'au {day}"),
        ("Filters", "Filtres"),
        ("Show as table", "Montrer en tableau"),
    ];
    let english = succeeded(&folder.tarn(&["strings"]));
    let french = words.iter().fold(english, |text, (english, french)| {
        let (from, to) = (format!("\"{english}\"\n"), format!("\"{french}\"\n"));
        assert!(text.contains(&from), "{text}");
        text.replace(&from, &to)
    });
    folder.write("project/strings.yaml", french);
    let dashboard = DASHBOARD
        .replace("schema:", "time: day\n    schema:")
        .replace("sum(amount)", "{ sql: sum(amount), format: \"#,##0.0\" }")
        .replace("[kpi: total]", "[kpi: total, { line: total, by: day, id: days }]");
    folder.write("project/dashboard.yaml", format!("locale: fr-FR\nstrings: strings.yaml\n{dashboard}"));
    succeeded(&folder.tarn(&["build", "project/dashboard.yaml", "--out", "site"]));
    let server = Server::start(Site::from_folder(&folder.join("site")), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        assert_eq!(page.call("return document.documentElement.lang").await, "fr-FR");
        let text = page.text().await.replace(['\u{a0}', '\u{202f}'], " ");
        for said in ["Partager", "Données jusqu'au", "5 050,0"] {
            assert!(text.contains(said), "{said} in {text}");
        }
        page.open_menu("menu-of-days").await;
        assert!(page.text().await.contains("Montrer en tableau"));
        page.assert_no_complaints().await;
    })
    .await;
}

#[test]
fn second_build_replaces_the_first_and_nothing_else() {
    let folder = project("rebuild");
    let build = ["build", "project/dashboard.yaml", "--out", "site"];
    succeeded(&folder.tarn(&build));
    folder.write("project/dashboard.yaml", DASHBOARD.replace("Sales", "Revenue"));
    succeeded(&folder.tarn(&build));
    let names: Vec<String> =
        fs::read_dir(folder.join("site")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("dashboard-")).count(), 1, "{names:?}");

    folder.write("site/notes.txt", "mine");
    let said = failed(&folder.tarn(&build), 1);
    assert!(said.contains("`notes.txt`, which no build wrote"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("site/notes.txt")).unwrap(), "mine");
}

#[test]
fn files_of_the_build_before_stay_for_pages_that_are_open() {
    let folder = project("keep");
    let dashboards = |release: &str| {
        let names = fs::read_dir(folder.join(release)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("dashboard-")).collect::<std::collections::BTreeSet<_>>()
    };
    let build = |release: &str, more: &[&str]| folder.tarn(&[&["build", "project/dashboard.yaml", "--out", release], more].concat());
    succeeded(&build("one", &[]));
    folder.write("project/dashboard.yaml", DASHBOARD.replace("Sales", "Revenue"));
    succeeded(&build("two", &["--keep", "one"]));
    assert!(dashboards("two").len() == 2 && dashboards("two").is_superset(&dashboards("one")));
    folder.write("project/dashboard.yaml", DASHBOARD.replace("Sales", "Turnover"));
    succeeded(&build("three", &["--keep", "two"]));
    assert_eq!(dashboards("three").len(), 2, "what the second build had taken along is gone");
    assert!(dashboards("three").is_disjoint(&dashboards("one")));
    // In place, too: the folder is read before it is replaced.
    folder.write("project/dashboard.yaml", DASHBOARD);
    succeeded(&build("three", &["--keep", "three"]));
    assert!(dashboards("three").is_superset(&dashboards("one")));
    let said = failed(&build("four", &["--keep", "project"]), 1);
    assert!(said.contains("was written by no build"), "{said}");
}

#[test]
fn failed_build_leaves_the_folder_as_it_was() {
    let folder = project("failing");
    let build = ["build", "project/dashboard.yaml", "--out", "site"];
    succeeded(&folder.tarn(&build));
    let before = fs::read_to_string(folder.join("site/index.html")).unwrap();
    fs::remove_file(folder.join("elsewhere/sales.parquet")).unwrap();
    let said = failed(&folder.tarn(&build), 1);
    assert!(said.contains("the data of `sales` is not there"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("site/index.html")).unwrap(), before);
    assert!(!folder.join(".site.tarn-new").exists());
}
