//! What travels before a dashboard is there: a budget that fails the build.
#![allow(clippy::unwrap_used)]
use std::fs;
use std::path::PathBuf;
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
    files.sort();
    let (mut total, mut first_paint, mut raw_total, mut explorer) = (0, 0, 0, 0);
    for file in
        files.iter().filter(|file| file.extension().is_some_and(|kind| ["html", "js", "css", "wasm"].iter().any(|wanted| kind == *wanted)))
    {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let content = fs::read(file).unwrap();
        let bytes = compressed(&content);
        println!("{:>9} raw {bytes:>8} brotli  {name}", content.len());
        if name.starts_with("tarn-explorer") {
            explorer += bytes;
            continue;
        }
        total += bytes;
        raw_total += content.len();
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

fn compressed(content: &[u8]) -> usize {
    let mut output = vec![];
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut output, &settings).unwrap();
    output.len()
}
