//! A version is put in place, and taken back, as `docs/deploy.md` says, while viewers open the page: on every server.
use crate::apache;
use crate::folder::{Folder, succeeded};
use crate::http::{get, listens};
use crate::nginx::{self, free_port};
use std::os::unix::fs::symlink;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const DASHBOARD: &str = "title: TITLE
data: { things: { source: data/things.parquet, ttl: 1h, schema: { count: int64 }, measures: { things: count(*) } } }
pages: [{ title: P, rows: [[kpi: things]] }]
";

/// The names of files that stand in the page.
fn named(page: &str) -> impl Iterator<Item = String> {
    let quoted = page.split('"').chain(page.split('=').map(|rest| rest.split([' ', '>']).next().unwrap_or_default()));
    let files = quoted.filter_map(|name| name.strip_prefix("./")).filter(|name| name.contains('.') && !name.contains(['<', ' ', '/', '"']));
    files.map(|name| format!("/{name}")).collect::<std::collections::BTreeSet<_>>().into_iter()
}

/// Opens the page and everything that it names, as a browser that keeps nothing. What is missing.
fn open(port: u16) -> Option<String> {
    let page = get(port, "/", &[]);
    if page.status != 200 {
        return Some(format!("the page: {}", page.status));
    }
    let page = String::from_utf8(page.body).unwrap();
    let files: Vec<String> = named(&page).collect();
    assert!(files.iter().any(|file| file.starts_with("/dashboard-")) && files.len() > 3, "{files:?}");
    files.into_iter().find_map(|file| match get(port, &file, &[]).status {
        200 => None,
        status => Some(format!("{file}: {status}")),
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Server {
    Nginx,
    Apache,
    Caddy,
    /// Python's, which knows nothing of what it serves.
    Plain,
}

impl Server {
    fn target(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Caddy => "caddy",
            Self::Plain => "plain",
        }
    }

    /// The program with its configuration, which lies behind the link `current`.
    fn command(self, folder: &Folder, port: u16) -> Command {
        let mut command = match self {
            Self::Nginx => Command::new(nginx::program()),
            Self::Apache => Command::new("apache2"),
            Self::Caddy => Command::new("caddy"),
            Self::Plain => tarn_tests::python(),
        };
        match self {
            Self::Nginx => command.arg("-c").arg(folder.join("current/nginx.conf")),
            Self::Apache => command.arg("-f").arg(folder.join("httpd.conf")),
            Self::Caddy => command
                .args(["run", "--adapter", "caddyfile", "--config"])
                .arg(folder.join("current/Caddyfile"))
                .env("HOME", folder.join("home")),
            Self::Plain => {
                command.args(["-m", "http.server", &port.to_string(), "--bind", "127.0.0.1", "--directory"]).arg(folder.join("current"))
            }
        };
        command
    }

    fn start(self, folder: &Folder, port: u16) -> Child {
        let mut command = self.command(folder, port);
        match self {
            Self::Nginx => _ = command.args(["-g", "daemon off;"]),
            Self::Apache => _ = command.arg("-DFOREGROUND"),
            Self::Caddy | Self::Plain => {}
        }
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| panic!("{}: {error}", self.target()))
    }

    /// Makes it read its rules again. Caddy's are read when it starts; files it looks up by the link at every request.
    fn reload(self, folder: &Folder, port: u16) {
        let mut command = self.command(folder, port);
        match self {
            Self::Nginx => _ = command.args(["-s", "reload"]),
            Self::Apache => _ = command.args(["-k", "graceful"]),
            Self::Caddy | Self::Plain => return,
        }
        assert!(command.status().unwrap().success());
    }
}

struct Site {
    server: Server,
    folder: Folder,
    port: u16,
}

impl Site {
    fn build(&self, title: &str, release: &str, keep: Option<&str>) {
        self.folder.write("dashboard.yaml", DASHBOARD.replace("TITLE", title));
        let (out, root) = (format!("releases/{release}"), self.folder.join("current").display().to_string());
        let (listen, keep) = (format!("127.0.0.1:{}", self.port), keep.map(|keep| format!("releases/{keep}")));
        let mut arguments = vec!["build", "--target", self.server.target(), "--out", &out, "--root", &root, "--listen", &listen];
        arguments.extend(keep.iter().flat_map(|keep| ["--keep", keep]));
        succeeded(&self.folder.tarn(&arguments));
        match self.server {
            Server::Nginx => nginx::keep_apart(&self.folder, &format!("{out}/nginx.conf")),
            Server::Apache => apache::keep_log(&self.folder, &format!("{out}/apache.conf")),
            Server::Caddy | Server::Plain => {}
        }
    }

    fn link(&self, release: &str) {
        symlink(format!("releases/{release}"), self.folder.join("next")).unwrap();
        std::fs::rename(self.folder.join("next"), self.folder.join("current")).unwrap();
    }

    /// Until a new connection is answered with that title.
    fn switch(&self, release: &str, title: &str) -> Duration {
        let started = Instant::now();
        self.link(release);
        self.server.reload(&self.folder, self.port);
        while !String::from_utf8_lossy(&get(self.port, "/", &[]).body).contains(&format!("<title>{title}</title>")) {
            assert!(started.elapsed() < Duration::from_secs(20), "the page is still another one than {title}");
            std::thread::yield_now();
        }
        started.elapsed()
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // By its own signal, so that its workers end with it.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn deploys_and_rolls_back(server: Server) {
    let folder = Folder::new(&format!("release-{}", server.target()));
    std::fs::create_dir_all(folder.join("data")).unwrap();
    folder.duckdb("copy (select 1::bigint as count) to 'data/things.parquet'");
    apache::write_server(&folder, &[], "current/apache.conf");
    let port = free_port();
    let site = Site { server, folder, port };
    site.build("First", "1", None);
    site.link("1");
    let mut running = Running(server.start(&site.folder, port));
    let started = Instant::now();
    while !listens(port) {
        assert!(running.0.try_wait().unwrap().is_none(), "{} ended", server.target());
        assert!(started.elapsed() < Duration::from_secs(20), "{} does not listen", server.target());
        std::thread::yield_now();
    }

    let (done, loads, lost) = (AtomicBool::new(false), AtomicUsize::new(0), Mutex::new(vec![]));
    let (built, deployed, built_back, rolled_back) = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    lost.lock().unwrap().extend(open(port));
                    loads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let times = catch_unwind(AssertUnwindSafe(|| {
            let started = Instant::now();
            site.build("Second", "2", Some("1"));
            let built = started.elapsed();
            let deployed = site.switch("2", "Second");
            // The way back that loses no page that is just opening: the former version, with the files of the one in use.
            let started = Instant::now();
            site.build("First", "3", Some("2"));
            let built_back = started.elapsed();
            (built, deployed, built_back, site.switch("3", "First"))
        }));
        done.store(true, Ordering::Relaxed);
        times.unwrap_or_else(|panic| resume_unwind(panic))
    });
    let lost = lost.into_inner().unwrap();
    assert!(lost.is_empty(), "{} of {loads:?} page loads met a file that is gone: {:?}", lost.len(), lost.first());
    // The quick way back: the folder that still is there.
    site.switch("2", "Second");
    let second = String::from_utf8(get(port, "/", &[]).body).unwrap();
    let linked = site.switch("1", "First");
    // A file of the version that was taken away: nobody keeps that it is missing, for the version may come back.
    let gone = named(&second).find(|file| file.starts_with("/dashboard-")).unwrap();
    let missing = get(port, &gone, &[("Accept-Encoding", "br, gzip")]);
    assert_eq!((missing.status, missing.header("content-encoding")), (404, ""), "{gone}");
    assert!(!missing.header("cache-control").contains("max-age"), "{gone}: {}", missing.header("cache-control"));
    assert!(server == Server::Plain || missing.header("content-security-policy").starts_with("default-src 'none'"), "{gone}");
    println!(
        "{}: built in {built:.2?}, in place {deployed:.2?} later; back by a build in {built_back:.2?} and {rolled_back:.2?}, by its folder in \
         {linked:.2?}; {} page loads meanwhile, 0 lost",
        server.target(),
        loads.into_inner()
    );
}

#[test]
fn nginx_puts_a_version_in_place_and_takes_it_back_while_pages_open() {
    deploys_and_rolls_back(Server::Nginx);
}

#[test]
fn apache_puts_a_version_in_place_and_takes_it_back_while_pages_open() {
    deploys_and_rolls_back(Server::Apache);
}

#[test]
fn caddy_puts_a_version_in_place_and_takes_it_back_while_pages_open() {
    deploys_and_rolls_back(Server::Caddy);
}

#[test]
fn a_server_of_plain_files_puts_a_version_in_place_and_takes_it_back_while_pages_open() {
    deploys_and_rolls_back(Server::Plain);
}
