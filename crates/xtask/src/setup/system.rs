//! What comes from the operating system: a C compiler for WebAssembly, Node, a browser, Python.
use super::{For, Missing, installing, skipped};
use crate::{Result, command};
use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

struct Requirement {
    what: &'static str,
    why: &'static str,
    present: fn() -> bool,
    debian: &'static [&'static str],
    elsewhere: &'static str,
}

const SERVING: &[Requirement] = &[
    Requirement {
        what: "clang and llvm-ar with WebAssembly",
        why: "zstd, which most Parquet files are compressed with, is C code",
        present: clang_targets_wasm,
        debian: &["clang", "llvm"],
        elsewhere: "Fedora: dnf install clang llvm; Arch: pacman -S clang llvm lld; macOS: brew install llvm, and put its bin folder on PATH (Apple's clang has no WebAssembly)",
    },
    Requirement {
        what: "node and npm",
        why: "they install and run wasm-opt, which makes the deployed files smaller",
        present: node_runs,
        debian: &["nodejs", "npm"],
        elsewhere: "https://nodejs.org, version 18 or newer",
    },
];

const PACKAGING: &[Requirement] = &[Requirement {
    what: "Python with venv",
    why: "wheels are packed with maturin, and the tests ask DuckDB for the right answers: PyPI carries both",
    present: python_makes_environments,
    debian: &["python3", "python3-venv"],
    elsewhere: "https://www.python.org, version 3.10 or newer",
}];

const TESTS: &[Requirement] = &[
    Requirement {
        what: "Chromium and ChromeDriver",
        why: "the tests open the page in a real browser",
        present: || browser().is_some(),
        debian: &["chromium", "chromium-driver"],
        elsewhere: "install Chromium or Chrome and the chromedriver of the same version; CHROMIUM and CHROMEDRIVER may name them",
    },
    Requirement {
        what: "nginx",
        why: "the tests ask a real server, with the configuration that `tarn build` writes, what it gives to whom",
        present: || command::present("nginx") || Path::new("/usr/sbin/nginx").is_file(),
        debian: &["nginx-light"],
        elsewhere: "https://nginx.org, version 1.22 or newer, with its auth_request module",
    },
    Requirement {
        what: "Apache with mod_auth_openidc",
        why: "the tests ask it the same as nginx",
        present: || Path::new("/usr/lib/apache2/modules/mod_auth_openidc.so").is_file(),
        debian: &["apache2", "libapache2-mod-auth-openidc"],
        elsewhere: "https://httpd.apache.org, its modules in /usr/lib/apache2/modules",
    },
    Requirement {
        what: "Caddy",
        why: "the tests ask it the same as nginx",
        present: || command::output(command::command("caddy").arg("version")).is_some(),
        debian: &["caddy"],
        elsewhere: "https://caddyserver.com, version 2.6 or newer",
    },
    Requirement {
        what: "PostgreSQL",
        why: "the tests publish from a real database, which they start for themselves",
        present: postgres_is_there,
        debian: &["postgresql"],
        elsewhere: "https://www.postgresql.org, with initdb, pg_ctl and psql on PATH",
    },
];

/// For `cargo xtask test --full` alone.
const SECOND_BROWSER: &[Requirement] = &[Requirement {
    what: "Firefox",
    why: "the tests open the page in a second engine",
    present: || firefox().is_some(),
    debian: &["firefox-esr"],
    elsewhere: "https://www.mozilla.org/firefox, version 140 or newer; FIREFOX may name it",
}];

pub fn install(purpose: For, missing: &mut Vec<Missing>) -> Result<()> {
    let packaging = if purpose == For::Serving { &[] } else { PACKAGING };
    let tests = if purpose == For::Tests { TESTS } else { &[] };
    install_all(SERVING.iter().chain(packaging).chain(tests), missing)
}

/// Firefox, and what it was that could not be installed.
pub fn install_second_browser(missing: &mut Vec<Missing>) -> Result<()> {
    install_all(SECOND_BROWSER.iter(), missing)
}

fn install_all(requirements: impl Iterator<Item = &'static Requirement>, missing: &mut Vec<Missing>) -> Result<()> {
    let (there, absent): (Vec<_>, Vec<_>) = requirements.partition(|requirement| (requirement.present)());
    for requirement in there {
        skipped(requirement.what);
    }
    if absent.is_empty() {
        return Ok(());
    }
    if may_use_apt() {
        for requirement in &absent {
            installing(&format!("{} ({})", requirement.what, requirement.debian.join(", ")), requirement.why);
        }
        let apt = |arguments: &[&str]| {
            let mut apt = command::command("apt-get");
            apt.args(["-o", "DPkg::Lock::Timeout=300", "-q"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
            apt
        };
        command::run(&mut apt(&["update"]))?;
        let packages: Vec<&str> = absent.iter().flat_map(|requirement| requirement.debian).copied().collect();
        command::run(apt(&["install", "-y", "--no-install-recommends"]).args(packages))?;
    }
    for requirement in absent.iter().filter(|requirement| !(requirement.present)()) {
        missing.push(Missing {
            what: format!("{}: {}", requirement.what, requirement.why),
            how: format!("Debian, Ubuntu: sudo apt-get install {}; {}", requirement.debian.join(" "), requirement.elsewhere),
        });
    }
    Ok(())
}

/// The browser and its driver, if both are there.
pub fn browser() -> Option<(PathBuf, PathBuf)> {
    let chromium = program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
    let driver = program("CHROMEDRIVER", &["chromedriver"])?;
    Some((chromium, driver))
}

/// Firefox, if it is there.
pub fn firefox() -> Option<PathBuf> {
    program("FIREFOX", &["firefox-esr", "firefox"])
}

/// The program that the variable names, or the first of the names on PATH.
fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Some(path.into());
    }
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// Compiles an empty function: a clang without the WebAssembly back end has the same version text as one with it.
fn clang_targets_wasm() -> bool {
    let compiler = env::var_os("CC_wasm32_unknown_unknown").map_or_else(|| PathBuf::from("clang"), PathBuf::from);
    let archiver = env::var_os("AR_wasm32_unknown_unknown").map_or_else(|| PathBuf::from("llvm-ar"), PathBuf::from);
    let mut clang = command::command(compiler);
    clang.args(["--target=wasm32-unknown-unknown", "-x", "c", "-c", "-", "-o"]).arg(env::temp_dir().join("tarn-setup-probe.o"));
    let mut compiles = || {
        let mut child = clang.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        child.stdin.take()?.write_all(b"int one(void) { return 1; }").ok()?;
        Some(child.wait().ok()?.success())
    };
    compiles().unwrap_or(false) && command::output(command::command(archiver).arg("--version")).is_some()
}

fn node_runs() -> bool {
    let version = command::output(command::command("node").arg("--version")).unwrap_or_default();
    let major: Option<u32> = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    major.is_some_and(|major| major >= 18) && command::present("npm")
}

/// On Debian `venv` exists without the package that makes it work.
fn python_makes_environments() -> bool {
    command::output(command::command("python3").args(["-c", "import venv, ensurepip"])).is_some()
}

/// Debian keeps the server's programs off PATH.
fn postgres_is_there() -> bool {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    command::present("psql")
        && (debian.map(|entry| entry.path().join("bin/initdb")).any(|file| file.is_file()) || command::present("initdb"))
}

fn may_use_apt() -> bool {
    let root = command::output(command::command("id").arg("-u")).is_some_and(|id| id == "0");
    root && command::present("apt-get")
}
