//! Lays out counts and sums so that the page can answer the moves of a filter by itself.
use crate::aggregate::coarser_cells;
use crate::axis::Axis;
use crate::bitmap::Bitmap;
use crate::column::{Column, Values};
use crate::group::Grouping;
use crate::index::add_all;
use crate::pass::Pass;
use crate::plan::{How, Plan, Planned, Prepared};
use crate::prefix::Prefix;
use crate::rows::Groups;
use crate::run::columns;
use crate::tiling_axis::Places;
use crate::vector::scale_of;
use crate::{KeyBucket, Query, QueryKey, Table};
use std::sync::Arc;
use tarn_dashboard::{AggregateFunction, Expr, Measure};
use tarn_protocol::{Formula, Packed, QueryError, Question, Tally, Tile, can_evaluate};

/// All tiles of a filter together. What would be beyond is answered from indexes.
const MAX_BYTES: usize = 24 << 20;
/// A tile with more changes is as good as too large.
const MAX_CHANGES: usize = 1 << 20;
const MAX_CELLS: usize = 1 << 16;
/// Tables of places times cells that are counted in one go.
const MAX_COUNTED_BYTES: usize = 16 << 20;
/// With more, an index is made sooner.
const MAX_STRETCHES: usize = 16;

/// What is made so far.
pub struct Tiling {
    places: Option<Places>,
    /// `None` for one that would be too large.
    tiles: Vec<Option<Tile>>,
    /// The next one.
    begun: Changes,
    max_counted_bytes: usize,
}

impl Default for Tiling {
    fn default() -> Self {
        Self::counting(MAX_COUNTED_BYTES)
    }
}

impl Tiling {
    /// Larger tables are counted in stretches.
    pub(crate) fn counting(max_counted_bytes: usize) -> Self {
        Self { places: None, tiles: vec![], begun: Changes::default(), max_counted_bytes }
    }

    /// Goes over the rows once: for as many of the passes as there is room for, or for a stretch of the first one's places.
    fn lay(&mut self, passes: &[&Pass], axis: &Axis, places: &Places, mask: Option<&Bitmap>, n_rows: usize) {
        let n_places = places.starts.len() - 1;
        // Where every place is one code of the argument, counts tell its sums.
        let is_axis = |pass: &Pass| {
            let is_it = |column: &Arc<Column>| Arc::ptr_eq(column, &axis.column);
            places.axis.unit == 1 && pass.argument.as_ref().is_some_and(is_it)
        };
        let sums = |pass: &Pass| pass.argument.is_some() && !is_axis(pass);
        let bytes_of_place = |pass: &Pass| pass.grouping.n_cells * Prefix::bytes_of_cell(sums(pass));
        let most = passes.first().map_or(0, |first| self.max_counted_bytes / bytes_of_place(first).max(1)).max(1);
        if n_places.div_ceil(most) > MAX_STRETCHES {
            return self.tiles.push(None);
        }
        let from = self.begun.ends.len();
        let stretch = from..(from + most).min(n_places);
        let n_at_once = if stretch.len() == n_places { passes.len() } else { 1 };
        let (mut counted, mut n_bytes) = (vec![], 0);
        for pass in &passes[..n_at_once] {
            n_bytes += n_places * bytes_of_place(pass);
            if counted.is_empty() || n_bytes <= self.max_counted_bytes {
                // Rows beyond the stretch are counted behind it.
                counted.push((*pass, Prefix::of_places(stretch.len() + 1, pass.grouping.n_cells, sums(pass))));
            }
        }
        let place_of = |place: &u16| usize::from(*place).wrapping_sub(from).min(stretch.len()) as u16;
        add_all(axis, &places.place_of.iter().map(place_of).collect::<Vec<_>>(), mask, &mut counted, n_rows);
        for (pass, counts) in &counted {
            self.begun.add(counts, &places.starts[stretch.clone()], n_lanes(pass), is_axis(pass));
            if stretch.end == n_places || self.begun.cells.len() > MAX_CHANGES {
                let room = MAX_BYTES - self.tiles.iter().flatten().map(Tile::n_bytes).sum::<usize>();
                let tile = std::mem::take(&mut self.begun).finish(pass.grouping.n_cells, n_places);
                self.tiles.push(tile.filter(|tile| tile.n_bytes() <= room));
            }
        }
    }
}

/// Everything that a filter's moves are answered from; a question per query, where it can be told from tiles.
pub struct Tiled {
    pub axis: tarn_protocol::Axis,
    pub tiles: Vec<Tile>,
    pub questions: Vec<Option<Question>>,
}

