#![allow(clippy::unwrap_used)]
use crate::{Block, DecodeError, Footer, FooterStep, Places, Values, read_footer};
use arrow_array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch, StringArray, StructArray};
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

pub(crate) fn write(batch: &RecordBatch, properties: WriterProperties) -> Bytes {
    let mut bytes = vec![];
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    Bytes::from(bytes)
}

pub(crate) fn footer(file: &Bytes) -> Result<Footer, DecodeError> {
    match read_footer(file.len() as u64, file)? {
        FooterStep::Ready(footer) => Ok(footer),
        FooterStep::Needs(range) => panic!("needs {range:?} of the whole file"),
    }
}

/// The blocks of each column over all row groups.
pub(crate) fn read(file: &Bytes, columns: &[&str]) -> Result<Vec<Vec<Block>>, DecodeError> {
    let projection = footer(file)?.projection(columns)?;
    let mut all = vec![vec![]; columns.len()];
    for (group, ranges) in projection.ranges().iter().enumerate() {
        let chunks: Vec<Bytes> = ranges.iter().map(|range| file.slice(range.start as usize..range.end as usize)).collect();
        for (place, blocks) in all.iter_mut().enumerate() {
            let mut n_rows = 0;
            for block in projection.read(group, place, &chunks)? {
                let block = block?;
                n_rows += block.n_rows();
                blocks.push(block);
            }
            assert_eq!(n_rows, projection.n_rows(group).unwrap());
        }
    }
    Ok(all)
}

#[test]
fn every_codec_gives_the_same_rows() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let columns = read(&file(codec), &["city", "n"]).unwrap();
        let rows: Vec<usize> = columns[0].iter().map(Block::n_rows).collect();
        assert_eq!(rows, [9_000, 9_000, 2_000], "{codec}");
        let mut n = vec![];
        for block in &columns[1] {
            match block {
                Block::Dictionary { values: Values::Ints(values), places: Places::U16(places), has_nulls: false } => {
                    n.extend(places.iter().map(|place| values[usize::from(*place) - 1]));
                }
                Block::Plain { values: Values::Ints(values), valid: None } => n.extend(values),
                other => panic!("{codec}: {other:?}"),
            }
        }
        assert_eq!(n, (0..ROWS).collect::<Vec<_>>(), "{codec}");
    }
}

