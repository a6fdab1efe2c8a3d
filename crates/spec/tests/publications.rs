//! Publication files: what they mean, and what an author is told of a broken one.
use expect_test::expect_file;
use std::{fs, path::PathBuf};
use tarn_dashboard::TimeUnit;
use tarn_spec::{Checks, Input, Layout, Publication, RowBounds, Split, compile_publication, render_all};

#[test]
fn a_publication_says_what_it_says() {
    let text = "
dashboard: dashboard.yaml
source: flights
from: { driver: adbc_driver_postgresql, entrypoint: AdbcDriverPostgresqlInit, uri: '${DATABASE_URL}', table: flights, options: { adbc.x: '1' } }
to: s3://bucket/data/flights
layout: { sort: [date, origin], partition_by: region, split: month, row_group_rows: 65536 }
checks:
  unique: [[date, origin], id]
  accepted_values: { region: [EU, US] }
  rows: { min: 1000, change: 50% }
  fresh_within: 2d
keep: 30d
every: 5m
";
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let expected = Publication {
        dashboard: "dashboard.yaml".into(),
        source: Some("flights".into()),
        input: Input::Database {
            driver: "adbc_driver_postgresql".into(),
            entrypoint: Some("AdbcDriverPostgresqlInit".into()),
            uri: Some("${DATABASE_URL}".into()),
            options: vec![("adbc.x".into(), "1".into())],
            query: "select * from flights".into(),
        },
        to: "s3://bucket/data/flights".into(),
        layout: Layout {
            sort: strings(&["date", "origin"]),
            partition_by: strings(&["region"]),
            split: Split::Unit(TimeUnit::Month),
            row_group_rows: 65_536,
        },
        checks: Checks {
            unique: vec![strings(&["date", "origin"]), strings(&["id"])],
            accepted_values: vec![("region".into(), strings(&["EU", "US"]))],
            rows: RowBounds { min: Some(1_000), max: None, change: Some(0.5) },
            fresh_within_secs: Some(172_800),
        },
        keep_secs: 30 * 86_400,
        every_secs: Some(300),
    };
    assert_eq!(compile_publication("publish.yaml", text.as_bytes()).publication, Some(expected));
}

#[test]
fn every_broken_publication_is_explained() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/publications");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(!files.is_empty());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let compiled = compile_publication(&name, &fs::read(&path).unwrap());
        assert!(compiled.publication.is_none(), "{name} compiles");
        expect_file![path.with_extension("txt")].assert_eq(&render_all(&compiled.files, &compiled.diagnostics));
    }
}
