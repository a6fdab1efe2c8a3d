//! What travels before a dashboard is there: a budget that fails the build.
#![allow(clippy::unwrap_used)]
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tarn_tests::dist;

/// html, js, css and wasm together, brotli at quality 11.
const TOTAL_BUDGET: usize = 900_000;
/// What the main thread needs before its first paint: everything but the worker and the module that draws the views.
const FIRST_PAINT_BUDGET: usize = 350_000;
/// What the page /explore loads beside that: no other page does.
const EXPLORER_BUDGET: usize = 1_000_000;

#[test]
fn runtime_stays_within_its_budget() {
    let mut files: Vec<PathBuf> = fs::read_dir(dist()).unwrap().flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| ["html", "js", "css", "wasm"].iter().any(|wanted| kind == *wanted)));
    files.sort();
    let (mut total, mut first_paint, mut raw_total, mut explorer) = (0, 0, 0, 0);
    for (file, bytes) in files.iter().zip(compressed(&files)) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let raw = fs::metadata(file).unwrap().len();
        println!("{raw:>9} raw {bytes:>8} brotli  {name}");
        if name.starts_with("tarn-explorer") {
            explorer += bytes;
            continue;
        }
        total += bytes;
        raw_total += raw;
        if !name.starts_with("tarn-worker") && !name.starts_with("tarn-later") {
            first_paint += bytes;
        }
    }
    println!("{raw_total:>9} raw {total:>8} brotli  in all (budget {TOTAL_BUDGET})");
    println!("{first_paint:>22} brotli  before the first paint (budget {FIRST_PAINT_BUDGET})");
    println!("{explorer:>22} brotli  of /explore alone (budget {EXPLORER_BUDGET})");
    assert!(explorer > 0 && explorer <= EXPLORER_BUDGET, "the explorer is {explorer} bytes, the budget {EXPLORER_BUDGET}");
    assert!(total > 0, "dist/ holds no runtime");
    assert!(total <= TOTAL_BUDGET, "the runtime is {total} bytes, the budget {TOTAL_BUDGET}");
    assert!(first_paint <= FIRST_PAINT_BUDGET, "the main thread's part is {first_paint} bytes, the budget {FIRST_PAINT_BUDGET}");
}

/// By node, as `bench/` states the runtime's size: brotli's own library is optimised in it.
fn compressed(files: &[PathBuf]) -> Vec<usize> {
    const SCRIPT: &str = r#"
const fs = require("node:fs"), zlib = require("node:zlib");
const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_LGWIN: window } = zlib.constants;
for (const file of process.argv.slice(1)) {
  console.log(zlib.brotliCompressSync(fs.readFileSync(file), { params: { [quality]: 11, [window]: 24 } }).length);
}"#;
    let output = Command::new("node").args(["-e", SCRIPT]).args(files).output().expect("node is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sizes: Vec<usize> = String::from_utf8(output.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(sizes.len(), files.len());
    sizes
}
