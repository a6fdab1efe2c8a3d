//! Brings columns into a table: plans the requests, keeps several in flight and decodes each row group, in order, as soon as
//! its bytes are there.
use crate::answer::Checked;
use crate::cache::{Cache, NewBlob};
use crate::chunks::Chunks;
use crate::host::Host;
use crate::network::{Counters, Network};
use crate::open::{OpenFile, decode_failure, open};
use crate::prune::RowGroups;
use crate::record::{BlobRecord, version};
use crate::tabs::{News, Turn};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use std::cell::{Cell, RefCell};
use tarn_dashboard::{Column, Scalar};
use tarn_decode::Projection;
use tarn_decode::sort_by;
use tarn_engine::{Table, TableBuilder, TableError};
use tarn_protocol::{LoadError, LoadErrorKind, ReadCost};
use tarn_snapshot::{ByteRange, FetchPlan, check_contract, column_of_folder, uncovered};

pub(crate) const IN_FLIGHT: usize = 4;
/// The page draws what it is told of a load: each piece of a body, told, would take the load's own time.
const REPORT_EVERY_MS: f64 = 100.0;
/// What the chosen columns may declare to be without compression: beyond it a 32-bit heap is at risk.
const MAX_UNCOMPRESSED: u64 = 2 << 30;

/// How far a load has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    pub bytes_done: u64,
    pub bytes_total: u64,
    pub rows: u64,
}

/// One load of one source.
pub(crate) struct Load<'a, H> {
    pub host: &'a H,
    pub cache: &'a Cache,
    pub source: &'a str,
    /// All columns that the source promises, whichever are read.
    pub contract: &'a [Column],
    pub counters: &'a Counters,
    /// Row groups whose bytes, as far as they are here already, were counted when they were read.
    pub counted: Option<RowGroups>,
    /// A load whose columns take more bytes ends.
    pub budget: u64,
    /// Other tabs wait for this one while it has it; of the record with that key.
    pub turn: &'a RefCell<Option<Turn>>,
    pub key: &'a str,
    pub report: &'a dyn Fn(Progress),
}

/// Columns of a snapshot, and the bytes that were fetched for them.
pub(crate) struct Loaded {
    pub table: Table,
    pub new_blobs: Vec<NewBlob>,
}

/// A piece of a file that is to be had with one read of the cache or one request.
struct Unit {
    file: usize,
    range: ByteRange,
    cached: Option<BlobRecord>,
}

/// Columns of one file.
struct Chosen {
    /// Those that stand in the names of its folders have their value, the others are in the projection.
    folders: Vec<Option<Scalar>>,
    projection: Projection,
}

struct RowGroup {
    file: usize,
    index: usize,
    ranges: Vec<ByteRange>,
}

