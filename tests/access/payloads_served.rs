//! The same payloads for servers with generated configurations, as groups, files, titles, paths and headers; and for the program.
use crate::apache::Apache;
use crate::caddy::Caddy;
use crate::folder::{Folder, failed, succeeded};
use crate::http::get;
use crate::nginx::Nginx;
use crate::payloads::{cells_that_run, payloads};
use crate::provider::{Provider, session_of};
use serde_json::{Value, json};
use std::fs;

/// What can be a group: the compiler says so.
fn groups() -> Vec<String> {
    let fits = |text: &String| text.trim() == text && !text.is_empty() && text.len() <= 256 && !text.chars().any(char::is_control);
    payloads().into_iter().filter(fits).collect()
}

/// What can be the name of a file that is served as it is.
fn file_names() -> Vec<String> {
    let fits = |text: &String| {
        text.len() <= 200 && !text.contains(['/', '?', '#', '{', '}', '%', '\\', ':', ',']) && !text.starts_with(['.', ' '])
    };
    groups().into_iter().filter(fits).collect()
}

/// A page for members of the groups, one for others; a guarded file for each name, each in a source of its own.
fn project(name: &str, groups: &[String], files: &[String]) -> Folder {
    let folder = Folder::new(name);
    fs::create_dir_all(folder.join("data")).unwrap();
    folder.duckdb("copy (select 1::bigint as n) to 'data/one.parquet'");
    let mut data = serde_json::Map::new();
    let mut rows = vec![];
    for (at, file) in files.iter().enumerate() {
        fs::copy(folder.join("data/one.parquet"), folder.join(&format!("data/{file}.parquet"))).unwrap();
        let source = json!({ "source": format!("data/{file}.parquet"), "ttl": "1h", "schema": { "n": "int64" }, "measures": { format!("m{at}"): "sum(n)" } });
        data.insert(format!("s{at}"), source);
        rows.push(json!([{ "kpi": format!("m{at}") }]));
    }
    data.insert(
        "one".into(),
        json!({ "source": "data/one.parquet", "ttl": "1h", "schema": { "n": "int64" }, "measures": { "one": "sum(n)" } }),
    );
    let mut pages: Vec<Value> = payloads()
        .iter()
        .enumerate()
        .map(|(at, text)| json!({ "title": text, "id": format!("p{at}"), "roles": ["member"], "rows": [[{ "kpi": "one" }]] }))
        .collect();
    pages.push(json!({ "title": "Files", "roles": ["member"], "rows": rows }));
    pages.push(json!({ "title": "Others", "roles": ["other"], "rows": [[{ "kpi": "one" }]] }));
    let roles = json!({ "member": { "groups": groups }, "other": { "groups": ["others"] } });
    let dashboard = json!({ "title": payloads()[0], "access": { "identity": "/whoami", "roles": roles }, "data": data, "pages": pages });
    folder.write("dashboard.yaml", dashboard.to_string());
    folder
}