/// Does the next piece of work. The queries are without the filter's own test. `None` while there is more to do. Without questions
/// where the expression `axis` has no or too many values for it.
pub fn tile(table: &mut Table, queries: &[Query], axis: &Expr, tiling: &mut Tiling) -> Result<Option<Tiled>, QueryError> {
    let along = table.axis(axis)?;
    let places = tiling.places.take().or_else(|| Places::of(along.as_ref()?));
    let (Some(along), Some(places)) = (along, places) else {
        return Ok(Some(Tiled { axis: tarn_protocol::Axis::default(), tiles: vec![], questions: vec![] }));
    };
    let mut plan = Plan::default();
    let mut prepared = vec![];
    for query in queries {
        // What fails here fails where it is asked.
        prepared.push(if is_told(query) { plan.prepare(table, query).ok() } else { None });
    }
    let mut used = Used { plan: &plan, passes: vec![] };
    let mut questions: Vec<Option<Question>> = vec![];
    for (query, prepared) in queries.iter().zip(&prepared) {
        questions.push(prepared.as_ref().and_then(|prepared| used.question(query, prepared)));
    }
    let passes = used.passes;
    let Some(next) = passes.get(tiling.tiles.len()).copied() else {
        // A question that fails leaves passes behind that nobody needs: so be it.
        let is_there = |tile: u32| tiling.tiles.get(tile as usize).is_some_and(Option::is_some);
        for question in &mut questions {
            *question = question.take().filter(|question| question.tiles().into_iter().all(is_there));
        }
        let tiles = std::mem::take(&mut tiling.tiles).into_iter().map(Option::unwrap_or_default).collect();
        return Ok(Some(Tiled { axis: places.axis, tiles, questions }));
    };
    let mask = plan.mask_of(table, plan.passes[next].selection)?;
    let selection = plan.passes[next].selection;
    let next = passes[tiling.tiles.len()..].iter().map(|pass| &plan.passes[*pass]).take_while(|pass| pass.selection == selection);
    tiling.lay(&next.collect::<Vec<_>>(), &along, &places, mask.as_deref(), table.n_rows());
    tiling.places = Some(places);
    Ok(None)
}

/// Whether a query is of a kind that tiles tell.
#[inline]
fn is_told(query: &Query) -> bool {
    let is_plain = query.tops.is_empty() && query.having.is_none() && query.search.is_empty() && query.n_levels() == 0;
    let fills = |bucket: KeyBucket| matches!(bucket, KeyBucket::Bins { .. } | KeyBucket::Time { fill: true, .. });
    let has_gaps = query.keys.len() > 1 && query.keys.iter().any(|key| fills(key.bucket));
    is_plain && !has_gaps && query.measures.iter().all(|measure| measure.window.is_none() && can_evaluate(&measure.value))
}

/// Passes that questions need, in the order of their tiles.
struct Used<'a> {
    plan: &'a Plan,
    passes: Vec<usize>,
}