impl<H: Host> Load<'_, H> {
    /// Opens the files at these addresses, several at a time.
    pub async fn open(&self, urls: &[String]) -> Result<Vec<(OpenFile, Chunks)>, LoadError> {
        let on_bytes = |_: u64| self.sign();
        let network = Network { host: self.host, counters: self.counters, on_bytes: &on_bytes };
        let network = &network;
        let opened = stream::iter(urls).map(|url| async move { open(network, url).await.map_err(|kind| self.error(url, kind)) });
        let mut opened = opened.buffered(IN_FLIGHT);
        let mut files = vec![];
        while let Some(file) = opened.next().await {
            files.push(file?);
        }
        Ok(files)
    }

    /// Reads columns of files that are open, of these row groups (`None`: of all). `chunks` are bytes that are here already,
    /// by file.
    pub async fn columns(
        &self,
        files: &[OpenFile],
        mut chunks: Vec<Chunks>,
        snapshot: &str,
        columns: &[Column],
        chosen: Option<&RowGroups>,
    ) -> Result<Loaded, LoadError> {
        chunks.resize_with(files.len(), Chunks::default);
        let chosen_files = files.iter().map(|file| self.choose(file, columns)).collect::<Result<Vec<Chosen>, LoadError>>()?;
        let groups = row_groups(&chosen_files, chosen);
        let too_large = |bytes: u64, budget: u64| LoadErrorKind::TooLarge {
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            bytes,
            budget,
        };
        if let Some((file, of_file)) =
            files.iter().zip(&chosen_files).find(|(_, of_file)| of_file.projection.uncompressed_bytes() > MAX_UNCOMPRESSED)
        {
            return Err(self.error(&file.identity.url, too_large(of_file.projection.uncompressed_bytes(), MAX_UNCOMPRESSED)));
        }
        let mut new_blobs = wanted_pieces(&chunks, &groups);
        // By file: what came of it, and whether that was over the network.
        let mut came: Vec<Vec<(ByteRange, bool)>> = vec![vec![]; files.len()];
        new_blobs.iter().for_each(|blob| came[blob.file].push((blob.range, true)));
        let n_here: Vec<usize> = came.iter().map(Vec::len).collect();
        let units = plan(files, &chunks, &groups);
        let bytes_total = units.iter().map(|unit| unit.range.len()).sum();
        let (bytes_done, rows, reported_ms) = (Cell::new(0u64), Cell::new(0u64), Cell::new(f64::NEG_INFINITY));
        let on_bytes = |bytes: u64| {
            bytes_done.set(bytes_done.get() + bytes);
            let now_ms = self.host.stopwatch_ms();
            if now_ms - reported_ms.get() < REPORT_EVERY_MS {
                return;
            }
            reported_ms.set(now_ms);
            (self.report)(Progress { bytes_done: bytes_done.get().min(bytes_total), bytes_total, rows: rows.get() });
        };
        let network = Network { host: self.host, counters: self.counters, on_bytes: &on_bytes };
        let network = &network;
        let mut fetched = stream::iter(units).map(|unit| self.fetch(network, files, snapshot, unit)).buffer_unordered(IN_FLIGHT);

        let mut builder = TableBuilder::new(columns);
        let mut next = 0;
        loop {
            while let Some(group) = groups.get(next).filter(|group| group.ranges.iter().all(|range| chunks[group.file].covers(*range))) {
                let (Some(file), Some(of_file)) = (files.get(group.file), chosen_files.get(group.file)) else { break };
                self.verify(file, group.index, &group.ranges, &chunks[group.file]).await?;
                let is_counted = self.counted.as_ref().is_some_and(|counted| counted.has(group.file, group.index));
                let came = &came[group.file][if is_counted { n_here[group.file] } else { 0 }..];
                let read = self.decode(group, (&chunks[group.file], came), of_file, columns, &mut builder);
                rows.set(rows.get() + read.map_err(|kind| self.error(&file.identity.url, kind))?);
                next += 1;
                let bytes = builder.bytes() as u64;
                if bytes > self.budget {
                    // The other row groups are taken to be like those that were read.
                    let of_all = (bytes as f64 * groups.len() as f64 / next as f64) as u64;
                    return Err(self.error(&file.identity.url, too_large(of_all, self.budget)));
                }
                let still_needed = groups.iter().skip(next).filter(|other| other.file == group.file).flat_map(|other| &other.ranges);
                chunks[group.file].release_before(still_needed.map(|range| range.start).min().unwrap_or(u64::MAX));
            }
            let Some(unit) = fetched.next().await else { break };
            let (file, start, bytes, from_network) = unit?;
            let range = ByteRange::new(start, start + bytes.len() as u64);
            came[file].push((range, from_network));
            if from_network {
                new_blobs.push(NewBlob { file, range, bytes: bytes.clone() });
            }
            if let Some(chunks) = chunks.get_mut(file) {
                chunks.insert(start, bytes);
            }
        }
        if next < groups.len() {
            let url = files.get(groups[next].file).map_or("", |file| &file.identity.url);
            return Err(self.error(url, LoadErrorKind::Damaged { detail: "a row group's bytes are missing".into() }));
        }
        (self.report)(Progress { bytes_done: bytes_total, bytes_total, rows: rows.get() });
        let table =
            builder.finish().map_err(|error| self.error(files.first().map_or("", |file| &file.identity.url), table_failure(error)))?;
        Ok(Loaded { table, new_blobs })
    }

    /// Whether the cache does not have all of these columns.
    pub fn lacks(&self, files: &[OpenFile], columns: &[Column], chosen: Option<&RowGroups>) -> Result<bool, LoadError> {
        let chosen_files = files.iter().map(|file| self.choose(file, columns)).collect::<Result<Vec<Chosen>, LoadError>>()?;
        let nothing: Vec<Chunks> = files.iter().map(|_| Chunks::default()).collect();
        Ok(plan(files, &nothing, &row_groups(&chosen_files, chosen)).iter().any(|unit| unit.cached.is_none()))
    }

    fn choose(&self, file: &OpenFile, columns: &[Column]) -> Result<Chosen, LoadError> {
        let url = &file.identity.url;
        let at = |kind| self.error(url, kind);
        check_contract(url, file.footer.fields(), self.contract).map_err(at)?;
        let is_inside = |column: &Column| file.footer.fields().any(|field| field.name == column.name);
        let of_folder = |column: &Column| (!is_inside(column)).then(|| column_of_folder(url, column)).flatten().transpose();
        let folders = columns.iter().map(of_folder).collect::<Result<Vec<_>, _>>().map_err(at)?;
        let inside = columns.iter().zip(&folders).filter(|(_, value)| value.is_none());
        let names: Vec<&str> = inside.map(|(column, _)| column.name.as_str()).collect();
        let projection = file.footer.projection(&names).map_err(|error| at(decode_failure(error)))?;
        Ok(Chosen { folders, projection })
    }

    /// The unit's file, where its bytes start, the bytes, and whether they came from the network.
    async fn fetch(
        &self,
        network: &Network<'_, H>,
        files: &[OpenFile],
        snapshot: &str,
        unit: Unit,
    ) -> Result<(usize, u64, Bytes, bool), LoadError> {
        let Some(file) = files.get(unit.file) else { return Ok((unit.file, 0, Bytes::new(), false)) };
        let url = &file.identity.url;
        if let Some(blob) = unit.cached
            && let Some(bytes) = self.cache.blob(self.host, url, &version(file.digests.as_deref(), snapshot), blob).await
        {
            self.counters.bytes_from_cache.set(self.counters.bytes_from_cache.get() + bytes.len() as u64);
            (network.on_bytes)(bytes.len() as u64);
            return Ok((unit.file, unit.range.start, bytes, false));
        }
        let answer = network.range(url, unit.range, Some(&file.identity)).await;
        match answer.map_err(|kind| self.error(url, kind))?.0 {
            Checked::Part { range, bytes, .. } => Ok((unit.file, range.start, bytes, true)),
            Checked::Whole(bytes) => Ok((unit.file, 0, bytes, true)),
            Checked::Unchanged => Err(self.error(url, LoadErrorKind::Status { status: 304 })),
        }
    }

    /// Apart: a hot loop within the whole of `columns` would make the browser compile all of that anew.
    #[inline(never)]
    fn decode(
        &self,
        group: &RowGroup,
        (chunks, came): (&Chunks, &[(ByteRange, bool)]),
        Chosen { folders, projection }: &Chosen,
        columns: &[Column],
        builder: &mut TableBuilder,
    ) -> Result<u64, LoadErrorKind> {
        let started = self.host.stopwatch_ms();
        let bytes: Option<Vec<Bytes>> = group.ranges.iter().map(|range| chunks.get(*range)).collect();
        let bytes = bytes.ok_or_else(|| LoadErrorKind::Damaged { detail: "a row group's bytes are missing".into() })?;
        let rows = projection.n_rows(group.index).map_err(decode_failure)?;
        builder.add_rows(rows).map_err(table_failure)?;
        let mut inside = 0;
        for (place, (column, value)) in columns.iter().zip(folders).enumerate() {
            if let Some(value) = value {
                builder.append_value(place, value, rows).map_err(table_failure)?;
                continue;
            }
            let Some(field) = projection.field(inside) else { continue };
            let begun = self.host.stopwatch_ms();
            for block in projection.read(group.index, inside, &bytes).map_err(decode_failure)? {
                let block = block.map_err(decode_failure)?;
                if block.has_nulls() && !column.nullable {
                    return Err(LoadErrorKind::NullsInColumn { column: column.name.clone() });
                }
                builder.append(place, field, block).map_err(table_failure)?;
            }
            let decode_ms = self.host.stopwatch_ms() - begun;
            let mut cost = ReadCost { row_groups_read: 1, decode_ms, ..ReadCost::default() };
            projection.ranges_of(group.index, inside, &mut |range| note_bytes(range.into(), came, &mut cost));
            self.counters.note_column(&column.name, &cost);
            inside += 1;
        }
        self.counters.row_groups_read.set(self.counters.row_groups_read.get() + 1);
        self.counters.decode_ms.set(self.counters.decode_ms.get() + self.host.stopwatch_ms() - started);
        Ok(rows as u64)
    }

    /// Of life, to the tabs that wait.
    pub fn sign(&self) {
        if self.turn.borrow().is_some() {
            self.host.tell(&News::at_work(self.key));
        }
    }

    pub fn error(&self, url: &str, kind: LoadErrorKind) -> LoadError {
        LoadError { source: self.source.to_owned(), url: url.to_owned(), kind }
    }
}

