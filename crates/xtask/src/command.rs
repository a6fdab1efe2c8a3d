//! Other programs: how they are found and run.
use crate::Result;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// What set-up installs for this repository alone; ignored by git.
pub fn tools_dir() -> PathBuf {
    root().join("target/tools")
}

/// Where `cargo install` puts programs.
pub fn cargo_bin_dir() -> PathBuf {
    let home = env::var_os("CARGO_INSTALL_ROOT").or_else(|| env::var_os("CARGO_HOME")).map(PathBuf::from);
    home.or_else(|| Some(env::home_dir()?.join(".cargo"))).unwrap_or_default().join("bin")
}

/// A command that starts in the root of the repository and finds what `cargo install` put in place, even where the
/// shell's PATH lacks cargo's folder.
pub fn command(program: impl AsRef<Path>) -> Command {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    if !folders.contains(&cargo_bin_dir()) {
        folders.push(cargo_bin_dir());
    }
    let mut command = Command::new(program.as_ref());
    command.current_dir(root()).env("PATH", env::join_paths(folders).unwrap_or(path));
    // Cargo describes xtask in these; a cargo that runs below would take them for its own.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")) {
        command.env_remove(name);
    }
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_MANIFEST_PATH");
    command
}

/// Cargo, of the same toolchain as the one that runs us.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from))
}

/// Trunk. It reads NO_COLOR as a boolean and refuses the usual `1`.
pub fn trunk() -> Command {
    let mut trunk = command("trunk");
    if env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    trunk
}

/// The trimmed standard output, if the program exists and succeeds.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether the program exists and answers `--version`.
pub fn present(program: &str) -> bool {
    output(command(program).arg("--version")).is_some()
}

/// Runs to the end with its output shown; an error names the command.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command.status().map_err(|error| format!("`{}` did not start: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command)).into()) }
}

/// As one would type it, without the environment.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
