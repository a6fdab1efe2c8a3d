//! The tutorial, done as it is written.
use crate::folder::{Folder, succeeded};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use tarn_tests::{Cors, Server, Site, in_browser, python, root, tarn_with_page};

/// Lines that install something or run until somebody stops them.
const LEFT_OUT: [&str; 4] = ["pip install", "tarn explore", "tarn serve", "python3 -m http.server"];

/// The fenced blocks of a page: language and content.
fn blocks(markdown: &str) -> Vec<(String, String)> {
    let mut blocks = vec![];
    let mut open: Option<(String, String)> = None;
    for line in markdown.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, content)), None) => *content += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks
}

fn run(folder: &Folder, script: &str) {
    let folder_of = |command: Command| Path::new(command.get_program()).parent().unwrap_or(Path::new("")).to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [folder_of(tarn_with_page()), folder_of(python())].into_iter().chain(std::env::split_paths(&path));
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env("PATH", std::env::join_paths(folders).unwrap()).args(["-e", "-c", script]);
    let said = succeeded(&shell.output().unwrap());
    println!("$ {script}{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tutorial_leads_to_a_deployed_dashboard() {
    let folder = Folder::new("tutorial");
    let page = std::fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let mut n_run = 0;
    for (language, content) in blocks(&page) {
        match language.as_str() {
            "sh" if LEFT_OUT.iter().any(|start| content.starts_with(start)) => {}
            "sh" => {
                run(&folder, &content);
                n_run += 1;
            }
            "yaml" => _ = folder.write("dashboard.yaml", content),
            other => panic!("a block of `{other}` that nobody tests:\n{content}"),
        }
    }
    assert_eq!(n_run, 4, "blocks of commands");
    let server = Server::start(Site::from_folder(&folder.join("site")), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        page.wait_until_settled().await;
        let states = page.states().await;
        assert!(states.len() == 8 && states.iter().all(|(_, state)| state == "ready"), "{states:?}");
        page.call("await tarn.setFilter('city', ['Lyon'])").await;
        assert!(page.call("return tarn.result('kpi-revenue').rows[0][0]").await.as_f64() > Some(0.0));
        assert_eq!(page.call("return document.title").await, json!("Overview · Orders"));
        page.assert_no_complaints().await;
    })
    .await;
}
