//! `docs/gallery.md`: every view of `examples/gallery`, with its picture and its lines. `UPDATE_EXPECT=1 cargo test -p tarn-tests
//! --test browser gallery_page` writes the page and takes the pictures anew.
use super::kinds::{gallery, open_gallery};
use expect_test::expect_file;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use tarn_tests::{in_browser, root};

const HEAD: &str = "# Gallery

Every kind of view, drawn by the page itself from three million flights. All of it is one file, `examples/gallery/dashboard.yaml`;
what each key means stands in [the dashboard file](dashboard-file.md#views).
";

/// The views of the dashboard file as they are written, in their order.
fn written(yaml: &str) -> Vec<String> {
    let mut views = vec![];
    let mut lines = yaml.lines().skip_while(|line| *line != "pages:").peekable();
    while let Some(line) = lines.next() {
        let content = line.trim_start_matches([' ', '-']);
        let indent = line.len() - content.len();
        if indent < 8 || !line.trim_start().starts_with('-') {
            continue;
        }
        if content.starts_with(['[', '{']) {
            let row = content.trim_start_matches('[').trim_end_matches(']');
            let (mut depth, mut start) = (0, 0);
            for (at, c) in row.char_indices() {
                match c {
                    '{' => {
                        start = if depth == 0 { at } else { start };
                        depth += 1;
                    }
                    '}' => {
                        depth -= 1;
                        if depth == 0 {
                            views.push(format!("- {}", &row[start..=at]));
                        }
                    }
                    _ => {}
                }
            }
        } else {
            let mut view = format!("- {content}");
            while let Some(more) = lines.next_if(|line| line.len() > indent && line[..indent].trim().is_empty()) {
                write!(view, "\n  {}", &more[indent..]).unwrap();
            }
            views.push(view);
        }
    }
    views
}

#[tokio::test(flavor = "multi_thread")]
async fn gallery_page_has_a_picture_and_the_lines_of_every_view() {
    let server = gallery().await;
    let pictures = root().join("docs/images/gallery");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut views: Vec<(String, Value)> = vec![];
    in_browser(async |page| {
        // Tall enough for a whole page: a picture ends where the window does.
        page.resize(1000, 3000).await;
        for id in ["time", "groups", "multiples", "numbers"] {
            open_gallery(&server, page, id).await;
            page.call("document.documentElement.dataset.theme = 'light'").await;
            let found = page.call(&format!("return [tarn.pages().find((page) => page.id === '{id}')].map(({{ title, views }}) => views.map((view) => [title, view]))[0]")).await;
            for pair in found.as_array().unwrap() {
                views.push((pair[0].as_str().unwrap().to_owned(), pair[1].clone()));
                if update {
                    let view = pair[1]["id"].as_str().unwrap();
                    let picture = page.element(&format!("[data-view='{view}']")).await.screenshot_as_png().await.unwrap();
                    fs::create_dir_all(&pictures).unwrap();
                    fs::write(pictures.join(format!("{view}.png")), picture).unwrap();
                }
            }
        }
    })
    .await;
    let lines = written(&fs::read_to_string(root().join("examples/gallery/dashboard.yaml")).unwrap());
    assert_eq!(lines.len(), views.len(), "{lines:#?}\n{views:#?}");
    let (mut text, mut former) = (HEAD.to_owned(), String::new());
    for ((page, view), lines) in views.iter().zip(&lines) {
        if *page != former {
            writeln!(text, "\n## {page}").unwrap();
            former.clone_from(page);
        }
        let field = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
        let title = if field("title").is_empty() { field("kind").replacen('t', "T", 1) } else { field("title") };
        let first = lines.trim_start_matches(['-', ' ', '{']);
        assert!(first.starts_with(&format!("{}:", field("kind"))), "{view} is not `{lines}`");
        write!(text, "\n### {title}\n\n![{title}](images/gallery/{}.png)\n\n```yaml\n{lines}\n```\n", field("id")).unwrap();
    }
    let there: BTreeSet<String> = fs::read_dir(&pictures).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let wanted: BTreeSet<String> = views.iter().map(|(_, view)| format!("{}.png", view["id"].as_str().unwrap())).collect();
    assert_eq!(there, wanted, "pictures");
    expect_file!["../../docs/gallery.md"].assert_eq(&text);
}