impl Used<'_> {
    #[inline]
    fn question(&mut self, query: &Query, prepared: &Prepared) -> Option<Question> {
        let grouping = &prepared.grouping;
        let n_cells = grouping.n_cells as u32;
        if grouping.n_cells > MAX_CELLS || query.first.is_some_and(|(whole, _)| n_cells > whole) {
            return None;
        }
        let first = u32::from(grouping.first_left_out);
        // A cell before the first is in no group, and may have no values: it stands for the first.
        let cells: Vec<u32> = (0..n_cells).map(|cell| cell.max(first)).filter(|cell| *cell < n_cells).collect();
        let groups = Groups::of_cells(grouping, cells);
        let rows: Vec<u32> = (0..groups.cells.len() as u32).collect();
        let keys = columns(query, grouping, &groups, &[], &rows);
        let mut codes = vec![];
        for codes_of_key in groups.codes.iter().filter(|_| query.keys.len() > 1) {
            codes.push(Packed::new(&codes_of_key.iter().map(|code| u64::from(*code)).collect::<Vec<_>>()));
        }
        let (mut measures, mut totals) = (vec![], vec![]);
        for (measure, planned) in query.measures.iter().zip(&prepared.aggregates) {
            let aggregates = self.tallies(measure, planned, grouping)?;
            // What others are distinct of is not known of each cell.
            if query.other && aggregates.iter().any(|tally| tally.cells.is_some()) {
                return None;
            }
            measures.push(Formula { name: measure.name.clone(), value: measure.value.clone(), aggregates });
            if let Some(total) = &prepared.total {
                totals.push(self.tallies(measure, planned, total)?);
            }
        }
        let fills = |all: bool| match query.keys.as_slice() {
            [QueryKey { bucket: KeyBucket::Bins { .. }, .. }] => all,
            [QueryKey { bucket: KeyBucket::Time { fill, .. }, .. }] => *fill && !all,
            _ => false,
        };
        let is_count = |pass: &Pass| pass.selection == prepared.selection && pass.grouping.codes().is_none();
        let matched = self.plan.passes.iter().position(is_count)?;
        Some(Question {
            keys,
            codes,
            first,
            fills: fills(false),
            shows_all: fills(true),
            rows: self.pass(prepared.selection, grouping, None)?,
            matched: self.number(matched),
            measures,
            order: query.order.clone(),
            limit: query.limit,
            other: query.other,
            totals: query.totals.then_some(totals),
            most_days: i64::MAX,
        })
    }

    #[inline]
    fn tallies(&mut self, measure: &Measure, planned: &[Planned], grouping: &Arc<Grouping>) -> Option<Vec<Tally>> {
        let mut tallies = vec![];
        for (aggregate, Planned { selection, how }) in measure.aggregates.iter().zip(planned) {
            let (mut of, mut argument) = (grouping, None);
            let (data_type, is_average) = (aggregate.data_type, aggregate.function == AggregateFunction::Avg);
            let (tile, lane, base, step) = (0, 0, 0, 0);
            let mut tally = Tally { tile, lane, cells: None, is_sum: false, base, step, nullable: false, scale: 0, is_average, data_type };
            match how {
                How::Rows => {}
                How::Valid(column) | How::CodeSums(column) => {
                    let coded = column.coded()?;
                    argument = Some(column);
                    tally.nullable = coded.nullable;
                    tally.lane = if coded.nullable { 2 } else { 0 };
                    tally.scale = scale_of(column.data_type);
                    if let How::CodeSums(_) = how {
                        let Values::Linear { base, step } = coded.values else { return None };
                        (tally.is_sum, tally.base, tally.step) = (true, base, step);
                    }
                }
                How::Distinct(combinations) => {
                    of = combinations.iter().find(|(own, _)| Arc::ptr_eq(own, grouping)).map(|(_, finer)| finer)?;
                    let mut cells = vec![];
                    for cell in coarser_cells(grouping, of) {
                        cells.push(u64::from(cell).min(grouping.n_cells as u64));
                    }
                    tally.cells = Some(Packed::new(&cells));
                }
                How::Scan { .. } => return None,
            }
            tally.tile = self.pass(*selection, of, argument)?;
            tallies.push(tally);
        }
        Some(tallies)
    }

    /// The tile of a pass. Every pass has counts, so without an argument any will do.
    #[inline]
    fn pass(&mut self, selection: usize, grouping: &Arc<Grouping>, argument: Option<&Arc<Column>>) -> Option<u32> {
        let fits = |pass: &Pass| {
            let same_argument = argument.is_none_or(|wanted| pass.argument.as_ref().is_some_and(|own| Arc::ptr_eq(own, wanted)));
            pass.selection == selection && Arc::ptr_eq(&pass.grouping, grouping) && same_argument
        };
        Some(self.number(self.plan.passes.iter().position(fits)?))
    }

    #[inline]
    fn number(&mut self, pass: usize) -> u32 {
        let known = self.passes.iter().position(|used| *used == pass);
        known.unwrap_or_else(|| {
            self.passes.push(pass);
            self.passes.len() - 1
        }) as u32
    }
}

/// What a tile is made of, as far as it is known.
#[derive(Default)]
struct Changes {
    ends: Vec<u64>,
    cells: Vec<u64>,
    lanes: Vec<Vec<u64>>,
}

impl Changes {
    /// What was counted at the next places, which are of one code of the argument each where that `is_axis`.
    fn add(&mut self, counts: &Prefix, codes: &[u32], n_lanes: usize, is_axis: bool) {
        let Self { ends, cells, lanes } = self;
        lanes.resize(n_lanes, vec![]);
        for (place, code) in codes.iter().map(|code| u64::from(*code)).enumerate() {
            counts.added(place, |cell, mut sums| {
                if is_axis {
                    sums = [sums[0], sums[0] * code, sums[0] * u64::from(code != 0)];
                }
                cells.push(cell as u64);
                lanes.iter_mut().zip(sums).for_each(|(lane, sum)| lane.push(sum));
            });
            ends.push(cells.len() as u64);
        }
    }

    /// `None` for too many.
    fn finish(self, n_cells: usize, n_places: usize) -> Option<Tile> {
        let is_whole = self.ends.len() == n_places && self.cells.len() <= MAX_CHANGES;
        is_whole.then(|| Tile::new(n_cells as u32, &self.ends, &self.cells, &self.lanes))
    }
}

/// Rows; sums of the argument's codes; those of them that are not 0, which is null.
fn n_lanes(pass: &Pass) -> usize {
    let argument = pass.argument.as_ref().and_then(|column| column.coded());
    argument.map_or(1, |argument| 2 + usize::from(argument.nullable))
}