fn row_groups(files: &[Chosen], chosen: Option<&RowGroups>) -> Vec<RowGroup> {
    let groups = files.iter().enumerate().flat_map(|(file, Chosen { projection, .. })| {
        let groups = projection.ranges().iter().enumerate().filter(move |(index, _)| chosen.is_none_or(|chosen| chosen.has(file, *index)));
        groups.map(move |(index, ranges)| RowGroup { file, index, ranges: ranges.iter().cloned().map(ByteRange::from).collect() })
    });
    groups.collect()
}

/// What to get, in the order in which it will be decoded: from the cache what it has, the rest in merged requests.
fn plan(files: &[OpenFile], chunks: &[Chunks], groups: &[RowGroup]) -> Vec<Unit> {
    let mut units = vec![];
    for (at, (file, chunks)) in files.iter().zip(chunks).enumerate() {
        let wanted: Vec<ByteRange> =
            groups.iter().filter(|group| group.file == at).flat_map(|group| group.ranges.iter().copied()).collect();
        let held: Vec<ByteRange> = chunks.pieces().map(|(range, _)| range).collect();
        let missing = uncovered(&wanted, &held);
        let cached: Vec<BlobRecord> =
            file.blobs.iter().filter(|blob| missing.iter().any(|range| blob.range.overlaps(*range))).copied().collect();
        let cached_ranges: Vec<ByteRange> = cached.iter().map(|blob| blob.range).collect();
        let requests = FetchPlan::DEFAULT.requests(&uncovered(&missing, &cached_ranges));
        let mut of_file: Vec<Unit> = cached.into_iter().map(|blob| Unit { file: at, range: blob.range, cached: Some(blob) }).collect();
        of_file.extend(requests.into_iter().map(|range| Unit { file: at, range, cached: None }));
        sort_by(&mut of_file, |a, b| a.range.cmp(&b.range));
        units.extend(of_file);
    }
    units
}

