use crate::Footer;
use parquet::file::metadata::ColumnChunkMetaData;
use std::ops::Range;

/// Column chunks counted over the whole file: row group after row group, in each the columns in the file's order. Lists of
/// digests stand in that order.
impl Footer {
    pub fn n_chunks(&self) -> usize {
        self.metadata().row_groups().iter().map(|group| group.columns().len()).sum()
    }

    /// The place of the row group's chunk with exactly these bytes.
    pub fn chunk_place(&self, row_group: usize, range: &Range<u64>) -> Option<usize> {
        let groups = self.metadata().row_groups();
        let before: usize = groups.get(..row_group)?.iter().map(|group| group.columns().len()).sum();
        let place = groups.get(row_group)?.columns().iter().position(|chunk| holds(chunk, range))?;
        Some(before + place)
    }
}

fn holds(chunk: &ColumnChunkMetaData, range: &Range<u64>) -> bool {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    u64::try_from(start) == Ok(range.start) && u64::try_from(chunk.compressed_size()) == Ok(range.end - range.start)
}
