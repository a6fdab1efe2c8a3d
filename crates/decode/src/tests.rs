#![allow(clippy::unwrap_used)]
use crate::{DecodeError, Footer, FooterStep, read_footer};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array as _, ArrayRef, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

const ROWS: i64 = 20_000;

/// `n` counts up, `city` repeats three names with a null, `big` is a LargeUtf8.
fn batch() -> RecordBatch {
    let n: ArrayRef = Arc::new(Int64Array::from_iter_values(0..ROWS));
    let names = [Some("Atlanta"), None, Some("Chicago"), Some("")];
    let city: ArrayRef = Arc::new(StringArray::from_iter((0..ROWS).map(|n| names[n as usize % 4])));
    let big: ArrayRef = Arc::new(LargeStringArray::from_iter_values((0..ROWS).map(|n| if n % 2 == 0 { "even" } else { "odd" })));
    RecordBatch::try_from_iter([("n", n), ("city", city), ("big", big)]).unwrap()
}

fn file(compression: Compression) -> Bytes {
    let properties = WriterProperties::builder().set_compression(compression).set_max_row_group_row_count(Some(9_000)).build();
    write(&batch(), properties)
}

fn write(batch: &RecordBatch, properties: WriterProperties) -> Bytes {
    let mut bytes = vec![];
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    Bytes::from(bytes)
}

fn footer(file: &Bytes) -> Result<Footer, DecodeError> {
    match read_footer(file.len() as u64, file)? {
        FooterStep::Ready(footer) => Ok(footer),
        FooterStep::Needs(range) => panic!("needs {range:?} of the whole file"),
    }
}

fn read(file: &Bytes, columns: &[&str]) -> Result<Vec<RecordBatch>, DecodeError> {
    let projection = footer(file)?.projection(columns)?;
    let mut batches = vec![];
    for (group, ranges) in projection.ranges().iter().enumerate() {
        let chunks = ranges.iter().map(|range| file.slice(range.start as usize..range.end as usize)).collect();
        for batch in projection.decode(group, chunks)? {
            batches.push(batch?);
        }
    }
    Ok(batches)
}

#[test]
fn every_codec_gives_the_same_rows_in_batches_of_8192() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let batches = read(&file(codec), &["n", "city"]).unwrap();
        let rows: Vec<usize> = batches.iter().map(RecordBatch::num_rows).collect();
        assert_eq!(rows, [8_192, 808, 8_192, 808, 2_000], "{codec}");
        let n: Vec<i64> = batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect();
        assert_eq!(n, (0..ROWS).collect::<Vec<_>>(), "{codec}");
        let nulls: usize = batches.iter().map(|batch| batch.column(1).null_count()).sum();
        assert_eq!(nulls, 5_000, "{codec}");
    }
}

#[test]
fn strings_of_every_width_stay_dictionaries() {
    let file = file(Compression::SNAPPY);
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let batches = read(&file, &["city", "big"]).unwrap();
    for (column, n_values) in [(0, 3), (1, 2)] {
        let array = batches[0].column(column);
        assert_eq!(array.data_type(), &dictionary);
        assert_eq!(array.as_dictionary::<Int32Type>().values().len(), n_values);
    }
}

#[test]
fn only_the_chosen_columns_bytes_are_asked_for() {
    let file = file(Compression::UNCOMPRESSED);
    let footer = footer(&file).unwrap();
    let bytes = |columns: &[&str]| -> u64 {
        footer.projection(columns).unwrap().ranges().iter().flatten().map(|range| range.end - range.start).sum()
    };
    assert_eq!(footer.n_row_groups(), 3);
    assert_eq!(footer.n_rows(), 20_000);
    assert_eq!(bytes(&["n"]) + bytes(&["city"]), bytes(&["n", "city"]));
    assert!(bytes(&["city"]) * 4 < bytes(&["n"]), "a dictionary of three is small");
}

