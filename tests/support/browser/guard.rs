//! Nothing is left of a driver and its browser, however the program of the tests ends.
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Waits for the end of its input, ends the group of processes, and removes the folder, where the last of them may still write.
const WATCH: &str = r#"read -r _; kill -s KILL -- "-$1"; for _ in 1 2 3 4 5; do rm -rf -- "$2" && exit; sleep 0.1; done"#;

/// Of a driver, what it started, and the folder of its browser's profile, nothing is left after the drop. When the program ends
/// without it, the system closes the input of the guard, which is a process of its own.
pub struct Guard {
    driver: Child,
    guard: Child,
}

impl Guard {
    /// Over a driver from [`apart`].
    pub fn over(driver: Child, profile: &Path) -> Self {
        let mut guard = apart("sh");
        guard.args(["-c", WATCH, "sh", &driver.id().to_string()]).arg(profile);
        let guard = guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { driver, guard }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.driver.wait();
        let _ = self.guard.wait();
    }
}

/// A program that leads a group of processes: what ends the tests' own group, such as Ctrl-C, does not reach it.
pub fn apart(program: &str) -> Command {
    let mut command = Command::new(program);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}
