use crate::bitmap::Bitmap;
use crate::codes::{Code, Codes, with_codes};
use crate::column::{Coded, Column, Data, Values};
use crate::narrow::{self, IntChunk};
use crate::texts::Interner;
use crate::vector::{Interval, Lanes, Vector};
use tarn_dashboard::DataType;
use tarn_protocol::QueryError;

/// Grows a [`Column`] block by block, each block narrowed as it comes.
pub(crate) struct ColumnBuilder {
    data_type: DataType,
    n_rows: usize,
    parts: Parts,
    /// Null rows of plain parts.
    null_rows: Vec<u32>,
    failed_rows: Vec<u32>,
    error: Option<QueryError>,
}

enum Parts {
    Ints(Vec<IntChunk>),
    Floats(Vec<f64>),
    /// Decimals of which at least one is beyond 64 bits.
    Decimals(Vec<i128>),
    /// Codes in the order of first appearance, from 1; null is 0.
    Texts {
        interner: Interner,
        chunks: Vec<TextChunk>,
    },
    Intervals(Vec<Interval>),
}

/// `numbers[code]` is the string's number plus one; 0 where null.
struct TextChunk {
    codes: Codes,
    numbers: Vec<u32>,
    has_nulls: bool,
}

impl ColumnBuilder {
    pub fn new(data_type: DataType) -> Self {
        let parts = match data_type {
            DataType::Float64 => Parts::Floats(Vec::new()),
            DataType::String | DataType::Binary => Parts::Texts { interner: Interner::default(), chunks: Vec::new() },
            DataType::Interval => Parts::Intervals(Vec::new()),
            _ => Parts::Ints(Vec::new()),
        };
        Self { data_type, n_rows: 0, parts, null_rows: Vec::new(), failed_rows: Vec::new(), error: None }
    }

    pub fn append(&mut self, vector: &Vector) {
        let valid = vector.valid.as_deref();
        if let Some(failed) = &vector.failed {
            let start = self.n_rows as u32;
            self.failed_rows.extend((start..).zip(&failed.rows).filter(|(_, failed)| **failed).map(|(row, _)| row));
            self.error.get_or_insert_with(|| failed.error.clone());
        }
        match &vector.lanes {
            Lanes::Int(values) => self.append_ints(values, valid),
            Lanes::Bool(values) => {
                let values: Vec<i64> = values.iter().map(|value| i64::from(*value)).collect();
                self.append_ints(&values, valid);
            }
            Lanes::Float(values) => self.append_floats(values, valid),
            Lanes::Decimal(values) => self.append_decimals(values, valid),
            Lanes::Text(texts) => {
                let code = |row: usize| if vector.is_valid(row) { row as u32 + 1 } else { 0 };
                let codes = Codes::collect(texts.len() as u64 + 1, (0..texts.len()).map(code));
                self.append_text_dictionary(
                    texts.len(),
                    &|index| texts.get(index),
                    codes,
                    valid.is_some_and(|valid| valid.contains(&false)),
                );
            }
            Lanes::Interval(values) => {
                self.note_nulls(valid);
                self.n_rows += values.len();
                if let Parts::Intervals(all) = &mut self.parts {
                    all.extend(values);
                }
            }
        }
    }

    pub fn append_ints(&mut self, values: &[i64], valid: Option<&[bool]>) {
        if matches!(self.parts, Parts::Decimals(_)) {
            let wide: Vec<i128> = values.iter().map(|value| i128::from(*value)).collect();
            return self.append_decimals(&wide, valid);
        }
        self.n_rows += values.len();
        if let Parts::Ints(chunks) = &mut self.parts {
            chunks.push(IntChunk::new(self.data_type, values, valid));
        }
    }

    pub fn append_floats(&mut self, values: &[f64], valid: Option<&[bool]>) {
        self.note_nulls(valid);
        self.n_rows += values.len();
        if let Parts::Floats(all) = &mut self.parts {
            all.extend_from_slice(values);
        }
    }

    pub fn append_decimals(&mut self, values: &[i128], valid: Option<&[bool]>) {
        if let Parts::Ints(chunks) = &mut self.parts {
            let narrow: Option<Vec<i64>> = values.iter().map(|value| i64::try_from(*value).ok()).collect();
            if let Some(narrow) = narrow {
                return self.append_ints(&narrow, valid);
            }
            let chunks = std::mem::take(chunks);
            self.parts = Parts::Decimals(self.widen(chunks));
        }
        self.note_nulls(valid);
        self.n_rows += values.len();
        if let Parts::Decimals(all) = &mut self.parts {
            all.extend_from_slice(values);
        }
    }

    /// One code per row: 0 is null, `n + 1` the value `n`.
    pub fn append_int_dictionary(&mut self, values: Vec<i64>, codes: Codes, has_nulls: bool) {
        if matches!(self.parts, Parts::Decimals(_)) {
            return self.append_decimal_dictionary(&values.into_iter().map(i128::from).collect::<Vec<_>>(), &codes, has_nulls);
        }
        self.n_rows += codes.len();
        if let Parts::Ints(chunks) = &mut self.parts {
            chunks.push(IntChunk::dictionary(self.data_type, values, codes, has_nulls));
        }
    }

    pub fn append_decimal_dictionary(&mut self, values: &[i128], codes: &Codes, has_nulls: bool) {
        let (values, valid) = spread(values, codes, has_nulls);
        self.append_decimals(&values, valid.as_deref());
    }

