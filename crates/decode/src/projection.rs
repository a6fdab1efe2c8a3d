use crate::blocks::Blocks;
use crate::column::Block;
use crate::convert::Conversion;
use crate::leaf::{Leaf, Pages};
use crate::nested::{self, Node, Stripe};
use crate::schema::{Field, FieldType};
use crate::sort::sort_by;
use crate::{DecodeError, Footer};
use bytes::Bytes;
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::schema::types::ColumnDescriptor;
use std::ops::Range;
use std::sync::Arc;

/// Chosen columns of a file.
#[derive(Clone)]
pub struct Projection {
    metadata: Arc<ParquetMetaData>,
    columns: Vec<Column>,
    /// Per row group, the bytes of the chosen column chunks, ascending.
    ranges: Vec<Vec<Range<u64>>>,
    uncompressed_bytes: u64,
}

#[derive(Clone)]
struct Column {
    field: Field,
    /// How a nested value is put together.
    nested: Option<Arc<Node>>,
    /// Its leaves in the file's schema, with what their bytes mean.
    leaves: Vec<(usize, Leaf)>,
}

impl Projection {
    pub(crate) fn new(footer: &Footer, names: &[&str]) -> Result<Self, DecodeError> {
        let mut columns = vec![];
        for name in names {
            let (root, field, conversion) = footer.field(name).ok_or_else(|| DecodeError::MissingColumn { column: (*name).to_owned() })?;
            columns.push(column(footer, root, field, conversion)?);
        }
        let mut uncompressed_bytes = 0u64;
        let mut ranges = vec![];
        for group in footer.metadata().row_groups() {
            let mut chunks = vec![];
            for (leaf, _) in columns.iter().flat_map(|column| &column.leaves) {
                let chunk = group.columns().get(*leaf).ok_or_else(|| DecodeError::damaged("a row group lacks a column"))?;
                supported_codec(chunk)?;
                chunks.push(chunk_range(chunk, footer.file_length())?);
                let size = u64::try_from(chunk.uncompressed_size()).map_err(|_| DecodeError::damaged("a negative size"))?;
                uncompressed_bytes = uncompressed_bytes.saturating_add(size);
            }
            sort_by(&mut chunks, |a, b| a.start.cmp(&b.start));
            ranges.push(chunks);
        }
        Ok(Self { metadata: footer.metadata().clone(), columns, ranges, uncompressed_bytes })
    }

    /// Per row group, the bytes of the chosen column chunks, ascending.
    pub fn ranges(&self) -> &[Vec<Range<u64>>] {
        &self.ranges
    }

    /// What the chosen column chunks declare to be without compression.
    pub fn uncompressed_bytes(&self) -> u64 {
        self.uncompressed_bytes
    }

    /// One of the chosen columns, by its position among them.
    pub fn field(&self, column: usize) -> Option<&Field> {
        self.columns.get(column).map(|column| &column.field)
    }

    /// The bytes of one of the chosen columns in a row group, by its position among them.
    pub fn ranges_of(&self, row_group: usize, column: usize, each: &mut dyn FnMut(Range<u64>)) {
        let (Some(group), Some(column)) = (self.metadata.row_groups().get(row_group), self.columns.get(column)) else { return };
        for (leaf, _) in &column.leaves {
            if let Some(chunk) = group.columns().get(*leaf) {
                // What does not fit a file was refused before.
                let (start, length) = chunk.byte_range();
                each(start..start.saturating_add(length));
            }
        }
    }

    /// Rows of a row group: the blocks of each column together have as many.
    pub fn n_rows(&self, row_group: usize) -> Result<usize, DecodeError> {
        let group = self.metadata.row_groups().get(row_group).ok_or_else(|| DecodeError::damaged("no such row group"))?;
        u32::try_from(group.num_rows()).map(|n_rows| n_rows as usize).map_err(|_| DecodeError::damaged("a row group without end"))
    }

    /// Reads one of the chosen columns, by its position among them. `chunks` are the bytes of the row group's
    /// [`Projection::ranges`], in that order.
    pub fn read(&self, row_group: usize, column: usize, chunks: &[Bytes]) -> Result<Blocks, DecodeError> {
        let n_rows = self.n_rows(row_group)?;
        let column = self.columns.get(column).ok_or_else(|| DecodeError::damaged("no such column"))?;
        let blocks = self.blocks(row_group, n_rows, column, chunks);
        blocks.map_err(|error| error.in_column(&column.field.name))
    }

