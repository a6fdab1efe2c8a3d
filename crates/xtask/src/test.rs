//! `cargo xtask test`: every test of the repository, with a total at the end.
mod advisories;
mod totals;

use crate::{Result, command, dist, setup};
use std::collections::VecDeque;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;
use std::{env, fs, thread};
use totals::Totals;

/// What is chosen in every call of cargo, so that each crate is built once: features are united over all that is chosen. What is for
/// the browser alone is left out: Leptos would be compiled natively for nothing.
const WORKSPACE: [&str; 9] =
    ["--workspace", "--exclude", "tarn-app", "--exclude", "tarn-explorer", "--exclude", "tarn-worker", "--features", "tarn-cli/publish"];

struct Stage {
    name: &'static str,
    totals: Totals,
    seconds: u64,
}

pub fn run(arguments: &[String]) -> Result<()> {
    let started = Instant::now();
    setup::run(setup::For::Tests)?;
    let mut stages = vec![Stage { name: "set-up", totals: Totals::default(), seconds: started.elapsed().as_secs() }];
    let compiling = stage("compile", command::cargo().arg("build").args(WORKSPACE).args(["--tests", "--test", "*", "--bin", "tarn"]));
    let compiled = compiling.totals.failed == 0;
    stages.push(compiling);
    if !compiled {
        return report(&stages);
    }
    let tool = keep_program("tarn-for-tests")?;

    // Two lanes, as no stage keeps both cores busy: one begins with what needs no page, the other builds the page. What looks at it
    // goes to whichever comes first, the large suites before the smaller ones.
    let (native, with_page) = (&Mutex::new(natively(&tool)), &Mutex::new(VecDeque::new()));
    let (is_built, built) = mpsc::channel::<()>();
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(move || {
            let mut stages = drain(&[native]);
            // Ends when the other lane lets go of its end.
            let _ = built.recv();
            stages.extend(drain(&[with_page]));
            stages
        });
        let mut second = build_page(&tool, with_page);
        drop(is_built);
        second.extend(drain(&[with_page, native]));
        (first.join(), second)
    });
    stages.extend(first.map_err(|_| "the native tests ended early")?);
    stages.extend(second);
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
            Ok(program) => {
                stages.push(stage("a project of dbt, built and published", suite("dbt").env("TARN_DBT", program).env("TARN_TOOL", &tool)))
            }
            Err(error) => stages.push(failed("a project of dbt, built and published", &format!("dbt was not installed: {error}"))),
        }
        match setup::install_spark() {
            Ok(python) => stages.push(stage(
                "a partitioned table of Spark, published",
                suite("spark").env("TARN_SPARK_PYTHON", python).env("TARN_TOOL", &tool),
            )),
            Err(error) => stages.push(failed("a partitioned table of Spark, published", &format!("Spark was not installed: {error}"))),
        }
        match setup::install_firefox() {
            Ok(firefox) => stages.extend(in_firefox(&firefox, &tool)),
            Err(error) => stages.push(failed("page in Firefox", &format!("Firefox was not installed: {error}"))),
        }
        stages.push(stage("side by side with DuckDB-WASM", command::cargo().args(["xtask", "bench", "--skip-build"])));
    } else {
        println!("\nLeft out, `cargo xtask test --full` runs it: the tutorial with the installed wheel, dbt, Spark, Firefox, the bench.");
    }
    report(&stages)
}

/// The suites that look at the page, in the second browser. The tool with the page inside was kept by the first lane.
fn in_firefox(firefox: &Path, tool: &Path) -> Vec<Stage> {
    let program = command::root().join("target/tarn-with-page").join(format!("tarn{}", env::consts::EXE_SUFFIX));
    let suites = [("page in Firefox", "browser"), ("who may see what, in Firefox", "access")];
    let look = |(name, program_name)| {
        let mut suite = suite(program_name);
        suite.env("TARN_BROWSER", "firefox").env("FIREFOX", firefox).env("TARN_TOOL", tool).env("TARN_PROGRAM", &program);
        stage(name, &mut suite)
    };
    let mut stages: Vec<Stage> = suites.map(look).into();
    stages.push(stage("worker in Firefox", &mut worker_in_the_second_browser()));
    stages
}

/// What one lane runs after another: a name, and the command or why there is none.
type Waiting = VecDeque<(&'static str, std::result::Result<Command, String>)>;

/// Runs what waits in these queues, in their order, until all are empty.
fn drain(queues: &[&Mutex<Waiting>]) -> Vec<Stage> {
    let next = || queues.iter().find_map(|queue| queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front());
    let mut stages = vec![];
    while let Some((name, command)) = next() {
        stages.push(match command {
            Ok(mut command) => stage(name, &mut command),
            Err(why) => left_out(name, &why),
        });
    }
    stages
}

/// What needs no page.
fn natively(tool: &Path) -> Waiting {
    let mut tests = command::cargo();
    tests.arg("test").args(WORKSPACE).arg("--no-fail-fast");
    // The same cases on every run, so that what fails is the change under test; the variable looks elsewhere.
    tests.env("PROPTEST_RNG_SEED", env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "20261126".to_owned()));
    let mut waiting = Waiting::from([("unit and pipeline tests", Ok(tests)), ("advisories", advisories::command())]);
    for (name, program) in [
        ("architecture", "architecture"),
        ("licences", "licences"),
        ("numbers of `tarn query` against DuckDB", "oracle"),
        ("generated queries against DuckDB", "differential"),
        ("`tarn test` on the demo", "expectations"),
        ("`tarn explain` and `tarn schema`", "explain"),
        ("`tarn publish` from real databases", "publish"),
    ] {
        let mut suite = suite(program);
        suite.env("TARN_TOOL", tool);
        waiting.push_back((name, Ok(suite)));
    }
    waiting
}