    pub fn append_float_dictionary(&mut self, values: &[f64], codes: &Codes, has_nulls: bool) {
        let (values, valid) = spread(values, codes, has_nulls);
        self.append_floats(&values, valid.as_deref());
    }

    /// One code per row: 0 is null, `n + 1` the string `n`.
    pub fn append_text_dictionary<'a>(&mut self, n_texts: usize, text: &dyn Fn(usize) -> &'a str, codes: Codes, has_nulls: bool) {
        let Parts::Texts { interner, chunks } = &mut self.parts else { return };
        // Only strings that occur: the dictionary may have more.
        let mut numbers = with_codes!(&codes, codes => occurring(codes, n_texts + 1));
        numbers[0] = 0;
        interner.intern(text, &mut numbers);
        self.n_rows += codes.len();
        chunks.push(TextChunk { codes, numbers, has_nulls });
    }

    /// About what the column has so far.
    pub fn bytes(&self) -> usize {
        let parts = match &self.parts {
            Parts::Ints(chunks) => chunks.iter().map(IntChunk::bytes).sum(),
            Parts::Floats(values) => values.len() * 8,
            Parts::Decimals(values) => values.len() * 16,
            Parts::Texts { interner, chunks } => interner.bytes() + chunks.iter().map(|chunk| chunk.codes.bytes()).sum::<usize>(),
            Parts::Intervals(values) => values.len() * size_of::<Interval>(),
        };
        parts + self.null_rows.len() * 4
    }

    pub fn finish(mut self) -> Column {
        // What was taken ahead is given back.
        match &mut self.parts {
            Parts::Floats(values) => values.shrink_to_fit(),
            Parts::Decimals(values) => values.shrink_to_fit(),
            _ => {}
        }
        let n_rows = self.n_rows;
        let bits = |rows: &[u32]| {
            let mut bits = Bitmap::none(n_rows);
            rows.iter().for_each(|row| bits.set(*row as usize));
            bits
        };
        let plain = |lanes: Lanes| Data::Plain { lanes, valid: (!self.null_rows.is_empty()).then(|| bits(&self.null_rows).complement()) };
        let data = match self.parts {
            Parts::Ints(chunks) => match (narrow::join(chunks), self.data_type) {
                (Data::Plain { lanes: Lanes::Int(values), valid }, DataType::Decimal { .. }) => {
                    Data::Plain { lanes: Lanes::Decimal(values.into_iter().map(i128::from).collect()), valid }
                }
                (data, _) => data,
            },
            Parts::Floats(values) => plain(Lanes::Float(values)),
            Parts::Decimals(values) => plain(Lanes::Decimal(values)),
            Parts::Intervals(values) => plain(Lanes::Interval(values)),
            Parts::Texts { interner, chunks } => Data::Coded(join_texts(interner, chunks, n_rows)),
        };
        let mut column = Column::new(self.data_type, data);
        column.failed = self.error.map(|error| (bits(&self.failed_rows), error));
        column
    }

    fn note_nulls(&mut self, valid: Option<&[bool]>) {
        let start = self.n_rows as u32;
        self.null_rows.extend((start..).zip(valid.unwrap_or_default()).filter(|(_, valid)| !**valid).map(|(row, _)| row));
    }

    fn widen(&mut self, chunks: Vec<IntChunk>) -> Vec<i128> {
        let column = Column::new(DataType::Int64, narrow::join(chunks));
        let vector = column.read(0..column.len());
        self.null_rows = (0..column.len()).filter(|row| !vector.is_valid(*row)).map(|row| row as u32).collect();
        if let Lanes::Int(values) = vector.lanes { values.into_iter().map(i128::from).collect() } else { Vec::new() }
    }
}

/// 1 for every code that occurs, 0 for the others.
fn occurring<C: Code>(codes: &[C], domain: usize) -> Vec<u32> {
    let mut occurs = vec![0; domain];
    for codes in codes.chunks(4096) {
        codes.iter().for_each(|code| occurs[code.wide() as usize] = 1);
        if occurs[1..].iter().all(|occurs| *occurs == 1) {
            break;
        }
    }
    occurs
}

/// The value of every row, and which are there.
fn spread<T: Copy + Default>(values: &[T], codes: &Codes, has_nulls: bool) -> (Vec<T>, Option<Vec<bool>>) {
    let table: Vec<T> = std::iter::once(T::default()).chain(values.iter().copied()).collect();
    with_codes!(codes, codes => (
        codes.iter().map(|code| table[code.wide() as usize]).collect(),
        has_nulls.then(|| codes.iter().map(|code| code.wide() != 0).collect()),
    ))
}

fn join_texts(interner: Interner, chunks: Vec<TextChunk>, n_rows: usize) -> Coded {
    let (texts, ranks) = interner.sorted();
    let nullable = chunks.iter().any(|chunk| chunk.has_nulls);
    let first = u32::from(nullable);
    let domain = texts.len() as u64 + u64::from(nullable);
    let mut joined = Codes::with_capacity(domain, n_rows);
    for TextChunk { codes, numbers, .. } in chunks {
        let code = |number: &u32| number.checked_sub(1).map_or(0, |number| ranks[number as usize] + first);
        joined.extend_translated(&codes, &numbers.iter().map(code).collect::<Vec<u32>>());
    }
    Coded { codes: joined, nullable, domain: domain as u32, values: Values::Texts(texts) }
}