/// How much of the range came over the network, and how much from the cache.
fn note_bytes(range: ByteRange, came: &[(ByteRange, bool)], cost: &mut ReadCost) {
    for (piece, from_network) in came {
        let bytes = if *from_network { &mut cost.bytes_fetched } else { &mut cost.bytes_from_cache };
        *bytes += range.end.min(piece.end).saturating_sub(range.start.max(piece.start));
    }
}

/// The bytes from opening the files that hold parts of the columns.
fn wanted_pieces(chunks: &[Chunks], groups: &[RowGroup]) -> Vec<NewBlob> {
    let pieces = chunks.iter().enumerate().flat_map(|(file, chunks)| chunks.pieces().map(move |(range, bytes)| (file, range, bytes)));
    let wanted = pieces.filter(|(file, range, _)| {
        groups.iter().filter(|group| group.file == *file).flat_map(|group| &group.ranges).any(|wanted| wanted.overlaps(*range))
    });
    wanted.map(|(file, range, bytes)| NewBlob { file, range, bytes: bytes.clone() }).collect()
}

fn table_failure(error: TableError) -> LoadErrorKind {
    match error {
        TableError::MissingColumn { column } => LoadErrorKind::MissingColumn { column, available: vec![] },
        TableError::ColumnType { column, expected, found } => LoadErrorKind::ColumnType { column, expected, found },
        TableError::OutOfRange { column, value } => {
            LoadErrorKind::Damaged { detail: format!("column `{column}` has the value {value}, which is out of range") }
        }
        TableError::RowCount { expected, found } => {
            LoadErrorKind::Damaged { detail: format!("{found} rows where {expected} were expected") }
        }
    }
}