/// Builds the page and the tool with the page inside. What needs them waits from then on.
fn build_page(tool: &Path, waiting: &Mutex<Waiting>) -> Vec<Stage> {
    let mut stages = vec![stage("release build", command::trunk().args(["build", "--release"]).env("TARN_TOOL", tool))];
    if stages.iter().all(|stage| stage.totals.failed == 0) {
        stages.push(stage("the tool with the page inside", &mut building_with_page()));
    }
    let program = match keep_program("tarn-with-page") {
        Ok(program) if stages.iter().all(|stage| stage.totals.failed == 0) => program,
        _ => {
            stages.push(failed("page in the browser", "the page was not built: its tests count as one failure"));
            return stages;
        }
    };
    let with_page = |(name, program_name): (&'static str, &str)| {
        let mut suite = suite(program_name);
        suite.env("TARN_TOOL", tool).env("TARN_PROGRAM", &program);
        (name, Ok(suite))
    };
    let suites = [
        ("page in the browser", "browser"),
        ("who may see what", "access"),
        ("the author's way: init, serve, build", "author"),
        ("generated queries in the page", "in_page"),
        ("size budget", "size"),
    ];
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.push_back(("worker in the browser", Ok(worker_in_the_browser())));
    waiting.extend(suites.map(with_page));
    stages
}

/// Builds the tool with the page of `dist/` inside, of the crates that the tests are built from.
fn building_with_page() -> Command {
    let mut build = command::cargo();
    build.arg("build").args(WORKSPACE).args(["--features", "tarn-cli/runtime", "--tests", "--bin", "tarn"]);
    build.env("TARN_DIST", command::root().join("dist"));
    build
}

/// The tool with the page of `dist/` inside.
pub fn tool_with_page() -> Result<PathBuf> {
    command::run(&mut building_with_page())?;
    keep_program("tarn-with-page")
}

/// A copy of the program that cargo has just built, in a folder of this name, which later builds leave alone.
fn keep_program(folder: &str) -> Result<PathBuf> {
    let file = format!("tarn{}", env::consts::EXE_SUFFIX);
    let folder = command::root().join("target").join(folder);
    fs::create_dir_all(&folder)?;
    let copy = folder.join(&file);
    fs::copy(command::root().join("target/debug").join(file), &copy)?;
    Ok(copy)
}

/// A stage that could not begin.
fn failed(name: &'static str, why: &str) -> Stage {
    println!("\n== {name}\n{why}");
    Stage { name, totals: Totals { passed: 0, failed: 1 }, seconds: 0 }
}

/// A stage that cannot be run here, which is no failure.
fn left_out(name: &'static str, why: &str) -> Stage {
    println!("\n== {name}\nleft out: {why}");
    Stage { name, totals: Totals::default(), seconds: 0 }
}

/// One test program of the package `tests/`.
fn suite(name: &str) -> Command {
    let mut cargo = command::cargo();
    cargo.arg("test").args(WORKSPACE).args(["--test", name, "--no-fail-fast", "--", "--show-output"]);
    set_environment(&mut cargo);
    cargo
}

/// The unit tests of the data worker, run by wasm-bindgen's runner in headless Chromium. As released: what it depends on was
/// compiled for the page.
fn worker_in_the_browser() -> Command {
    let mut cargo = command::cargo();
    cargo.args(["test", "--release", "--package", "tarn-worker", "--target", "wasm32-unknown-unknown", "--no-fail-fast"]);
    set_environment(&mut cargo);
    cargo
}

/// The same tests in headless Firefox: the runner takes the browser whose driver it is given.
fn worker_in_the_second_browser() -> Command {
    let mut cargo = worker_in_the_browser();
    cargo.env("GECKODRIVER", "geckodriver").env_remove("CHROMEDRIVER");
    cargo
}

fn set_environment(command: &mut Command) {
    command.env("TARN_PYTHON", setup::venv_python());
    if let Some((chromium, driver)) = setup::browser() {
        command.env("CHROMIUM", chromium).env("CHROMEDRIVER", driver);
    }
}

/// Runs the command, shows its output at the end and counts the results in it. A command that fails without a failed test is one
/// failure.
fn stage(name: &'static str, command: &mut Command) -> Stage {
    let started = Instant::now();
    println!("-- {name} ...");
    let mut totals = Totals::default();
    let mut run = || -> io::Result<(bool, Vec<u8>)> {
        // One pipe for both, so that errors stand where they belong.
        let (mut reader, writer) = io::pipe()?;
        let mut child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
        // The command keeps copies of the writing end, and with them the pipe open.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut output = vec![];
        reader.read_to_end(&mut output)?;
        Ok((child.wait()?.success(), output))
    };
    let (succeeded, output) = run().unwrap_or_else(|error| (false, format!("did not start: {error}").into_bytes()));
    let output = String::from_utf8_lossy(&output);
    output.lines().for_each(|line| totals.read_line(line));
    if !succeeded && totals.failed == 0 {
        totals.failed = 1;
    }
    // At once: another lane prints, too.
    println!("\n== {name}\n$ {}\n{output}", command::line(command));
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
