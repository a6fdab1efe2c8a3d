//! Apache with the configuration that `tarn build` writes.
use crate::folder::{Folder, succeeded};
use crate::http::{get, listens};
use crate::matrix;
use crate::site::{DASHBOARD, project};
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MODULES: &str = "/usr/lib/apache2/modules";

pub struct Apache {
    child: Child,
    pub port: u16,
    pub folder: Folder,
}

/// Builds for Apache and writes a server's configuration around it, with nothing but what the virtual host needs.
fn build(folder: &Folder, port: u16, modules: &[&str], arguments: &[&str]) {
    let root = folder.join("deployed").display().to_string();
    let listen = format!("127.0.0.1:{port}");
    succeeded(
        &folder.tarn(&[&["build", "--target", "apache", "--out", "deployed", "--listen", &listen, "--root", &root], arguments].concat()),
    );
    write_server(folder, modules, "deployed/apache.conf");
    keep_log(folder, "deployed/apache.conf");
}

/// What an operator has around the virtual host.
pub fn write_server(folder: &Folder, modules: &[&str], virtual_host: &str) {
    let place = folder.join("").display().to_string();
    let mut text = format!(
        "ServerRoot \"{place}\"\nPidFile apache.pid\nDefaultRuntimeDir \"{place}\"\nServerName localhost\nErrorLog /dev/stderr\nUser www-data\nGroup www-data\n"
    );
    for module in ["mpm_event", "authn_core", "authz_core", "dir", "headers", "mime", "rewrite"].iter().chain(modules) {
        text += &format!("LoadModule {module}_module {MODULES}/mod_{module}.so\n");
    }
    folder.write("httpd.conf", format!("{text}TypesConfig /dev/null\nInclude {virtual_host}\n"));
}

pub fn keep_log(folder: &Folder, virtual_host: &str) {
    let path = folder.join(virtual_host);
    let log = folder.join("audit.log").display().to_string();
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("/dev/stdout", &log)).unwrap();
}

impl Apache {
    pub fn start(folder: Folder, modules: &[&str], arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_at(folder, port, modules, arguments)
    }

    pub fn start_at(folder: Folder, port: u16, modules: &[&str], arguments: &[&str]) -> Self {
        build(&folder, port, modules, arguments);
        let mut child = Command::new("apache2")
            .arg("-f")
            .arg(folder.join("httpd.conf"))
            .arg("-DFOREGROUND")
            .stdout(Stdio::null())
            .spawn()
            .expect("apache2 is installed");
        let started = Instant::now();
        while !listens(port) {
            assert!(child.try_wait().unwrap().is_none(), "Apache ended: see its errors above");
            assert!(started.elapsed() < Duration::from_secs(20), "Apache does not listen");
            std::thread::yield_now();
        }
        Self { child, port, folder }
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // By its own signal, so that its workers end with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

#[test]
fn a_small_team_signs_in_with_passwords() {
    let folder = matrix::team("apache-basic");
    let apache =
        Apache::start(folder, &["auth_basic", "authn_file", "authz_groupfile", "authz_user"], &["--auth", "basic", "--users", "users.txt"]);
    let refusals = [401, 403, 404];
    let wrong = matrix::password_differences(&apache.folder, apache.port, |status, expected| {
        status == expected || (refusals.contains(&status) && refusals.contains(&expected))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let zoe = ("Authorization", "Basic em9lOm9tZWdh");
    let dashboard = &matrix::dashboards(&apache.folder)[0];
    let names = fs::read_dir(apache.folder.join("deployed/public")).unwrap();
    let names = names.flatten().map(|file| file.file_name().into_string().unwrap());
    let wasm = format!("/{}", names.into_iter().find(|name| name.ends_with(".wasm")).unwrap());
    for (path, kept, kind) in [
        ("/", "private, no-cache", "text/html; charset=utf-8"),
        ("/sw.js", "private, no-cache", "text/javascript; charset=utf-8"),
        (&wasm, "private, max-age=31536000, immutable", "application/wasm"),
        (dashboard, "no-store", "application/octet-stream"),
        ("/data/plans.parquet", "no-store", ""),
    ] {
        for (accepted, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", "")] {
            let answer = get(apache.port, path, &[zoe, ("Accept-Encoding", accepted)]);
            let coding = if path.ends_with(".parquet") { "" } else { coding };
            assert_eq!(
                (answer.status, answer.header("content-encoding"), answer.header("cache-control")),
                (200, coding, kept),
                "{path} {accepted}"
            );
            assert_eq!(answer.header("content-type"), kind, "{path} {accepted}");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        }
    }
    let part = get(apache.port, "/data/plans.parquet", &[zoe, ("Range", "bytes=0-3")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &b"PAR1"[..]));
    let log = fs::read_to_string(apache.folder.join("audit.log")).unwrap();
    let line = log.lines().find(|line| line.contains("\"user\":\"ada\"") && line.contains("plans.parquet")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert!(line["status"] != json!(200), "{line}");
}

/// Apache itself reads the configuration with its OpenID module; nobody signs in here.
#[test]
fn the_openid_module_understands_the_rules() {
    let folder = project("apache-openid");
    let plain = DASHBOARD.replace("region={user.region}", "region=north").replace(", claims: { region: profile.region }", "");
    let plain = plain.replace(
        "url: /whoami, login: \"/login.html?back={url}\", logout: /bye.html",
        "url: \"/callback?info=json\", provider: mod_auth_openidc",
    );
    folder.write("dashboard.yaml", plain);
    folder.write(
        "deployed-oidc.conf",
        "OIDCProviderIssuer https://127.0.0.1:9\nOIDCProviderAuthorizationEndpoint https://127.0.0.1:9/a\nOIDCProviderJwksUri https://127.0.0.1:9/k\nOIDCClientID tarn\nOIDCClientSecret x\nOIDCCryptoPassphrase x\n",
    );
    let apache = Apache::start(folder, &["auth_openidc", "authz_user"], &[]);
    for dashboard in
        matrix::dashboards(&apache.folder).iter().map(String::as_str).chain(["/", "/data/plans.parquet", "/callback?info=json"])
    {
        assert_eq!(get(apache.port, dashboard, &[]).status, 401, "{dashboard}: a script is told that nobody is signed in");
        let forged = [("OIDC_CLAIM_groups", "directors"), ("X-Remote-User", "zoe"), ("Authorization", "Bearer x")];
        assert_eq!(get(apache.port, dashboard, &forged).status, 401, "{dashboard}");
    }
    let login = get(apache.port, "/?page=all", &[("Sec-Fetch-Mode", "navigate")]);
    assert_eq!(login.status, 302);
    assert!(login.header("location").starts_with("https://127.0.0.1:9/a?"), "{}", login.header("location"));
}
