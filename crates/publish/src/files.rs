//! Sorted rows into Parquet files whose names are their content.
use crate::{
    PublishError,
    calendar::{Boundaries, MAX_FILE_ROWS, days},
    conform::parquet_schema,
    encoding::{SAMPLE_ROWS, encoded},
};
use arrow_array::RecordBatch;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::SchemaRef;
use arrow_select::concat::concat_batches;
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion},
};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
    sync::Arc,
};
use tempfile::TempDir;

/// A file that was written, not yet in the store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WrittenFile {
    pub path: PathBuf,
    /// SHA-256 of the content, in hexadecimal digits.
    pub digest: String,
    pub size: u64,
    pub n_rows: u64,
    /// The values that all rows share, by column; `None` is null.
    pub partition: Vec<(String, Option<String>)>,
}

pub(crate) struct FileWriter {
    schema: SchemaRef,
    partition_by: Vec<usize>,
    /// The column whose days divide files.
    time: Option<usize>,
    boundaries: Boundaries,
    properties: WriterPropertiesBuilder,
    /// So many rows of a file tell how its columns are encoded.
    sample_rows: usize,
    folder: TempDir,
    open: Option<Open>,
    written: Vec<WrittenFile>,
}

/// What rows of one file have alike.
#[derive(Clone, Debug, PartialEq)]
struct Group {
    partition: Vec<Option<String>>,
    file: Option<i32>,
}

struct Open {
    group: Group,
    /// The first rows, until they are enough to tell; and from then on, what writes.
    first: Vec<RecordBatch>,
    writer: Option<ArrowWriter<Hashing>>,
    n_rows: u64,
}

impl FileWriter {
    /// `partition_by` and `time` are positions in the schema. Rows come sorted by the partition, then by time.
    pub fn new(
        schema: SchemaRef,
        partition_by: Vec<usize>,
        time: Option<usize>,
        boundaries: Boundaries,
        row_group_rows: u32,
    ) -> Result<Self, PublishError> {
        let properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(6)?))
            .set_max_row_group_row_count(Some(row_group_rows as usize))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_dictionary_enabled(true)
            // Nothing that changes from run to run or from machine to machine: equal rows make equal bytes.
            .set_created_by(format!("tarn {}", env!("CARGO_PKG_VERSION")));
        let sample_rows = SAMPLE_ROWS.min(row_group_rows as usize);
        let folder = TempDir::new().map_err(PublishError::scratch)?;
        Ok(Self { schema, partition_by, time, boundaries, properties, sample_rows, folder, open: None, written: vec![] })
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), PublishError> {
        let mut start = 0;
        for (end, group) in self.stretches(batch)? {
            self.append(batch, start, end, group)?;
            start = end;
        }
        Ok(())
    }

    /// The files, in the order of their rows, and the folder that holds them.
    pub fn finish(mut self) -> Result<(Vec<WrittenFile>, TempDir), PublishError> {
        self.close()?;
        Ok((self.written, self.folder))
    }

    /// Where each group of the batch ends.
    fn stretches(&self, batch: &RecordBatch) -> Result<Vec<(usize, Group)>, PublishError> {
        let options = FormatOptions::default();
        let formatters = self.partition_by.iter().map(|at| ArrayFormatter::try_new(batch.column(*at).as_ref(), &options));
        let formatters = formatters.collect::<Result<Vec<_>, _>>()?;
        let days = self.time.map(|time| days(batch, time));
        let group = |row: usize| Group {
            partition: self
                .partition_by
                .iter()
                .zip(&formatters)
                .map(|(at, values)| batch.column(*at).is_valid(row).then(|| values.value(row).to_string()))
                .collect(),
            file: days.as_ref().and_then(|days| self.boundaries.file_of(days[row])),
        };
        let mut stretches: Vec<(usize, Group)> = vec![];
        let mut row = 0;
        while row < batch.num_rows() {
            // Rows are sorted: the group's end is found by halving.
            let at = group(row);
            let (mut low, mut high) = (row + 1, batch.num_rows());
            if group(high - 1) == at {
                low = high;
            }
            while low < high {
                let middle = low + (high - low) / 2;
                if group(middle) == at { low = middle + 1 } else { high = middle }
            }
            stretches.push((low, at));
            row = low;
        }
        Ok(stretches)
    }

    fn append(&mut self, batch: &RecordBatch, mut start: usize, end: usize, group: Group) -> Result<(), PublishError> {
        while start < end {
            let fits = self.open.as_ref().is_some_and(|open| open.group == group && open.n_rows < MAX_FILE_ROWS);
            if !fits {
                self.close()?;
            }
            let mut open = self.open.take().unwrap_or_else(|| Open { group: group.clone(), first: vec![], writer: None, n_rows: 0 });
            let room = if open.writer.is_some() { MAX_FILE_ROWS } else { self.sample_rows as u64 };
            let n_rows = (end - start).min((room - open.n_rows) as usize);
            let rows = batch.slice(start, n_rows);
            open.n_rows += n_rows as u64;
            start += n_rows;
            match &mut open.writer {
                Some(writer) => writer.write(&rows)?,
                None => open.first.push(rows),
            }
            if open.n_rows == room {
                self.begin(&mut open)?;
            }
            self.open = Some(open);
        }
        Ok(())
    }

    /// Writes the first rows, unless they were written.
    fn begin(&self, open: &mut Open) -> Result<(), PublishError> {
        if open.writer.is_some() {
            return Ok(());
        }
        let first = concat_batches(&self.schema, &std::mem::take(&mut open.first))?;
        let file = File::create(self.path()).map_err(PublishError::scratch)?;
        let sink = Hashing { file: BufWriter::new(file), hash: Sha256::new(), size: 0 };
        let options = ArrowWriterOptions::new()
            .with_properties(encoded(&first, self.properties.clone())?)
            .with_parquet_schema(parquet_schema(&self.schema)?);
        let mut writer = ArrowWriter::try_new_with_options(sink, Arc::clone(&self.schema), options)?;
        writer.write(&first)?;
        open.writer = Some(writer);
        Ok(())
    }

    /// Where the next file lies.
    fn path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.parquet", self.written.len()))
    }

    fn close(&mut self) -> Result<(), PublishError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        self.begin(&mut open)?;
        let Open { group, writer: Some(writer), n_rows, .. } = open else { return Ok(()) };
        let path = self.path();
        let mut sink = writer.into_inner()?;
        sink.flush().map_err(PublishError::scratch)?;
        let names = self.partition_by.iter().map(|at| self.schema.field(*at).name().clone());
        self.written.push(WrittenFile {
            path,
            digest: hexadecimal(&sink.hash.finalize()),
            size: sink.size,
            n_rows,
            partition: names.zip(group.partition).collect(),
        });
        Ok(())
    }
}

/// A file that knows the digest of what was written to it.
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    size: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hash.update(&bytes[..n]);
        self.size += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
