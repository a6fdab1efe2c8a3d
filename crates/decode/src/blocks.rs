//! The rows of a flat column, block by block.
use crate::DecodeError;
use crate::column::{Block, Places, Values};
use crate::hybrid::Number;
use crate::leaf::{DataPage, Leaf, Pages};

/// The blocks of one column of one row group, in order. Ends after the first error.
pub struct Blocks {
    column: String,
    inner: Inner,
}

#[allow(clippy::large_enum_variant, reason = "one lives for each column that is being read")]
enum Inner {
    Flat { pages: Pages, leaf: Leaf, waiting: Option<DataPage> },
    Ready(Option<Block>),
    Ended,
}

impl Blocks {
    pub(crate) fn flat(column: &str, pages: Pages, leaf: Leaf) -> Self {
        Self { column: column.to_owned(), inner: Inner::Flat { pages, leaf, waiting: None } }
    }

    pub(crate) fn ready(column: &str, block: Block) -> Self {
        Self { column: column.to_owned(), inner: Inner::Ready(Some(block)) }
    }
}

impl Iterator for Blocks {
    type Item = Result<Block, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = match &mut self.inner {
            Inner::Ended => return None,
            Inner::Ready(block) => return block.take().map(Ok),
            Inner::Flat { pages, leaf, waiting } => next_block(pages, *leaf, waiting),
        };
        if block.is_err() {
            self.inner = Inner::Ended;
        }
        block.map_err(|error| error.in_column(&self.column)).transpose()
    }
}

// Apart from who asks, and from the pages: browsers compile a function with a hot loop anew, all of it.
#[inline(never)]
fn next_block(pages: &mut Pages, leaf: Leaf, waiting: &mut Option<DataPage>) -> Result<Option<Block>, DecodeError> {
    let page = match waiting.take() {
        Some(page) => Some(page),
        None => pages.next()?,
    };
    let Some(page) = page else { return Ok(None) };
    if page.places()?.is_none() {
        return plain(&page, leaf).map(Some);
    }
    let Some(n_values) = pages.dictionary.as_ref().map(Values::len) else {
        // Nulls need none.
        let levels = page.definitions(leaf)?.filter(|levels| levels.iter().all(|level| *level == 0));
        return levels.map(|_| Some(Block::Nulls(page.n_levels))).ok_or_else(without_dictionary);
    };
    // All neighbouring pages that use the dictionary become one block.
    let (places, has_nulls) = match n_values {
        0..=0xff => {
            let (places, has_nulls) = dictionary(pages, leaf, page, waiting, n_values)?;
            (Places::U8(places), has_nulls)
        }
        0x100..=0xffff => {
            let (places, has_nulls) = dictionary(pages, leaf, page, waiting, n_values)?;
            (Places::U16(places), has_nulls)
        }
        _ => {
            let (places, has_nulls) = dictionary(pages, leaf, page, waiting, n_values)?;
            (Places::U32(places), has_nulls)
        }
    };
    // Only the last block of a chunk takes the dictionary along without a copy; files with several are rare.
    let values = if waiting.is_some() { pages.dictionary.clone() } else { pages.dictionary.take() };
    let values = values.ok_or_else(without_dictionary)?;
    Ok(Some(Block::Dictionary { values, places, has_nulls }))
}

fn plain(page: &DataPage, leaf: Leaf) -> Result<Block, DecodeError> {
    let Some(levels) = page.definitions(leaf)? else {
        let values = page.values(leaf, page.n_levels)?;
        return Ok(Block::Plain { values, valid: None });
    };
    let valid: Vec<bool> = levels.into_iter().map(|level| level > 0).collect();
    let n_valid = valid.iter().filter(|valid| **valid).count();
    if n_valid == 0 {
        return Ok(Block::Nulls(valid.len()));
    }
    Ok(Block::Plain { values: page.values(leaf, n_valid)?.spread(&valid), valid: Some(valid) })
}

fn dictionary<T: Number>(
    pages: &mut Pages,
    leaf: Leaf,
    first: DataPage,
    waiting: &mut Option<DataPage>,
    n_values: usize,
) -> Result<(Vec<T>, bool), DecodeError> {
    let mut places: Vec<T> = Vec::new();
    let mut has_nulls = false;
    let mut page = first;
    let limit = u32::try_from(n_values).unwrap_or(u32::MAX);
    loop {
        let Some(mut hybrid) = page.places()? else {
            *waiting = Some(page);
            break;
        };
        places.try_reserve(page.n_levels).map_err(|_| DecodeError::damaged("a page with more rows than fit"))?;
        match page.definitions(leaf)? {
            None => hybrid.read(page.n_levels, 1, limit, &mut places)?,
            Some(levels) => {
                has_nulls = true;
                let mut present = vec![];
                hybrid.read(levels.iter().filter(|level| **level > 0).count(), 1, limit, &mut present)?;
                let mut present = present.into_iter();
                places.extend(levels.iter().map(|level| if *level > 0 { present.next().unwrap_or_default() } else { T::default() }));
            }
        }
        match pages.next()? {
            Some(next) => page = next,
            None => break,
        }
    }
    Ok((places, has_nulls))
}

fn without_dictionary() -> DecodeError {
    DecodeError::damaged("a page without its dictionary")
}
