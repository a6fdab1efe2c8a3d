//! Are there advisories about a crate of the lock file? RustSec's database says so, where it can be had.
use crate::command;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

const DATABASE: &str = "https://github.com/RustSec/advisory-db";
/// A git host that is not there may stay silent.
const PATIENCE: Duration = Duration::from_secs(15);

/// The command that asks, or why it cannot be asked.
pub fn command() -> Result<Command, String> {
    // A copy of the database, for machines without the git host.
    let copy = env::var_os("TARN_ADVISORIES").map(PathBuf::from);
    if copy.is_none() && !reachable() {
        return Err(format!("{DATABASE} cannot be reached from here; with a clone of it: TARN_ADVISORIES=/its/path cargo xtask test"));
    }
    if !command::present("cargo-audit") {
        return Err("`cargo audit` is not installed: `cargo install cargo-audit --locked` does that, in some minutes".into());
    }
    let mut audit = command::cargo();
    audit.args(["audit", "--deny", "warnings"]);
    if let Some(copy) = copy {
        audit.args(["--no-fetch", "--db"]).arg(copy);
    }
    Ok(audit)
}

fn reachable() -> bool {
    let mut git = command::command("git");
    git.args(["ls-remote", "--exit-code", DATABASE, "HEAD"]).env("GIT_TERMINAL_PROMPT", "0");
    let Ok(mut child) = git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() else { return false };
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(100)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}
