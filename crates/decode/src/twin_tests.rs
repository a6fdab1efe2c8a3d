//! Random files of all types and encodings, read here and by Parquet's reader into Arrow: both must agree.
#![allow(clippy::unwrap_used)]
use crate::tests::{read, write};
use crate::{Block, Places, Values};
use arrow_array::builder::{FixedSizeBinaryBuilder, StringDictionaryBuilder};
use arrow_array::cast::AsArray as _;
use arrow_array::types as arrow;
use arrow_array::*;
use arrow_schema::{DataType, TimeUnit};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::sync::Arc;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn bits(&mut self) -> u64 {
        self.below(1 << 31) << 33 ^ self.below(1 << 31) << 11 ^ self.below(1 << 31)
    }

    /// Few or many different values, in runs, with or without nulls.
    fn column<T: Copy>(&mut self, n_rows: usize, mut value: impl FnMut(&mut Self) -> T) -> Vec<Option<T>> {
        let n_distinct = [1, 3, 200, 300, 5_000][self.below(5) as usize];
        let values: Vec<T> = (0..n_distinct).map(|_| value(self)).collect();
        let (nulls, longest) = ([0, 0, 2, 10][self.below(4) as usize], [1, 1, 40][self.below(3) as usize]);
        let mut column = vec![];
        while column.len() < n_rows {
            let value = if nulls > 0 && self.below(nulls) == 0 { None } else { Some(values[self.below(n_distinct) as usize]) };
            let run = 1 + self.below(longest) as usize;
            column.extend(std::iter::repeat_n(value, run.min(n_rows - column.len())));
        }
        column
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Int(i64),
    /// By its bits, so that NaN is itself.
    Float(u64),
    Decimal(i128),
    Text(String),
}

