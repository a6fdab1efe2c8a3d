#![allow(clippy::unwrap_used)]
//! A folder with a dashboard, an export and a target, published as a scheduler would.
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;
use std::{cell::RefCell, collections::BTreeMap, fs, path::PathBuf, sync::Arc, time::Duration};
use tarn_publish::{Event, Outcome, Plan, PublishError, Run, Store, plan, publish};
use tarn_snapshot::{Manifest, SnapshotDocument};
use tarn_spec::{Publication, compile, compile_publication};
use tempfile::TempDir;

pub const DAY_MS: f64 = 86_400_000.0;
/// 2001-03-01.
const START_MICROS: i64 = 983_404_800_000_000;

const DASHBOARD: &str = "
title: Flights
data:
  flights:
    source: out/manifest.json
    ttl: 5m
    schema: { date: timestamp!, delay: int64, origin: string! }
    time: date
    measures: { flights: count(*) }
pages:
  - title: Overview
    rows:
      - [kpi: flights]
";

pub struct World {
    pub folder: TempDir,
    pub now_ms: f64,
    pub extra: String,
    pub log: RefCell<Vec<Event>>,
}

impl World {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), now_ms: 1e12, extra: String::new(), log: RefCell::default() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes an export of `n_days` days with `per_day` rows each, in an order of its own.
    pub fn export(&self, n_days: i64, per_day: i64, reversed: bool) {
        let mut rows: Vec<(i64, Option<i64>, String)> = (0..n_days * per_day)
            .map(|row| (START_MICROS + row * (86_400_000_000 / per_day), (row % 7 != 0).then_some(row % 90 - 30), format!("A{}", row % 5)))
            .collect();
        if reversed {
            rows.reverse();
        }
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("date", Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| row.0)))),
            ("delay", Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.1)))),
            ("origin", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.2.as_str())))),
            ("unused", Arc::new(Int64Array::from_iter_values(0..rows.len() as i64))),
        ];
        self.write("export.parquet", columns);
    }

    pub fn write(&self, name: &str, columns: Vec<(&str, ArrayRef)>) {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut writer = ArrowWriter::try_new(fs::File::create(self.path(name)).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    pub fn publication(&self) -> Publication {
        let text = format!("dashboard: dashboard.yaml\nfrom: {{ parquet: export.parquet }}\nto: out\nkeep: 7d\n{}", self.extra);
        let compiled = compile_publication("publish.yaml", text.as_bytes());
        compiled.publication.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
    }

    pub fn run(&self) -> Result<Outcome, PublishError> {
        self.with_run(publish)
    }

    pub fn plan(&self) -> Plan {
        self.with_run(plan).unwrap()
    }

    fn with_run<T>(&self, work: impl FnOnce(&Run<'_>) -> T) -> T {
        let dashboard = compile("dashboard.yaml", DASHBOARD.as_bytes()).dashboard.unwrap();
        work(&Run {
            publication: &self.publication(),
            source: &dashboard.sources[0],
            base: self.folder.path(),
            now_ms: self.now_ms,
            memory_bytes: 100_000,
            environment: &|_| None,
            patience: Duration::ZERO,
            log: &|event| self.log.borrow_mut().push(event.clone()),
        })
    }

    pub fn publish(&self) -> Outcome {
        self.run().unwrap()
    }

    pub fn store(&self) -> Store {
        Store::open("out", self.folder.path(), Duration::ZERO).unwrap()
    }

    /// Days go by: on the publisher's clock, and for what lies in the target.
    pub fn pass(&mut self, n_days: u64) {
        self.now_ms += n_days as f64 * DAY_MS;
        for name in self.objects().keys() {
            let file = fs::File::options().append(true).open(self.path("out").join(name.trim_start_matches('/'))).unwrap();
            let written = file.metadata().unwrap().modified().unwrap();
            file.set_modified(written - Duration::from_secs(n_days * 86_400)).unwrap();
        }
    }

    pub fn manifest(&self) -> Manifest {
        Manifest::read(&fs::read(self.path("out/manifest.json")).unwrap()).unwrap()
    }

    pub fn document(&self) -> SnapshotDocument {
        SnapshotDocument::read(&fs::read(self.path("out").join(self.manifest().path)).unwrap()).unwrap()
    }

    /// Every object of the target but the lock, with its bytes.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let mut objects = BTreeMap::new();
        for folder in ["", "files", "snapshots"] {
            let Ok(entries) = fs::read_dir(self.path("out").join(folder)) else { continue };
            for entry in entries.map(Result::unwrap).filter(|entry| entry.file_type().unwrap().is_file()) {
                let name = entry.file_name().into_string().unwrap();
                if name != ".publish.lock" {
                    objects.insert(format!("{folder}/{name}"), fs::read(entry.path()).unwrap());
                }
            }
        }
        objects
    }
}
