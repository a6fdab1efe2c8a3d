//! The page /explore on a site with roles: everybody who is signed in has it, and nothing guarded is widened by it.
use crate::apache::Apache;
use crate::caddy::Caddy;
use crate::folder::Folder;
use crate::http::get;
use crate::matrix;
use crate::nginx::Nginx;
use crate::provider::Provider;
use crate::site::project_before;
use std::fs;

/// What a session gets of the page, of its worker, and of data that only directors may read.
fn statuses(folder: &Folder, port: u16, header: (&str, &str)) -> [u16; 3] {
    let worker =
        fs::read_dir(folder.join("deployed/public/explore")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let worker = format!("/explore/{}", worker.into_iter().find(|name| name.ends_with(".js")).unwrap());
    ["/explore/", worker.as_str(), "/data/plans.parquet"].map(|path| {
        let answer = get(port, path, &[header]);
        if answer.status == 200 && path.starts_with("/explore/") {
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("connect-src 'self' https:;"), "{path}: {policy}");
            assert_eq!(answer.header("cache-control").split(',').next(), Some("private"), "{path}");
        }
        answer.status
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_and_caddy_give_it_to_whoever_is_signed_in() {
    let provider = Provider::start().await;
    tokio::task::block_in_place(|| {
        let at = format!("127.0.0.1:{}", provider.port);
        let nginx = Nginx::start(project_before(&provider, "nginx-explore"), &["--auth-at", &at, "--explore-addresses"]);
        let caddy = Caddy::start_with(project_before(&provider, "caddy-explore"), &provider, &["--explore-addresses"]);
        for (folder, port) in [(&nginx.folder, nginx.port), (&caddy.folder, caddy.port)] {
            assert_eq!(statuses(folder, port, ("Cookie", "session=zoe")), [200, 200, 200]);
            assert_eq!(statuses(folder, port, ("Cookie", "session=eve")), [200, 200, 403], "in no role");
            assert_eq!(statuses(folder, port, ("Cookie", "")), [401, 401, 401]);
            // The pages beside it may connect to no more than before.
            let policy = get(port, "/", &[("Cookie", "session=zoe")]);
            assert!(policy.header("content-security-policy").contains("connect-src 'self';"));
            let led = get(port, "/explore", &[("Cookie", "session=zoe")]);
            assert_eq!((led.status, led.header("location")), (301, "explore/"));
        }
    });
}

#[test]
fn apache_gives_it_to_whoever_has_a_password() {
    let modules = ["auth_basic", "authn_file", "authz_groupfile", "authz_user"];
    let apache =
        Apache::start(matrix::team("apache-explore"), &modules, &["--auth", "basic", "--users", "users.txt", "--explore-addresses"]);
    // ada:alpha is no director.
    assert_eq!(statuses(&apache.folder, apache.port, ("Authorization", "Basic YWRhOmFscGhh")), [200, 200, 401]);
    assert_eq!(statuses(&apache.folder, apache.port, ("Authorization", "Basic em9lOm9tZWdh")), [200, 200, 200]);
    assert_eq!(statuses(&apache.folder, apache.port, ("Authorization", "Basic eDp4")), [401, 401, 401]);
}