fn batch(random: &mut Random, n_rows: usize) -> RecordBatch {
    let text = |random: &mut Random| {
        "äbcdefgh ijk".chars().cycle().skip(random.below(12) as usize).take(random.below(20) as usize).collect::<String>()
    };
    let texts: Vec<String> = (0..5_000).map(|_| text(random)).collect();
    let string = |random: &mut Random| {
        random
            .column(n_rows, |random| random.below(5_000))
            .into_iter()
            .map(|at| at.map(|at| texts[at as usize].as_str()))
            .collect::<Vec<_>>()
    };
    macro_rules! numbers {
        ($array:ty, $value:expr) => {
            Arc::new(random.column(n_rows, $value).into_iter().collect::<$array>()) as ArrayRef
        };
    }
    let decimal = |random: &mut Random, digits: u32, precision, scale| {
        let values =
            random.column(n_rows, |random| (i128::from(random.bits() as i64) * i128::from(random.bits() as i64)) % 10i128.pow(digits));
        Arc::new(values.into_iter().collect::<Decimal128Array>().with_precision_and_scale(precision, scale).unwrap()) as ArrayRef
    };
    let fixed = |random: &mut Random, width: i32| {
        let mut builder = FixedSizeBinaryBuilder::new(width);
        for value in random.column(n_rows, |random| (u128::from(random.bits()) << 64 | u128::from(random.bits())).to_le_bytes()) {
            match value {
                Some(value) => builder.append_value(&value[..width as usize]).unwrap(),
                None => builder.append_null(),
            }
        }
        Arc::new(builder.finish()) as ArrayRef
    };
    let mut dictionary = StringDictionaryBuilder::<arrow::Int32Type>::new();
    string(random).into_iter().for_each(|text| dictionary.append_option(text));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("i8", numbers!(Int8Array, |random: &mut Random| random.bits() as i8)),
        ("i16", numbers!(Int16Array, |random: &mut Random| random.bits() as i16)),
        ("i32", numbers!(Int32Array, |random: &mut Random| random.bits() as i32)),
        ("i64", numbers!(Int64Array, |random: &mut Random| random.bits() as i64)),
        ("small", numbers!(Int64Array, |random: &mut Random| random.below(900) as i64 - 300)),
        ("u8", numbers!(UInt8Array, |random: &mut Random| random.bits() as u8)),
        ("u16", numbers!(UInt16Array, |random: &mut Random| random.bits() as u16)),
        ("u32", numbers!(UInt32Array, |random: &mut Random| random.bits() as u32)),
        ("u64", numbers!(UInt64Array, |random: &mut Random| random.bits())),
        ("f16", numbers!(Float16Array, |random: &mut Random| half::f16::from_bits(random.bits() as u16))),
        ("f32", numbers!(Float32Array, |random: &mut Random| random.bits() as f32 / 3.0)),
        ("f64", numbers!(Float64Array, |random: &mut Random| f64::from_bits(random.bits() & !(1 << 62)))),
        ("bool", numbers!(BooleanArray, |random: &mut Random| random.below(2) == 1)),
        ("date", numbers!(Date32Array, |random: &mut Random| random.below(40_000) as i32 - 10_000)),
        ("time32", numbers!(Time32MillisecondArray, |random: &mut Random| random.below(86_400_000) as i32)),
        ("time64", numbers!(Time64MicrosecondArray, |random: &mut Random| random.below(86_400_000_000) as i64)),
        ("time_ns", numbers!(Time64NanosecondArray, |random: &mut Random| random.below(86_400_000_000_000) as i64)),
        ("ms", numbers!(TimestampMillisecondArray, |random: &mut Random| random.bits() as i64 >> 20)),
        ("us", numbers!(TimestampMicrosecondArray, |random: &mut Random| random.bits() as i64)),
        ("ns", numbers!(TimestampNanosecondArray, |random: &mut Random| random.bits() as i64)),
        (
            "tz",
            Arc::new(
                random
                    .column(n_rows, |random| random.bits() as i64)
                    .into_iter()
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone("UTC"),
            ),
        ),
        ("text", Arc::new(string(random).into_iter().collect::<StringArray>())),
        ("dictionary", Arc::new(dictionary.finish())),
        ("binary", Arc::new(string(random).into_iter().map(|text| text.map(str::as_bytes)).collect::<BinaryArray>())),
        ("fixed", fixed(random, 5)),
        ("decimal5", decimal(random, 5, 5, 2)),
        ("decimal15", decimal(random, 15, 15, 3)),
        ("decimal38", decimal(random, 37, 38, 10)),
        ("nothing", Arc::new(Int32Array::new_null(n_rows))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn properties(random: &mut Random, batch: &RecordBatch) -> WriterProperties {
    let codecs = [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default()), Compression::LZ4_RAW];
    let mut builder = WriterProperties::builder()
        .set_writer_version([WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0][random.below(2) as usize])
        .set_compression(codecs[random.below(4) as usize])
        .set_max_row_group_row_count(Some(500 + random.below(4_000) as usize))
        .set_data_page_row_count_limit(100 + random.below(3_000) as usize)
        .set_write_batch_size(64 + random.below(500) as usize)
        // Small, so that some chunks begin with a dictionary and go on without.
        .set_dictionary_page_size_limit(200 << random.below(9));
    for field in batch.schema().fields() {
        use DataType as D;
        let path = ColumnPath::from(field.name().as_str());
        let encodings: &[Encoding] = match field.data_type() {
            D::Boolean => &[Encoding::PLAIN, Encoding::RLE],
            D::Float16 | D::Float32 | D::Float64 => &[Encoding::PLAIN, Encoding::BYTE_STREAM_SPLIT],
            D::Utf8 | D::Binary | D::Dictionary(..) => &[Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY],
            D::FixedSizeBinary(_) | D::Decimal128(38, _) => &[Encoding::PLAIN, Encoding::BYTE_STREAM_SPLIT, Encoding::DELTA_BYTE_ARRAY],
            _ => &[Encoding::PLAIN, Encoding::DELTA_BINARY_PACKED, Encoding::BYTE_STREAM_SPLIT],
        };
        builder = builder.set_column_encoding(path.clone(), encodings[random.below(encodings.len() as u64) as usize]);
        builder = builder.set_column_dictionary_enabled(path, random.below(3) > 0);
    }
    builder.build()
}

/// A column of Arrow, value by value.
fn cells_of_array(array: &ArrayRef) -> Vec<Cell> {
    use DataType as D;
    macro_rules! each {
        ($type:ty, $value:ident => $cell:expr) => {
            array.as_primitive::<$type>().iter().map(|value| value.map_or(Cell::Null, |$value| $cell)).collect()
        };
    }
    match array.data_type() {
        D::Int8 => each!(arrow::Int8Type, value => Cell::Int(value.into())),
        D::Int16 => each!(arrow::Int16Type, value => Cell::Int(value.into())),
        D::Int32 => each!(arrow::Int32Type, value => Cell::Int(value.into())),
        D::Int64 => each!(arrow::Int64Type, value => Cell::Int(value)),
        D::UInt8 => each!(arrow::UInt8Type, value => Cell::Int(value.into())),
        D::UInt16 => each!(arrow::UInt16Type, value => Cell::Int(value.into())),
        D::UInt32 => each!(arrow::UInt32Type, value => Cell::Int(value.into())),
        D::UInt64 => each!(arrow::UInt64Type, value => Cell::Decimal(value.into())),
        D::Float16 => each!(arrow::Float16Type, value => float(value.to_f64())),
        D::Float32 => each!(arrow::Float32Type, value => float(value.into())),
        D::Float64 => each!(arrow::Float64Type, value => float(value)),
        D::Date32 => each!(arrow::Date32Type, value => Cell::Int(value.into())),
        D::Time32(_) => each!(arrow::Time32MillisecondType, value => Cell::Int(i64::from(value) * 1_000)),
        D::Time64(TimeUnit::Microsecond) => each!(arrow::Time64MicrosecondType, value => Cell::Int(value)),
        D::Time64(_) => each!(arrow::Time64NanosecondType, value => Cell::Int(value.div_euclid(1_000))),
        D::Timestamp(TimeUnit::Millisecond, _) => each!(arrow::TimestampMillisecondType, value => Cell::Int(value * 1_000)),
        D::Timestamp(TimeUnit::Microsecond, _) => each!(arrow::TimestampMicrosecondType, value => Cell::Int(value)),
        D::Timestamp(_, _) => each!(arrow::TimestampNanosecondType, value => Cell::Int(value.div_euclid(1_000))),
        D::Decimal128(precision, _) if *precision <= 18 => each!(arrow::Decimal128Type, value => Cell::Int(value as i64)),
        D::Decimal128(_, _) => each!(arrow::Decimal128Type, value => Cell::Decimal(value)),
        D::Boolean => array.as_boolean().iter().map(|value| value.map_or(Cell::Null, |value| Cell::Int(value.into()))).collect(),
        D::Utf8 => array.as_string::<i32>().iter().map(|text| text.map_or(Cell::Null, |text| Cell::Text(text.into()))).collect(),
        D::Binary => array.as_binary::<i32>().iter().map(|bytes| bytes.map_or(Cell::Null, blob)).collect(),
        D::FixedSizeBinary(_) => array.as_fixed_size_binary().iter().map(|bytes| bytes.map_or(Cell::Null, blob)).collect(),
        D::Dictionary(..) => {
            let array = array.as_dictionary::<arrow::Int32Type>();
            array
                .downcast_dict::<StringArray>()
                .unwrap()
                .into_iter()
                .map(|text| text.map_or(Cell::Null, |text| Cell::Text(text.into())))
                .collect()
        }
        other => panic!("{other}"),
    }
}

fn float(value: f64) -> Cell {
    Cell::Float(if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() })
}

