//! Every code block of docs/ and of the front page that is not YAML, which `crates/spec/tests/docs.rs` compiles, nor of the
//! tutorial, which `tutorial.rs` runs: shell by `sh -n` and its `tarn` commands by the program, Python by its parser, JSON by a
//! reader, JavaScript in the demo's page, nginx's and Caddy's lines by those servers.
use crate::folder::{Folder, succeeded};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tarn_tests::{Cors, Server, Site, blocks, in_browser, python, root, tarn_with_page};

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.chain([root().join("README.md"), root().join("CONTRIBUTING.md")]).collect();
    pages.retain(|page| page.extension().is_some_and(|kind| kind == "md") && !page.ends_with("tutorial.md"));
    pages.sort();
    pages
}

/// Holds the command to what `tarn` understands. It does nothing: behind any sound arguments stands `--help`.
pub fn is_understood(folder: &Folder, command: &str) {
    let program = tarn_with_page().get_program().to_string_lossy().into_owned();
    folder.write("stub", format!("#!/bin/sh\nexec '{program}' \"$@\" --help >/dev/null\n"));
    let command = alone(command);
    let script = format!("tarn() {{ sh ./stub \"$@\"; }}\n{command}");
    let output = Command::new("sh").current_dir(folder).args(["-e", "-c", &script]).output().unwrap();
    assert!(output.status.success(), "`{command}`: {}", String::from_utf8_lossy(&output.stderr));
}

/// The command without what follows in a pipe or redirection.
fn alone(command: &str) -> &str {
    command.split([';', '|', '>', '&']).next().unwrap_or_default()
}

/// The commands of a script that begin with `tarn`.
fn commands(script: &str) -> Vec<String> {
    let joined = script.replace("\\\n", " ");
    joined.lines().map(str::trim).filter(|line| line.starts_with("tarn ")).map(str::to_owned).collect()
}

fn runs(command: &mut Command, place: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{place}: {error}"));
    assert!(output.status.success(), "{place}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_block_of_the_docs_is_one_of_its_language() {
    let folder = Folder::new("blocks");
    let (mut scripts, mut n_commands) = (vec![], 0);
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text) {
            let place = format!("{}:{}", page.file_name().unwrap().to_string_lossy(), block.line);
            let content = block.content.as_str();
            match block.language {
                "sh" => {
                    runs(Command::new("sh").args(["-n", "-c", content]), &place);
                    for command in commands(content) {
                        is_understood(&folder, &command);
                        n_commands += 1;
                    }
                }
                "python" => runs(python().args(["-c", "import ast, sys; ast.parse(sys.argv[1])", content]), &place),
                "json" => drop(serde_json::from_str::<Value>(content).unwrap_or_else(|error| panic!("{place}: {error}"))),
                "js" => scripts.push((place, content.to_owned())),
                "nginx" => {
                    let (at, all) = (folder.join("").display().to_string(), "error_log stderr; events {} http {");
                    folder.write(
                        "nginx.conf",
                        format!("pid {at}nginx.pid; {all} access_log off; server {{ listen 127.0.0.1:1;\n{content}}} }}\n"),
                    );
                    let program = if Path::new("/usr/sbin/nginx").is_file() { "/usr/sbin/nginx" } else { "nginx" };
                    runs(Command::new(program).arg("-t").arg("-c").arg(folder.join("nginx.conf")), &place);
                }
                "caddyfile" => {
                    let file = folder.write("Caddyfile", format!("http://127.0.0.1:1 {{\n{content}}}\n"));
                    let caddy = Command::new("caddy")
                        .args(["adapt", "--adapter", "caddyfile", "--config"])
                        .arg(file)
                        .env("HOME", folder.join(""))
                        .output();
                    assert!(caddy.unwrap().status.success(), "{place}");
                }
                // What a program prints, and what other tests hold to the compiler.
                "yaml" | "text" => {}
                other => panic!("{place}: a block of `{other}` that nobody tests"),
            }
        }
    }
    assert!(n_commands >= 12, "{n_commands} commands");
    assert!(!scripts.is_empty());
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        for (place, script) in &scripts {
            println!("{place}");
            page.call(script).await;
        }
        page.assert_no_complaints().await;
    })
    .await;
    drop(succeeded(&folder.tarn(&["--version"])));
}
