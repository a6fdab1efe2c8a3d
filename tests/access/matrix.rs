//! Who may read which path of the built site, and what a server says.
use crate::folder::Folder;
use crate::http::get;
use crate::site::{DASHBOARD, project};
use serde_json::json;
use std::fs;

/// Nobody, ada and sam (staff, north and south), zoe (a director), eve (names like it), an account without groups.
pub const PEOPLE: [&str; 6] = ["", "ada", "sam", "zoe", "eve", "nobody"];

/// Asks the server for every path as these of the people, with and without forged headers, and tells what does not fit.
pub fn differences(folder: &Folder, port: u16, people: &[&str], fits: impl Fn(u16, u16) -> bool) -> Differences {
    let dashboards = dashboards(folder);
    let [bosses, viewers] = dashboards.as_slice() else { panic!("{dashboards:?}") };
    let script = fs::read_dir(folder.join("deployed/public")).unwrap().flatten().map(|file| file.file_name().into_string().unwrap());
    let script = format!("/{}", script.into_iter().find(|name| name.starts_with("boot-") && name.ends_with(".js")).unwrap());
    let set_folder = |path: &str| path.rsplit_once('/').unwrap().0.to_owned();
    let upper = viewers.replace("/roles/", "/ROLES/");
    let north = "/data/region=north/orders.parquet";
    let south = "/data/region=south%20east/orders.parquet";
    let matrix: Vec<(String, [u16; 6])> = vec![
        ("/healthz".into(), [200, 200, 200, 200, 200, 200]),
        ("/".into(), [401, 200, 200, 200, 200, 200]),
        ("/index.html".into(), [401, 200, 200, 200, 200, 200]),
        ("/?page=x".into(), [401, 200, 200, 200, 200, 200]),
        (script, [401, 200, 200, 200, 200, 200]),
        ("/whoami".into(), [401, 200, 200, 200, 200, 200]),
        // Dashboards are for their own set alone.
        (viewers.clone(), [401, 200, 200, 403, 403, 403]),
        (bosses.clone(), [401, 403, 403, 200, 403, 403]),
        (format!("{bosses}.br"), [401, 403, 403, 200, 403, 403]),
        (format!("{}/", set_folder(bosses)), [401, 403, 403, 404, 403, 403]),
        (format!("{}/dashboard-0000000000000000.bin", set_folder(bosses)), [401, 403, 403, 404, 403, 403]),
        ("/roles/".into(), [401, 404, 404, 404, 404, 404]),
        ("/roles/0000000000000000/x".into(), [401, 404, 404, 404, 404, 404]),
        // Data goes with the views that show it, partitions with the claim.
        ("/data/sales.parquet".into(), [401, 200, 200, 200, 403, 403]),
        ("/data/plans.parquet".into(), [401, 403, 403, 200, 403, 403]),
        (north.into(), [401, 200, 403, 200, 403, 403]),
        (south.into(), [401, 403, 200, 403, 403, 403]),
        ("/data/region=/orders.parquet".into(), [401, 404, 404, 404, 404, 404]),
        ("/data/region=north/".into(), [401, 404, 404, 404, 404, 404]),
        ("/data/region=north/other.parquet".into(), [401, 404, 404, 404, 404, 404]),
        ("/data/".into(), [401, 404, 404, 404, 404, 404]),
        // Tricks with paths lead to the same file or to none.
        ("/data//plans.parquet".into(), [401, 403, 403, 200, 403, 403]),
        ("/data/x/../plans.parquet".into(), [401, 403, 403, 200, 403, 403]),
        ("/data/%70lans.parquet".into(), [401, 403, 403, 200, 403, 403]),
        ("/data%2fplans.parquet".into(), [401, 403, 403, 200, 403, 403]),
        ("/index.html/../data/plans.parquet".into(), [401, 403, 403, 200, 403, 403]),
        ("/data/plans.parquet?x=.js".into(), [401, 403, 403, 200, 403, 403]),
        ("/data/plans.parquet/".into(), [401, 404, 404, 404, 404, 404]),
        ("/data/plans.parquet;x".into(), [401, 404, 404, 404, 404, 404]),
        ("/data/PLANS.parquet".into(), [401, 404, 404, 404, 404, 404]),
        ("/data/plans.parquet%00.js".into(), [400, 400, 400, 400, 400, 400]),
        ("/data/region=north/../region=south%20east/orders.parquet".into(), [401, 403, 200, 403, 403, 403]),
        ("/data/region=north%2f..%2fregion=south%20east/orders.parquet".into(), [401, 403, 200, 403, 403, 403]),
        (upper, [401, 404, 404, 404, 404, 404]),
        // What is not served is not there.
        ("/nginx.conf".into(), [401, 404, 404, 404, 404, 404]),
        ("/../nginx.conf".into(), [400, 400, 400, 400, 400, 400]),
        ("/%2e%2e/nginx.conf".into(), [400, 400, 400, 400, 400, 400]),
        ("/tarn-build.json".into(), [401, 404, 404, 404, 404, 404]),
        ("/dashboard.yaml".into(), [401, 404, 404, 404, 404, 404]),
        ("/.tarn/auth".into(), [404, 404, 404, 404, 404, 404]),
        ("/.tarn/403".into(), [404, 404, 404, 404, 404, 404]),
        ("/.tarn/refused/data/plans.parquet".into(), [401, 404, 404, 404, 404, 404]),
    ];
    let forged = [
        ("X-Auth-Request-Groups", "directors,staff"),
        ("X-Auth-Request-User", "zoe"),
        ("X-Auth-Request-Region", "south east"),
        ("X-Original-URI", "/healthz"),
        ("X-Forwarded-Uri", "/healthz"),
    ];
    let mut found = Differences::default();
    for (path, expected) in &matrix {
        for (who, expected) in PEOPLE.iter().zip(expected).filter(|(who, _)| people.contains(who)) {
            let cookie = format!("session={who}");
            let signed_in = [("Cookie", cookie.as_str())];
            for (headers, wrong) in [(signed_in.to_vec(), &mut found.plain), ([&signed_in[..], &forged].concat(), &mut found.forged)] {
                let status = get(port, path, &headers).status;
                found.n_requests += 1;
                if !fits(status, *expected) {
                    wrong.push(format!("{path} for {who:?}: {status}, not {expected}"));
                }
            }
        }
    }
    found
}

