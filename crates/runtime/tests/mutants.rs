//! Damaged files on their whole way from the store to the rows. A published source shows the rows that were published or an
//! error; a plain file, which nothing vouches for, at least ends in an answer: no panic, no endless work.
//!
//! `TARN_MUTANTS=50000 TARN_SEED=7 cargo test --release -p tarn-runtime --test pipeline mutants` makes more of them, or others.

use crate::world::store::{FOLDER, publish};
use crate::world::{FILE, TRIPS, Tab};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tarn_runtime::MemoryHost;

const ROWS: i64 = 600;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % n.max(1) as u64) as usize
    }
}

/// The same rows as different writers write them.
fn files() -> Vec<Bytes> {
    let builder = || WriterProperties::builder().set_max_row_group_row_count(Some(250)).set_data_page_row_count_limit(100);
    let written = |properties: WriterProperties| {
        let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values((0..ROWS).map(|row| row * 7_919_000_000)));
        let fare: ArrayRef = Arc::new(Int64Array::from_iter_values((0..ROWS).map(|row| (row * row) % 37)));
        let city: ArrayRef = Arc::new(StringArray::from_iter((0..ROWS).map(|row| [Some("Oslo"), Some("Rome"), None][row as usize % 3])));
        let batch = RecordBatch::try_from_iter([("at", at), ("fare", fare), ("city", city)]).unwrap();
        let mut bytes = vec![];
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        Bytes::from(bytes)
    };
    let plain = || builder().set_dictionary_enabled(false);
    let delta = plain().set_column_encoding("fare".into(), Encoding::DELTA_BINARY_PACKED);
    vec![
        written(builder().build()),
        written(plain().build()),
        written(builder().set_compression(Compression::SNAPPY).build()),
        written(
            builder()
                .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap()))
                .set_writer_version(WriterVersion::PARQUET_2_0)
                .build(),
        ),
        written(
            delta.set_column_encoding("city".into(), Encoding::DELTA_BYTE_ARRAY).set_writer_version(WriterVersion::PARQUET_2_0).build(),
        ),
        written(plain().set_compression(Compression::LZ4_RAW).set_column_encoding("fare".into(), Encoding::BYTE_STREAM_SPLIT).build()),
    ]
}

/// One to four changes; every other time within the last part of the file, where all that is believed of it stands.
fn mutant(random: &mut Random, file: &Bytes) -> Bytes {
    let mut bytes = file.to_vec();
    for _ in 0..=random.below(4) {
        let span = if random.below(2) == 0 { bytes.len().min(1_500) } else { bytes.len() };
        let at = (bytes.len() - span) + random.below(span);
        if at >= bytes.len() {
            continue;
        }
        let end = (at + 1 + random.below(40)).min(bytes.len());
        match random.below(8) {
            0..=2 => bytes[at] ^= 1 << random.below(8),
            3 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
            4 => bytes[at] = random.below(256) as u8,
            5 => _ = bytes.drain(at..end),
            6 => {
                let copy = bytes[at..end].to_vec();
                let place = random.below(bytes.len());
                bytes.splice(place..place, copy);
            }
            _ if random.below(8) == 0 => bytes.truncate(at),
            _ => bytes[at..end].fill(random.below(256) as u8),
        }
    }
    bytes.into()
}

/// The rows of both pages, or nothing where either failed. `None` after a panic.
fn shown(tab: &Tab) -> Option<Option<Vec<String>>> {
    let show = || {
        let (money, places) = (tab.show("money"), tab.show("places"));
        Some([money.ok()?, places.ok()?].concat())
    };
    catch_unwind(AssertUnwindSafe(show)).ok()
}

#[test]
fn mutants_show_what_was_published_or_nothing() {
    let variable = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seed, n_mutants) = (variable("TARN_SEED", 42), variable("TARN_MUTANTS", 600));
    println!("TARN_SEED={seed} TARN_MUTANTS={n_mutants}");
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut right, mut refused, mut read, mut panics) = (0, 0, 0, vec![]);
    let files = files();
    let manifest = TRIPS.replace("trips.parquet", "trips/manifest.json");
    for n in 0..n_mutants {
        let file = &files[random.below(files.len())];
        let host = MemoryHost::default();
        host.advance_ms(1e12);
        publish(&host, "one", std::slice::from_ref(file));
        if n % 2 == 0 {
            // Any of the objects that a published source consists of.
            let expected = shown(&Tab::with(&host, &manifest));
            let mut urls: Vec<String> =
                host.take_requests().iter().filter_map(|request| Some(request.split(' ').next()?.to_owned())).collect();
            urls.sort();
            urls.dedup();
            let parquet = urls.iter().find(|url| url.ends_with(".parquet")).unwrap().clone();
            let url = if random.below(4) > 0 { &parquet } else { &urls[random.below(urls.len())] };
            assert!(url.starts_with(FOLDER));
            let content = mutant(&mut random, &host.file(url).unwrap());
            host.put_file(url, content, Some("\"1\""));
            host.clear_cache();
            match shown(&Tab::with(&host, &manifest)) {
                Some(Some(rows)) => {
                    assert_eq!(Some(Some(rows)), expected, "mutant {n} of {url} shows other rows");
                    right += 1;
                }
                Some(None) => refused += 1,
                None => panics.push(n),
            }
        } else {
            host.put_file(FILE, mutant(&mut random, file), Some("\"1\""));
            match shown(&Tab::with(&host, TRIPS)) {
                Some(Some(_)) => read += 1,
                Some(None) => refused += 1,
                None => panics.push(n),
            }
        }
    }
    println!("{right} right, {refused} refused, {read} plain files read, panics: {panics:?}");
    assert!(panics.is_empty(), "mutants {panics:?} panicked");
    assert!(right > 0 && refused > right && read > 0, "these mutants prove little");
}
