//! `cargo xtask test`: every test of the repository, with a total at the end.
mod advisories;
mod totals;

use crate::{Result, command, dist, setup};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs};
use totals::Totals;

struct Stage {
    name: &'static str,
    totals: Totals,
    seconds: u64,
}

pub fn run(arguments: &[String]) -> Result<()> {
    let started = Instant::now();
    setup::run(setup::For::Tests)?;
    let mut stages = vec![Stage { name: "set-up", totals: Totals::default(), seconds: started.elapsed().as_secs() }];

    // One core's work for minutes: it goes on beside the native tests.
    let build = Background::start(command::trunk().args(["build", "--release"]), "release-build.log")?;
    let mut native = command::cargo();
    native.args(["test", "--workspace", "--no-fail-fast"]);
    for package in ["tarn-worker", "tarn-tests"] {
        native.args(["--exclude", package]);
    }
    // The same cases on every run, so that what fails is the change under test; the variable looks elsewhere.
    native.env("PROPTEST_RNG_SEED", env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "20261126".to_owned()));
    stages.push(stage("unit and pipeline tests", &mut native));
    stages.push(stage("architecture", &mut suite("architecture")));
    stages.push(stage("licences", &mut suite("licences")));
    stages.push(match advisories::command() {
        Ok(mut audit) => stage("advisories", &mut audit),
        Err(why) => left_out("advisories (left out)", &why),
    });
    stages.push(stage("numbers of `tarn query` against DuckDB", &mut suite("oracle")));
    stages.push(stage("generated queries against DuckDB", &mut suite("differential")));
    stages.push(stage("`tarn test` on the demo", &mut suite("expectations")));
    stages.push(stage("`tarn explain` and `tarn schema`", &mut suite("explain")));
    stages.push(stage("`tarn publish` from real databases", &mut suite("publish")));
    for (name, package, sources) in
        [("worker in the browser", "tarn-worker", "crates/worker"), ("page units in the browser", "tarn-app", "src")]
    {
        if has_browser_tests(&command::root().join(sources)) {
            stages.push(stage(name, &mut in_browser(package)));
        }
    }
    let build = build.finish("release build")?;
    let built = build.totals.failed == 0;
    stages.push(build);
    if built {
        stages.push(stage("size budget", &mut suite("size")));
        stages.push(stage("page in the browser", &mut suite("browser")));
        stages.push(stage("generated queries in the page", &mut suite("in_page")));
        stages.push(stage("the author's way: init, serve, build", &mut suite("author")));
        stages.push(stage("who may see what", &mut suite("access")));
    } else {
        stages.push(failed("page in the browser", "the page was not built: its tests count as one failure"));
    }
    if arguments.iter().any(|argument| argument == "--full") {
        stages.push(stage("packages", command::cargo().args(["xtask", "dist", "--skip-page"])));
        let mut author = suite("author");
        match dist::install_wheel() {
            Ok(program) => stages.push(stage("the author's way, with the installed wheel", author.env("TARN_PROGRAM", program))),
            Err(error) => {
                stages.push(failed("the author's way, with the installed wheel", &format!("the wheel was not installed: {error}")));
            }
        }
        match setup::install_dbt() {
            Ok(program) => stages.push(stage("a project of dbt, built and published", suite("dbt").env("TARN_DBT", program))),
            Err(error) => stages.push(failed("a project of dbt, built and published", &format!("dbt was not installed: {error}"))),
        }
        match setup::install_spark() {
            Ok(python) => stages.push(stage("a partitioned table of Spark, published", suite("spark").env("TARN_SPARK_PYTHON", python))),
            Err(error) => stages.push(failed("a partitioned table of Spark, published", &format!("Spark was not installed: {error}"))),
        }
        stages.push(stage("side by side with DuckDB-WASM", command::cargo().args(["xtask", "bench", "--skip-build"])));
    } else {
        println!("\nLeft out, `cargo xtask test --full` runs it: the tutorial with the installed wheel, the bench.");
    }
    report(&stages)
}

/// A stage that could not begin.
fn failed(name: &'static str, why: &str) -> Stage {
    println!("\n== {name}\n{why}");
    Stage { name, totals: Totals { passed: 0, failed: 1 }, seconds: 0 }
}

/// A stage that cannot be run here, which is no failure.
fn left_out(name: &'static str, why: &str) -> Stage {
    println!("\n== {name}\n{why}");
    Stage { name, totals: Totals::default(), seconds: 0 }
}

/// One test program of the package `tests/`.
fn suite(name: &str) -> Command {
    let mut cargo = command::cargo();
    cargo.args(["test", "--package", "tarn-tests", "--test", name, "--no-fail-fast", "--", "--show-output"]);
    set_environment(&mut cargo);
    cargo
}

/// The unit tests of a package, run by wasm-bindgen's runner in headless Chromium.
fn in_browser(package: &str) -> Command {
    let mut cargo = command::cargo();
    cargo.args(["test", "--package", package, "--target", "wasm32-unknown-unknown", "--no-fail-fast"]);
    set_environment(&mut cargo);
    cargo
}

fn set_environment(command: &mut Command) {
    command.env("TARN_PYTHON", setup::venv_python());
    if let Some((chromium, driver)) = setup::browser() {
        command.env("CHROMIUM", chromium).env("CHROMEDRIVER", driver);
    }
}

fn has_browser_tests(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let is_test = || path.extension().is_some_and(|extension| extension == "rs") && mentions_browser_test(&path);
        if path.is_dir() { has_browser_tests(&path) } else { is_test() }
    })
}

fn mentions_browser_test(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text.contains("#[wasm_bindgen_test"))
}

/// A command whose output is shown when it has ended.
struct Background {
    child: Child,
    line: String,
    log: PathBuf,
}

impl Background {
    fn start(command: &mut Command, log: &str) -> Result<Self> {
        let line = command::line(command);
        println!("\n$ {line} &");
        let log = command::root().join("target").join(log);
        let output = fs::File::create(&log)?;
        let child = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn()?;
        Ok(Self { child, line, log })
    }

    /// Waits for it. The time of the stage is that of the waiting.
    fn finish(mut self, name: &'static str) -> Result<Stage> {
        println!("\n== {name}\n$ {}", self.line);
        let started = Instant::now();
        let succeeded = self.child.wait()?.success();
        println!("{}", String::from_utf8_lossy(&fs::read(&self.log)?));
        Ok(Stage { name, totals: Totals { passed: 0, failed: u32::from(!succeeded) }, seconds: started.elapsed().as_secs() })
    }
}

/// Runs the command, shows its output and counts the results in it. A command that fails without a failed test is one failure.
fn stage(name: &'static str, command: &mut Command) -> Stage {
    println!("\n== {name}\n$ {}", command::line(command));
    let started = Instant::now();
    let mut totals = Totals::default();
    let mut run = || -> std::io::Result<bool> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                totals.read_line(&line);
            }
        }
        Ok(child.wait()?.success())
    };
    let succeeded = run().unwrap_or_else(|error| {
        println!("did not start: {error}");
        false
    });
    if !succeeded && totals.failed == 0 {
        totals.failed = 1;
    }
    Stage { name, totals, seconds: started.elapsed().as_secs() }
}

fn report(stages: &[Stage]) -> Result<()> {
    println!("\n== summary");
    let mut all = Totals::default();
    for Stage { name, totals, seconds } in stages {
        println!("{:>6} passed {:>4} failed {:>3}:{:02} min  {name}", totals.passed, totals.failed, seconds / 60, seconds % 60);
        all.add(*totals);
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 { Ok(()) } else { Err("some tests failed".into()) }
}