#[test]
fn strings_of_every_width_stay_dictionaries() {
    let columns = read(&file(Compression::SNAPPY), &["city", "big"]).unwrap();
    for (column, n_values, nulls) in [(0, 3, true), (1, 2, false)] {
        for block in &columns[column] {
            let Block::Dictionary { values: Values::Texts(texts), places: Places::U8(places), has_nulls } = block else {
                panic!("{block:?}")
            };
            assert_eq!((texts.ends.len(), *has_nulls), (n_values, nulls));
            assert_eq!(places.contains(&0), nulls);
        }
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
    assert_eq!(read(&bytes, &["city"]).unwrap()[0].iter().map(Block::n_rows).sum::<usize>(), 20_000, "other columns are fine");
}

#[test]
fn missing_and_unreadable_columns_are_refused_before_their_bytes_are_needed() {
    let n: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let interval: ArrayRef = Arc::new(arrow_array::IntervalDayTimeArray::from(vec![None, None]));
    let file = write(&RecordBatch::try_from_iter([("interval", interval), ("n", n)]).unwrap(), WriterProperties::default());
    let footer = footer(&file).unwrap();
    assert_eq!(footer.projection(&["m"]).err(), Some(DecodeError::MissingColumn { column: "m".into() }));
    let unreadable = DecodeError::UnsupportedType { column: "interval".into(), found: "interval".into() };
    assert_eq!(footer.projection(&["interval"]).err(), Some(unreadable));
    assert_eq!(read(&file, &["n"]).unwrap()[0][0].n_rows(), 2, "its neighbours are read");
}

#[test]
fn nested_values_are_json_text() {
    let json = r#"
        {"list": [1, null, 3], "deep": [[], [{"a": "x\"y", "b": [true]}]], "point": {"x": 1.5, "y": null}}
        {"list": [], "deep": null, "point": null}
        {"list": null, "deep": [], "point": {"x": null, "y": "ä\n"}}
        {"list": [2], "deep": [null, [{"a": null, "b": null}, null]], "point": {"x": -0.25, "y": ""}}"#;
    let rows: Vec<serde_json::Value> = json.trim().lines().map(|line| serde_json::from_str(line.trim()).unwrap()).collect();
    for v2 in [false, true] {
        let file = nested_file(&rows, v2);
        let columns = read(&file, &["list", "deep", "point"]).unwrap();
        for (column, name) in columns.iter().zip(["list", "deep", "point"]) {
            let found: Vec<serde_json::Value> = column.iter().flat_map(texts).collect();
            assert_eq!(found, rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>(), "{name}");
        }
    }
}

/// The rows of a block of JSON text; null rows are null.
fn texts(block: &Block) -> Vec<serde_json::Value> {
    let Block::Plain { values: Values::Texts(texts), valid } = block else { panic!("{block:?}") };
    let is_valid = |row: usize| valid.as_ref().is_none_or(|valid| valid[row]);
    (0..block.n_rows())
        .map(|row| if is_valid(row) { serde_json::from_str(texts.get(row)).unwrap() } else { serde_json::Value::Null })
        .collect()
}

fn nested_file(rows: &[serde_json::Value], v2: bool) -> Bytes {
    use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder};
    use arrow_schema::{DataType, Field, Fields};
    let item = Fields::from(vec![
        Field::new("a", DataType::Utf8, true),
        Field::new_list("b", Field::new_list_field(DataType::Boolean, true), true),
    ]);
    let item_builder = StructBuilder::new(item, vec![Box::new(StringBuilder::new()), Box::new(ListBuilder::new(BooleanBuilder::new()))]);
    let (mut list, mut deep) = (ListBuilder::new(Int64Builder::new()), ListBuilder::new(ListBuilder::new(item_builder)));
    let (mut x, mut y, mut there) = (Float64Builder::new(), StringBuilder::new(), vec![]);
    for row in rows {
        row["list"].as_array().into_iter().flatten().for_each(|value| list.values().append_option(value.as_i64()));
        list.append(row["list"].is_array());
        for inner in row["deep"].as_array().into_iter().flatten() {
            for value in inner.as_array().into_iter().flatten() {
                let builder = deep.values().values();
                builder.field_builder::<StringBuilder>(0).unwrap().append_option(value["a"].as_str());
                let flags = builder.field_builder::<ListBuilder<BooleanBuilder>>(1).unwrap();
                value["b"].as_array().into_iter().flatten().for_each(|flag| flags.values().append_option(flag.as_bool()));
                flags.append(value["b"].is_array());
                builder.append(value.is_object());
            }
            deep.values().append(inner.is_array());
        }
        deep.append(row["deep"].is_array());
        x.append_option(row["point"]["x"].as_f64());
        y.append_option(row["point"]["y"].as_str());
        there.push(row["point"].is_object());
    }
    let point = Fields::from(vec![Field::new("x", DataType::Float64, true), Field::new("y", DataType::Utf8, true)]);
    let point = StructArray::new(point, vec![Arc::new(x.finish()), Arc::new(y.finish())], Some(there.into()));
    let columns: [(&str, ArrayRef); 3] = [("list", Arc::new(list.finish())), ("deep", Arc::new(deep.finish())), ("point", Arc::new(point))];
    let version =
        if v2 { parquet::file::properties::WriterVersion::PARQUET_2_0 } else { parquet::file::properties::WriterVersion::PARQUET_1_0 };
    let properties =
        WriterProperties::builder().set_writer_version(version).set_data_page_row_count_limit(2).set_write_batch_size(1).build();
    write(&RecordBatch::try_from_iter(columns).unwrap(), properties)
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