/// What a server gave, or refused, to the wrong people.
#[derive(Debug, Default)]
pub struct Differences {
    /// With what a browser sends.
    pub plain: Vec<String>,
    /// With headers of a sender who claims to be somebody else.
    pub forged: Vec<String>,
    pub n_requests: usize,
}

impl Differences {
    pub fn add(&mut self, more: Self) {
        self.plain.extend(more.plain);
        self.forged.extend(more.forged);
        self.n_requests += more.n_requests;
    }

    pub fn assert_none(&self) {
        let all: Vec<&str> = self.plain.iter().chain(&self.forged).map(String::as_str).collect();
        assert!(all.is_empty(), "{}", all.join("\n"));
        println!("{} requests", self.n_requests);
    }
}

/// The paths of the dashboards, the one that shows most first.
pub fn dashboards(folder: &Folder) -> Vec<String> {
    let mut found: Vec<(u64, String)> = vec![];
    for set in fs::read_dir(folder.join("deployed/public/roles")).unwrap().flatten() {
        for file in fs::read_dir(set.path()).unwrap().flatten().filter(|file| file.path().extension().is_some_and(|kind| kind == "bin")) {
            let path = format!("/roles/{}/{}", set.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            found.push((file.metadata().unwrap().len(), path));
        }
    }
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

/// A project of a team without a provider, and its passwords.
pub fn team(name: &str) -> Folder {
    let folder = project(name);
    let plain = DASHBOARD.replace("region={user.region}", "region=north").replace(", claims: { region: profile.region }", "");
    folder.write("dashboard.yaml", plain.replace("login: \"/login.html?back={url}\", logout: /bye.html", "login: /"));
    // `openssl passwd -apr1 -salt tarn` of "alpha" and "omega".
    let hashes = ["$apr1$tarn$nKMnX4tDsGhzk4mHNHtwM0", "$apr1$tarn$XU2QIW5gLIkif2rJcRB2P."];
    folder.write("users.txt", format!("# the team\nada:{}:staff\nzoe:{}:directors\n", hashes[0], hashes[1]));
    folder
}

/// Asks for paths with right and wrong passwords of [`team`], and tells what does not fit.
pub fn password_differences(folder: &Folder, port: u16, fits: impl Fn(u16, u16) -> bool) -> Vec<String> {
    let dashboards = dashboards(folder);
    let [bosses, viewers] = dashboards.as_slice() else { panic!("{dashboards:?}") };
    let mut wrong = vec![];
    // ada:alpha, zoe:omega, ada with zoe's password, somebody unknown.
    let people = [None, Some("YWRhOmFscGhh"), Some("em9lOm9tZWdh"), Some("YWRhOm9tZWdh"), Some("ZXZlOmFscGhh")];
    for (path, expected) in [
        ("/", [401, 200, 200, 401, 401]),
        ("/whoami", [401, 200, 200, 401, 401]),
        (viewers, [401, 200, 403, 401, 401]),
        (bosses, [401, 403, 200, 401, 401]),
        ("/data/plans.parquet", [401, 403, 200, 401, 401]),
        ("/passwords", [401, 404, 404, 401, 401]),
        ("/whoami/ada.json", [401, 404, 404, 401, 401]),
        ("/healthz", [200, 200, 200, 200, 200]),
    ] {
        for (credentials, expected) in people.iter().zip(expected) {
            let authorization = format!("Basic {}", credentials.unwrap_or_default());
            let headers = [("Authorization", authorization.as_str())];
            let status = get(port, path, if credentials.is_some() { &headers } else { &[] }).status;
            if !fits(status, expected) {
                wrong.push(format!("{path} for {credentials:?}: {status}, not {expected}"));
            }
        }
    }
    let who = get(port, "/whoami", &[("Authorization", "Basic YWRhOmFscGhh")]);
    let expected = json!({ "sub": "ada", "name": "ada", "groups": ["staff"] });
    if serde_json::from_slice::<serde_json::Value>(&who.body).ok().as_ref() != Some(&expected) {
        wrong.push(format!("/whoami says {}", String::from_utf8_lossy(&who.body)));
    }
    wrong
}
