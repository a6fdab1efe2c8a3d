//! `tarn doctor` before sound and unsound sites.
use crate::folder::{Folder, failed, succeeded};
use crate::nginx::with_provider;
use crate::provider::Provider;
use crate::site::{DASHBOARD, built, project};
use tarn_tests::{Cors, Fault, Server, Site, Whoami};

fn doctor(arguments: &[&str]) -> std::process::Output {
    Folder::new(&format!("doctor-{:?}", std::thread::current().id())).tarn(&[&["doctor"], arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tarn_build_wrote_for_nginx_is_sound() {
    let provider = Provider::start().await;
    let nginx = with_provider(&provider, "doctor-nginx");
    let url = format!("http://127.0.0.1:{}/", nginx.port);
    let said = tokio::task::block_in_place(|| failed(&doctor(&[&url]), 1));
    assert!(said.contains("asks for a login"), "{said}");
    for who in ["ada", "zoe"] {
        let cookie = format!("Cookie: session={who}");
        let said = tokio::task::block_in_place(|| succeeded(&doctor(&[&url, "--header", &cookie])));
        assert!(said.ends_with("0 errors, 0 warnings\n"), "{said}");
        println!("{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guarded_files_that_all_can_have_are_errors() {
    // The tests' own server protects nothing.
    let server = Server::start(built(), "/", Cors::Missing).await;
    server.set_whoami(Whoami::viewer("ada", &["staff"]));
    let said = tokio::task::block_in_place(|| failed(&doctor(&[&server.url(""), "--header", "Cookie: a=b"]), 1));
    for problem in [
        "is given to everybody",
        "the data of `plans` is given to everybody",
        "may read 2 of the dashboards",
        "keeps /roles/",
        "answers a stranger",
    ] {
        assert!(said.contains(problem), "`{problem}` is not told:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_a_hidden_frame_from_coming_back_is_told_of() {
    let folder = project("doctor-silent");
    folder.write("dashboard.yaml", DASHBOARD.replace("logout: /bye.html", "silent_login: self"));
    succeeded(&folder.tarn(&["build", "--out", "site", "--unprotected"]));
    let server = Server::start(Site::from_folder(&folder.join("site")), "/", Cors::Missing).await;
    server.set_whoami(Whoami::viewer("ada", &["staff"]));
    let said = tokio::task::block_in_place(|| failed(&doctor(&[&server.url(""), "--header", "Cookie: a=b"]), 1));
    for problem in ["/signed-in.html cannot be framed by the page", "allows no frames"] {
        assert!(said.contains(problem), "`{problem}` is not told:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_deployment_is_told_with_its_cure() {
    let server = Server::start(Site::built(), "/x/", Cors::Missing).await;
    let url = server.url("");
    let ask = || tokio::task::block_in_place(|| doctor(&[&url]));
    let said = succeeded(&ask());
    assert!(said.contains("travels uncompressed") && said.contains("is asked for again at every visit"), "{said}");
    let data = "data/flights-3m.parquet";
    for (fault, problem) in [
        (Fault::Status(404), "the data of `flights` is not there"),
        (Fault::LoginPage, "is no Parquet file"),
        (Fault::WrongRange, ""),
        (Fault::CutBody, "cannot be reached"),
    ] {
        server.break_file(data, fault.clone());
        let output = ask();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(problem), "{fault:?}: {said}");
        assert_eq!(output.status.success(), problem.is_empty(), "{fault:?}: {said}");
    }
    server.repair(data);
    let page = server.url("index.html");
    server.replace("index.html", "<!doctype html><title>Welcome to nginx!</title>");
    let said = tokio::task::block_in_place(|| failed(&doctor(&[&page]), 1));
    assert!(said.contains("is no page of Tarn"), "{said}");
}