    fn blocks(&self, row_group: usize, n_rows: usize, column: &Column, chunks: &[Bytes]) -> Result<Blocks, DecodeError> {
        if column.nested.is_none() && column.leaves.iter().any(|(_, leaf)| leaf.conversion == Conversion::Nothing) {
            return Ok(Blocks::ready(&column.field.name, Block::Nulls(n_rows)));
        }
        let pages = |(at, leaf): &(usize, Leaf)| {
            let chunk = self.metadata.row_groups().get(row_group).and_then(|group| group.columns().get(*at));
            let chunk = chunk.ok_or_else(|| DecodeError::damaged("a row group lacks a column"))?;
            let (start, _) = chunk.byte_range();
            let ranges = self.ranges.get(row_group).map_or(&[][..], Vec::as_slice);
            let bytes = ranges.iter().position(|range| range.start == start).and_then(|place| chunks.get(place));
            let bytes = bytes.ok_or_else(|| DecodeError::damaged("a column chunk is missing"))?.clone();
            let n_levels = if leaf.max_repetition == 0 { n_rows } else { usize::try_from(chunk.num_values()).unwrap_or(0) };
            Ok::<_, DecodeError>(Pages::new(chunk.compression(), *leaf, bytes, n_levels))
        };
        if let Some(node) = &column.nested {
            let stripes = column.leaves.iter().map(|leaf| Stripe::read(pages(leaf)?, leaf.1)).collect::<Result<_, _>>()?;
            return Ok(Blocks::ready(&column.field.name, nested::rows(node, stripes, n_rows)?));
        }
        match column.leaves.as_slice() {
            [leaf] => Ok(Blocks::flat(&column.field.name, pages(leaf)?, leaf.1)),
            _ => Err(DecodeError::damaged("a column without bytes")),
        }
    }
}

fn column(footer: &Footer, root: usize, field: &Field, conversion: Option<Conversion>) -> Result<Column, DecodeError> {
    let schema = footer.metadata().file_metadata().schema_descr();
    let nested = match (field.field_type, conversion) {
        (FieldType::Nested(_), None) => schema.root_schema().get_fields().get(root).and_then(|root| Node::of_column(root)),
        _ => None,
    };
    let conversions = match (&nested, conversion) {
        (Some(nested), _) => nested.conversions(),
        (None, Some(conversion)) => vec![conversion],
        (None, None) => {
            return Err(DecodeError::UnsupportedType { column: field.name.clone(), found: found(field.field_type).to_owned() });
        }
    };
    let leaves = (0..schema.num_columns()).filter(|leaf| schema.get_column_root_idx(*leaf) == root);
    let leaves = leaves.zip(conversions).map(|(at, conversion)| (at, leaf(&schema.column(at), conversion))).collect();
    Ok(Column { field: field.clone(), nested: nested.map(Arc::new), leaves })
}

fn leaf(column: &ColumnDescriptor, conversion: Conversion) -> Leaf {
    Leaf {
        physical: column.physical_type(),
        type_length: usize::try_from(column.type_length()).unwrap_or(0),
        conversion,
        max_definition: column.max_def_level(),
        max_repetition: column.max_rep_level(),
    }
}

fn found(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Nested(nested) => nested,
        FieldType::Interval => "interval",
        _ => "another type",
    }
}

fn supported_codec(chunk: &ColumnChunkMetaData) -> Result<(), DecodeError> {
    let codec = match chunk.compression() {
        Compression::BROTLI(_) => "Brotli",
        Compression::LZO => "LZO",
        _ => return Ok(()),
    };
    Err(DecodeError::UnsupportedCodec { codec, column: chunk.column_descr().name().to_owned() })
}

fn chunk_range(chunk: &ColumnChunkMetaData, file_length: u64) -> Result<Range<u64>, DecodeError> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let start = u64::try_from(start).ok();
    let end = start.zip(u64::try_from(chunk.compressed_size()).ok()).and_then(|(start, length)| start.checked_add(length));
    match (start, end) {
        (Some(start), Some(end)) if end <= file_length => Ok(start..end),
        _ => Err(DecodeError::damaged(format!("column `{}` lies outside the file", chunk.column_descr().name()))),
    }
}
