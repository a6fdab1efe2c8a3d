//! Repository chores. `cargo xtask` is compiled first on a fresh machine, so it has next to no dependencies.
mod bench;
mod command;
mod compile_dashboard;
mod dist;
mod docs;
mod finish_build;
mod serve;
mod setup;
mod test;

use std::error::Error;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "\
usage: cargo xtask <task>

  setup [--all]         install what is missing to build and serve the page (with --all: what tests and bench need, too)
  serve [trunk args]    set up, then serve the demo and rebuild it on every change
  test [--full]         set up, then run every test; --full adds what takes long (the installed wheel, dbt, the side-by-side bench)
  dist [--skip-page]    set up, then build the program `tarn` with the page inside, as a Python wheel and a tar.gz
  docs [--serve]        build the documentation as a static site, in target/docs-site; --serve opens it and follows the pages
  bench [options]       set up, then measure beside DuckDB-WASM; options: --skip-build, the number of trials;
                        --crowd: 10,000 viewers before nginx instead, and 20 before Streamlit; --tables: long tables and lists;
                        --paint: one chart's painting; --lighthouse: what Lighthouse says of the demo before nginx
  soak [--minutes N]    set up, then use one page for N minutes (30) while its data changes: memory and times, a line a minute
  compile-dashboard FILE  the first step of a Trunk build; Trunk calls it
  finish-build          the last step of a Trunk build; Trunk calls it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let result = match arguments.first().map(String::as_str) {
        Some("setup") => setup::run(if rest.iter().any(|argument| argument == "--all") { setup::For::Tests } else { setup::For::Serving }),
        Some("serve") => serve::run(rest),
        Some("test") => test::run(rest),
        Some("dist") => dist::run(rest),
        Some("docs") => docs::run(rest),
        Some("bench") => bench::run(rest),
        Some("soak") => bench::soak(rest),
        Some("compile-dashboard") => compile_dashboard::run(rest),
        Some("finish-build") => finish_build::run(),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