fn coded(name: &str) -> String {
    name.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Asks as a member of each group, and as somebody whose group only resembles it; then for each file as a member and as another.
fn wrongly_given(port: u16, groups: &[String], files: &[String]) -> Vec<String> {
    let one = coded(&files[0]);
    let mut wrong = vec![];
    let mut ask = |path: &str, groups: &str, expected: u16| {
        let status = get(port, path, &[("Cookie", &session_of(groups))]).status;
        if status != expected {
            wrong.push(format!("{path} for {groups:?}: {status}, not {expected}"));
        }
    };
    for group in groups {
        ask(&format!("/data/{one}.parquet"), group, 200);
        ask(&format!("/data/{one}.parquet"), &format!("x{group}x"), 403);
        ask(&format!("/data/{one}.parquet"), &format!("others, {group}"), 200);
    }
    for file in files {
        ask(&format!("/data/{}.parquet", coded(file)), &groups[0], 200);
        ask(&format!("/data/{}.parquet", coded(file)), "others", 403);
    }
    println!("{} groups, {} files", groups.len(), files.len());
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_files_and_titles_are_texts_for_nginx_and_caddy() {
    // Groups travel as a list joined by commas: one that holds a comma is refused, with the reason.
    let (with_comma, groups): (Vec<String>, Vec<String>) = groups().into_iter().partition(|group| group.contains(','));
    let files = file_names();
    assert!(with_comma.len() > 5 && groups.len() > 200 && files.len() > 100, "{} {} {}", with_comma.len(), groups.len(), files.len());
    for group in &with_comma {
        let folder = project("payloads-comma", std::slice::from_ref(group), &files[..1]);
        for target in ["nginx", "caddy"] {
            let said = failed(&folder.tarn(&["build", "--target", target, "--out", "out"]), 1);
            assert!(said.contains("joined by commas"), "{said}");
        }
    }
    let provider = Provider::start().await;
    tokio::task::block_in_place(|| {
        let nginx = Nginx::start(project("payloads-nginx", &groups, &files), &["--auth-at", &format!("127.0.0.1:{}", provider.port)]);
        assert_eq!(wrongly_given(nginx.port, &groups, &files), Vec::<String>::new());
        headers_and_paths(&nginx, &provider);
        let caddy = Caddy::start_in(project("payloads-caddy", &groups, &files), &provider);
        assert_eq!(wrongly_given(caddy.port, &groups, &files), Vec::<String>::new());
    });
}

/// A browser can send anything: nothing is given away for it, nothing of it comes back as a header, and the audit log stays readable.
fn headers_and_paths(nginx: &Nginx, provider: &Provider) {
    let provider = format!("http://localhost:{}/authorize?", provider.port);
    let log = nginx.folder.join("audit.log");
    let before = fs::read_to_string(&log).unwrap().lines().count();
    let names = [
        "Cookie",
        "X-Auth-Request-Groups",
        "X-Auth-Request-User",
        "User-Agent",
        "Accept-Encoding",
        "Range",
        "If-None-Match",
        "Sec-Fetch-Mode",
        "X-Forwarded-Uri",
        "Referer",
    ];
    let mut n = 0;
    for text in payloads() {
        // What would end the header would be another header of the sender's, or another request.
        let header: String = text.replace(['\r', '\n', '\0'], " ");
        let path: String = text.chars().filter(|c| !c.is_control() && *c != ' ').take(2_000).collect();
        let everything: Vec<(&str, &str)> = names.iter().map(|name| (*name, header.as_str())).collect();
        for (path, headers) in [
            ("/data/one.parquet".to_owned(), everything),
            (format!("/{path}"), vec![("Cookie", "session=nobody")]),
            (format!("/data/{}", coded(&text.chars().take(1_000).collect::<String>())), vec![("Cookie", "session=nobody")]),
            (format!("/?back={path}"), vec![("Sec-Fetch-Mode", "navigate")]),
        ] {
            let headers: Vec<(&str, &str)> = headers.into_iter().filter(|(_, value)| value.len() < 4_000).collect();
            let answer = get(nginx.port, &path, &headers);
            n += 1;
            assert!(!answer.body.starts_with(b"PAR1"), "{path}");
            for (name, value) in &answer.headers {
                assert!(
                    !value.contains("executed") && !value.contains("zoe") && name != "x-auth-request-groups",
                    "{path}: {name}: {value}"
                );
                let is_own = value.starts_with('/') && !value.starts_with("//") || value.starts_with(&provider);
                assert!(name != "location" || is_own, "{path} leads to {value}");
            }
        }
    }
    let log = fs::read(&log).unwrap();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<&str> = log.lines().skip(before).collect();
    for line in &lines {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(entry["status"].is_number() && !line.contains(|c: char| c < ' '), "{line}");
    }
    assert_eq!(lines.len(), n, "a line of the audit log for every request");
    println!("{n} requests with payloads in path and headers");
}

#[test]
fn groups_are_texts_for_apache() {
    // A line that begins with `#` is a comment to Apache.
    let refused = |group: &String| group.starts_with('#') || group.contains(['"', '\\', ':', '%', '$', ',']) || !group.is_ascii();
    let groups: Vec<String> = groups().into_iter().filter(|group| !refused(group)).collect();
    assert!(groups.len() > 100, "{}", groups.len());
    let files = file_names();
    let folder = project("payloads-apache-refused", &["#staff".to_owned()], &files[..1]);
    folder.write("users.txt", "ada:$apr1$tarn$XU2QIW5gLIkif2rJcRB2P.:#staff\n");
    let said = failed(&folder.tarn(&["build", "--target", "apache", "--auth", "basic", "--users", "users.txt", "--out", "out"]), 1);
    assert!(said.contains("the group `#staff` cannot be written for Apache"), "{said}");
    let folder = project("payloads-apache", &groups, &files[..1]);
    let omega = "$apr1$tarn$XU2QIW5gLIkif2rJcRB2P.";
    let members = groups.iter().enumerate().map(|(at, group)| format!("in{at}:{omega}:{group}\nout{at}:{omega}:x{group}x,others\n"));
    folder.write("users.txt", members.collect::<String>());
    let apache =
        Apache::start(folder, &["auth_basic", "authn_file", "authz_groupfile", "authz_user"], &["--auth", "basic", "--users", "users.txt"]);
    let path = format!("/data/{}.parquet", coded(&files[0]));
    let mut wrong = vec![];
    for (at, group) in groups.iter().enumerate() {
        // Apache answers 401 to a member of other groups, too.
        for (name, expected) in [("in", 200), ("out", 401)] {
            let credentials = base64(&format!("{name}{at}:omega"));
            let status = get(apache.port, &path, &[("Authorization", &format!("Basic {credentials}"))]).status;
            if status != expected {
                wrong.push(format!("{name} {group:?}: {status}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    println!("{} groups", groups.len());
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = text.as_bytes().chunks(3).flat_map(|part| {
        let bits = part.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        (0..4).map(move |at| if at <= part.len() { char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]) } else { '=' })
    });
    letters.collect()
}

/// Texts of data in what the program prints: exact in JSON, harmless in a spreadsheet and in a terminal.
#[test]
fn the_program_writes_payloads_as_texts() {
    let folder = Folder::new("payloads-program");
    fs::create_dir_all(folder.join("data")).unwrap();
    let payloads = payloads();
    folder.write("payloads.json", json!(payloads).to_string());
    let script = "import duckdb, json
texts = json.load(open('payloads.json'))
with duckdb.connect() as c:
    c.execute('create table things (text varchar)')
    c.executemany('insert into things values (?)', [[text] for text in texts])
    c.execute(\"copy things to 'data/things.parquet'\")
    names = list({text.lower(): text for text in texts if text.strip() and '\\0' not in text}.values())
    c.execute('create table columns (' + ', '.join('\"' + name.replace('\"', '\"\"') + '\" bigint' for name in names) + ')')
    c.execute(\"copy columns to 'data/columns.parquet'\")";
    let output = tarn_tests::python().current_dir(&folder).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.write(
        "dashboard.yaml",
        "title: T\ndata: { things: { source: data/things.parquet, ttl: 1h, schema: { text: string }, measures: { things: count(*) } } }\nfilters: { text: { field: things.text, type: select } }\npages: [{ title: P, filters: [text], rows: [[{ table: things, by: text, limit: 1000, id: v }]] }]\n",
    );
    let rows: Value =
        serde_json::from_str(&succeeded(&folder.tarn(&["query", "dashboard.yaml", "--view", "v", "--format", "json"]))).unwrap();
    let mut found: Vec<&str> = rows["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()).collect();
    let mut expected: Vec<&str> = payloads.iter().map(String::as_str).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // A spreadsheet runs no cell of what is printed for one.
    let csv = succeeded(&folder.tarn(&["query", "dashboard.yaml", "--view", "v"]));
    assert!(csv.lines().count() >= payloads.len(), "{}", csv.lines().count());
    let runs = cells_that_run(&csv);
    assert!(runs.is_empty(), "{runs:?}");
    for text in &payloads {
        if text.contains('\0') {
            continue;
        }
        let output = folder.tarn(&["query", "dashboard.yaml", "--view", "v", "--filter", &format!("text={text}"), "--format", "json"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
    }
    // A file whose columns are named so: whatever becomes of them, it is no attack on the file that is written, nor on the terminal.
    let output = folder.tarn(&["init", "data/columns.parquet", "--out", "made.yaml"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &*String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
    if folder.join("made.yaml").exists() {
        succeeded(&folder.tarn(&["check", "made.yaml", "--data"]));
    }
}
