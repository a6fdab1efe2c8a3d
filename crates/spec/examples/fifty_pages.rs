//! How long `tarn check` works on a dashboard of fifty pages: `cargo run --release --package tarn-spec --example fifty_pages`.
//! With a path as argument the dashboard is written there too.
use std::fmt::Write as _;
use std::time::Instant;

const PAGES: usize = 50;
const RUNS: usize = 21;

fn main() {
    let yaml = dashboard();
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(&path, &yaml).unwrap_or_else(|error| eprintln!("{path}: {error}"));
    }
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let compiled = tarn_spec::compile("fifty-pages.yaml", yaml.as_bytes());
            assert_eq!(compiled.n_errors(), 0, "{}", tarn_spec::render_all(&compiled.files, &compiled.diagnostics));
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let lines = yaml.lines().count();
    println!(
        "{PAGES} pages, {lines} lines, {} bytes: median {:.1} ms, max {:.1} ms of {RUNS}",
        yaml.len(),
        times[RUNS / 2],
        times[RUNS - 1]
    );
}

/// Ten sources of twenty measures each, and a page of eight views for every five of a source.
fn dashboard() -> String {
    let mut yaml = "title: Fifty pages\ntime_zone: Europe/Berlin\ndata:\n".to_owned();
    for source in 0..PAGES / 5 {
        let _ = writeln!(
            yaml,
            "  s{source}:\n    source: s{source}.parquet\n    ttl: 5m\n    time: at\n    schema: {{ at: timestamp!, units: int64, x: double, city: string, country: string }}\n    dimensions:\n      hour{source}: extract(hour from at)\n      size{source}: case when units < 10 then 'small' when units < 100 then 'middle' else 'large' end\n    measures:"
        );
        for measure in 0..10 {
            let _ = writeln!(yaml, "      m{source}_{measure}: count(*) filter (where units > {measure} and city like 'A%')");
            let _ = writeln!(yaml, "      r{source}_{measure}: {{ sql: \"{{m{source}_{measure}}} / count(*)\", format: 0.0% }}");
        }
    }
    yaml += "filters:\n";
    for source in 0..PAGES / 5 {
        let _ = writeln!(yaml, "  period{source}: {{ field: s{source}.at, type: date_range, default: last 28 days }}");
        let _ = writeln!(yaml, "  city{source}: {{ field: s{source}.city, type: multi_select }}");
    }
    yaml += "pages:\n";
    for page in 0..PAGES {
        let s = page / 5;
        let _ = writeln!(
            yaml,
            "  - title: Page {page}\n    filters: [period{s}, city{s}]\n    rows:\n      - [kpi: m{s}_0, kpi: m{s}_1, kpi: r{s}_2]\n      - [{{ line: m{s}_3, by: s{s}.at, grain: [day, week], selects: period{s} }}]\n      - [{{ bar: m{s}_4, by: s{s}.city, selects: city{s} }}, {{ histogram: s{s}.x, bins: {{ from: 0, to: 100, width: 5 }} }}]\n      - - table: [m{s}_5, r{s}_6, r{s}_7]\n          by: [s{s}.country, size{s}]\n          style: {{ r{s}_6: {{ warn: \"> 0.5\" }} }}\n        - {{ table: [m{s}_8], by: hour{s} }}"
        );
    }
    yaml
}