#[test]
fn footer_says_what_it_lacks_and_is_read_again_from_its_own_range() {
    let file = file(Compression::SNAPPY);
    let length = file.len() as u64;
    let tail = |from: u64| file.slice(from as usize..);
    let FooterStep::Needs(needed) = read_footer(length, &tail(length - 20)).unwrap_or_else(|error| panic!("{error}")) else {
        panic!("20 bytes hold no footer")
    };
    let FooterStep::Ready(footer) = read_footer(length, &tail(needed.start)).unwrap_or_else(|error| panic!("{error}")) else {
        panic!("{needed:?} is not enough")
    };
    assert_eq!(footer.range(), needed);
    assert!(matches!(read_footer(length, &tail(footer.range().start)), Ok(FooterStep::Ready(_))));
}

#[test]
fn what_is_no_parquet_file_is_named() {
    for bytes in ["", "PAR1", "<!doctype html><html></html>", "a,b\n1,2\n"] {
        assert_eq!(footer(&Bytes::from(bytes)).err(), Some(DecodeError::NotParquet), "{bytes}");
    }
    assert_eq!(footer(&Bytes::from_static(b"PARE........PARE")).err(), Some(DecodeError::Encrypted));
}

#[test]
fn cut_and_scrambled_files_are_damaged_or_not_parquet() {
    let whole = file(Compression::SNAPPY);
    let cut = whole.slice(..whole.len() - 100);
    assert_eq!(footer(&cut).err(), Some(DecodeError::NotParquet));
    let mut zeroed = whole.to_vec();
    let middle = whole.len() - 400..whole.len() - 300;
    zeroed[middle].fill(0xff);
    assert!(matches!(read(&Bytes::from(zeroed), &["n"]), Err(DecodeError::Damaged { .. })));
    // The end of a longer file: every column chunk lies outside.
    let tail = whole.slice(whole.len() / 2..);
    assert!(matches!(read(&tail, &["n"]), Err(DecodeError::Damaged { .. } | DecodeError::NotParquet)));
}

#[test]
fn damaged_pages_end_in_an_error() {
    let whole = file(Compression::ZSTD(ZstdLevel::default()));
    let first = footer(&whole).unwrap().projection(&["n"]).unwrap().ranges()[0][0].clone();
    let mut bytes = whole.to_vec();
    bytes[first.start as usize..first.start as usize + 64].fill(0);
    let bytes = Bytes::from(bytes);
    assert!(matches!(read(&bytes, &["n"]), Err(DecodeError::Damaged { .. })));
    assert_eq!(read(&bytes, &["city"]).unwrap().iter().map(RecordBatch::num_rows).sum::<usize>(), 20_000, "other columns are fine");
}

#[test]
fn missing_and_nested_columns_are_refused_before_their_bytes_are_needed() {
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1)]), None]));
    let n: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let file = write(&RecordBatch::try_from_iter([("list", list), ("n", n)]).unwrap(), WriterProperties::default());
    let footer = footer(&file).unwrap();
    assert_eq!(footer.projection(&["m"]).err(), Some(DecodeError::MissingColumn { column: "m".into() }));
    assert!(matches!(footer.projection(&["list"]).err(), Some(DecodeError::UnsupportedType { .. })));
    assert_eq!(read(&file, &["n"]).unwrap()[0].num_rows(), 2, "its neighbours are read");
}

#[test]
fn brotli_is_refused_by_name() {
    // Written as snappy; in the footer, after the path `n`, the codec's number is made that of Brotli.
    let mut bytes = file(Compression::SNAPPY).to_vec();
    let [path_n, snappy, brotli]: [&[u8]; 3] = [b"\x19\x18\x01n", b"\x15\x02", b"\x15\x08"];
    let codec = [path_n, snappy].concat();
    let at: Vec<usize> = (0..bytes.len() - codec.len()).filter(|at| bytes[*at..].starts_with(&codec)).collect();
    assert_eq!(at.len(), 3, "one per row group");
    for at in at {
        bytes[at + path_n.len()..][..2].copy_from_slice(brotli);
    }
    let footer = footer(&Bytes::from(bytes)).unwrap();
    assert_eq!(footer.projection(&["n"]).err(), Some(DecodeError::UnsupportedCodec { codec: "Brotli", column: "n".into() }));
    assert!(footer.projection(&["city"]).is_ok());
}
