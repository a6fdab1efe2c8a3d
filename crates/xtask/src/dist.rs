//! `cargo xtask dist`: what is given to people who have no Rust. One program with the page inside, as a wheel for PyPI and as
//! an archive.
use crate::{Result, command, setup};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the packages lie.
const FOLDER: &str = "target/packages";

pub fn run(arguments: &[String]) -> Result<()> {
    setup::run(setup::For::Packaging)?;
    if !arguments.iter().any(|argument| argument == "--skip-page") {
        command::run(command::trunk().args(["build", "--release"]))?;
    }
    let folder = command::root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut maturin = command::command(setup::venv_python());
    maturin.args(["-m", "maturin", "build", "--manifest-path", "crates/cli/Cargo.toml", "--out", FOLDER]);
    command::run(maturin.env("TARN_DIST", command::root().join("dist")))?;
    let program = command::root().join("target/dist").join(format!("tarn{}", std::env::consts::EXE_SUFFIX));
    archive(&program, &folder)?;
    for package in packages(&folder)? {
        println!("{:>8.2} MB  {}", fs::metadata(&package)?.len() as f64 / 1e6, package.display());
    }
    println!("{:>8.2} MB  {}", fs::metadata(&program)?.len() as f64 / 1e6, program.display());
    Ok(())
}

fn archive(program: &Path, folder: &Path) -> Result<()> {
    let name = format!("tarn-{}-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let content = folder.join(&name);
    fs::create_dir_all(&content)?;
    fs::copy(program, content.join(program.file_name().ok_or("a program without a name")?))?;
    for file in ["LICENSE", "README.md"] {
        fs::copy(command::root().join(file), content.join(file))?;
    }
    let mut tar = command::command("tar");
    tar.current_dir(folder).args(["-czf", &format!("{name}.tar.gz"), &name]);
    command::run(&mut tar)?;
    Ok(fs::remove_dir_all(content)?)
}

fn packages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

/// Installs the wheel into an environment that holds nothing else, and returns the program in it.
pub fn install_wheel() -> Result<PathBuf> {
    let wheel = packages(&command::root().join(FOLDER))?.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "whl"));
    let wheel = wheel.ok_or("there is no wheel: run `cargo xtask dist`")?;
    let venv = command::root().join("target/wheel-test");
    command::run(command::command("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let mut pip = command::command(bin.join("python"));
    command::run(pip.args(["-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check"]).arg(wheel))?;
    Ok(bin.join(format!("tarn{}", std::env::consts::EXE_SUFFIX)))
}