fn blob(bytes: &[u8]) -> Cell {
    let shown = |byte: &u8| match byte {
        b'\\' | b'"' | b'\'' => format!("\\x{byte:02X}"),
        32..=126 => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    Cell::Text(bytes.iter().map(shown).collect())
}

fn cells_of_block(block: &Block) -> Vec<Cell> {
    let cell = |values: &Values, at: usize| match values {
        Values::Ints(values) => Cell::Int(values[at]),
        Values::Floats(values) => float(values[at]),
        Values::Decimals(values) => Cell::Decimal(values[at]),
        Values::Texts(texts) => Cell::Text(texts.get(at).into()),
    };
    match block {
        Block::Nulls(n_rows) => vec![Cell::Null; *n_rows],
        Block::Plain { values, valid } => {
            let is_valid = |row: usize| valid.as_ref().is_none_or(|valid| valid[row]);
            (0..values.len()).map(|row| if is_valid(row) { cell(values, row) } else { Cell::Null }).collect()
        }
        Block::Dictionary { values, places, has_nulls } => {
            let places: Vec<usize> = match places {
                Places::U8(places) => places.iter().map(|place| usize::from(*place)).collect(),
                Places::U16(places) => places.iter().map(|place| usize::from(*place)).collect(),
                Places::U32(places) => places.iter().map(|place| *place as usize).collect(),
            };
            assert_eq!(places.contains(&0), *has_nulls);
            places.into_iter().map(|place| if place == 0 { Cell::Null } else { cell(values, place - 1) }).collect()
        }
    }
}

fn arrow_cells(file: &Bytes) -> Vec<Vec<Cell>> {
    let batches: Vec<RecordBatch> =
        ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap().build().unwrap().map(Result::unwrap).collect();
    (0..batches[0].num_columns()).map(|at| batches.iter().flat_map(|batch| cells_of_array(batch.column(at))).collect()).collect()
}

#[test]
fn every_type_and_encoding_is_read_as_arrow_reads_it() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let n_rows = 1 + random.below(9_000) as usize;
        let batch = batch(&mut random, n_rows);
        let file = write(&batch, properties(&mut random, &batch));
        let schema = batch.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let columns = read(&file, &names).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for ((name, blocks), expected) in names.iter().zip(&columns).zip(arrow_cells(&file)) {
            let found: Vec<Cell> = blocks.iter().flat_map(cells_of_block).collect();
            assert_eq!(found.len(), expected.len(), "seed {seed}, {name}");
            if let Some(row) = (0..n_rows).find(|row| found[*row] != expected[*row]) {
                panic!("seed {seed}, {name}, row {row}: {:?}, not {:?}", found[row], expected[row]);
            }
        }
    }
}

/// Whatever stands in a file: rows or an error, never a panic. The footer stays whole, so that the pages are reached.
#[test]
fn mutated_pages_end_in_rows_or_an_error() {
    let mut errors = 0;
    for seed in 0..600 {
        let mut random = Random(seed);
        let n_rows = 1 + random.below(600) as usize;
        let batch = batch(&mut random, n_rows);
        let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
        let properties = if random.below(2) == 0 { properties.build() } else { self::properties(&mut random, &batch) };
        let file = write(&batch, properties);
        let schema = batch.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let pages = crate::tests::footer(&file).unwrap().range().start;
        let mut bytes = file.to_vec();
        for _ in 0..1 + random.below(40) {
            let at = random.below(pages) as usize;
            match random.below(3) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = 0xff,
                _ => bytes[at] = random.bits() as u8,
            }
        }
        let bytes = Bytes::from(bytes);
        errors += names.iter().filter(|name| read(&bytes, &[**name]).is_err()).count();
    }
    assert!(errors > 500, "{errors}: the mutations reach what they should");
}
