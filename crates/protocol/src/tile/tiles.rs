use super::axis::Axis;
use super::packed::Bytes;
use super::question::{Question, Told};
use super::read::Reader;
use super::sums::{Sums, Tile};
use crate::{ResolvedPeriod, ResultTable, Results, Run, ViewResult, encode};
use serde::Serialize;
use std::ops::Range;
use tarn_dashboard::{Comparison, DAY_MICROS, FilterValue, Interval};

/// Answers to a run under any value of one filter, of one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tiles {
    pub filter: String,
    /// They are for runs of this [`subject`].
    pub subject: Bytes,
    /// What a period of the filter is compared with.
    pub comparison: Option<Comparison>,
    /// Of the other filters.
    pub periods: Vec<(String, ResolvedPeriod)>,
    pub axis: Axis,
    pub tiles: Vec<Tile>,
    pub views: Vec<MovingView>,
    /// Whether every other view of the run stays as it is, whatever the filter's value.
    pub is_whole: bool,
}

/// A view that the filter changes, and what is known of its results before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MovingView {
    pub id: String,
    pub current: Question,
    /// What the numbers are compared with is of another filter's period.
    pub previous: Option<Question>,
    /// It is of the filter's own.
    pub is_compared: bool,
    /// The measures over time, by the most days of the filter's period, ascending.
    pub series: Vec<Question>,
    pub rows_total: u64,
    pub filters_applied: Vec<String>,
    pub snapshot: String,
}

/// Answers that a page has found by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub results: Results,
    /// Views that are not among them stay as they are.
    pub is_whole: bool,
}

/// Everything that the answers to a run depend on beside the data and the filter's value.
pub fn subject(run: &Run, filter: &str) -> Vec<u8> {
    let others: Vec<&(String, FilterValue)> = run.selections.iter().filter(|(id, _)| id != filter).collect();
    encode(&(filter, &run.page, others, &run.comparisons, &run.views))
}

impl Tiles {
    /// `None` for bytes that are none.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let from = &mut Reader(bytes);
        Some(Self {
            filter: from.take()?,
            subject: from.take()?,
            comparison: from.take()?,
            periods: from.take()?,
            axis: Axis::read(from)?,
            tiles: from.many(Tile::read)?,
            views: from.many(MovingView::read)?,
            is_whole: from.take()?,
        })
    }

    /// Whether a run differs from the one that they were made for at most in the filter's value.
    pub fn are_for(&self, run: &Run) -> bool {
        subject(run, &self.filter) == self.subject.0
    }

    /// `None` where the run is another one, or where it takes the data to answer it.
    pub fn answer(&self, run: &Run) -> Option<Answered> {
        if !self.are_for(run) {
            return None;
        }
        let value = run.selections.iter().find(|(id, _)| *id == self.filter).map(|(_, value)| value);
        let mut periods = self.periods.clone();
        let mut days = i64::MAX;
        let mut before = None;
        if let Some(FilterValue::DateRange { from: Some(from), to: Some(to) }) = value {
            let interval = Interval { from: *from, to: *to };
            days = (to - from) / DAY_MICROS;
            let compared = self.comparison.and_then(|comparison| interval.compared(comparison));
            periods.push((self.filter.clone(), ResolvedPeriod { interval, compared }));
            if let Some(Interval { from, to }) = compared {
                before = Some(self.sums(self.axis.places(&FilterValue::DateRange { from: Some(from), to: Some(to) })?));
            }
        } else if self.comparison.is_some() {
            return None;
        }
        let now = match value {
            Some(value) => self.axis.places(value)?,
            None => vec![self.axis.whole()],
        };
        let now = self.sums(now);
        let mut views = vec![];
        for view in &self.views {
            let mut result = view.answer(&now, before.as_ref(), days)?;
            result.filters_applied.retain(|id| value.is_some() || *id != self.filter);
            views.push((view.id.clone(), Ok(result)));
        }
        let view_ms = vec![0.0; views.len()];
        let results = Results { seq: run.seq, views, periods, from_cache: vec![], query_ms: 0.0, view_ms };
        Some(Answered { results, is_whole: self.is_whole })
    }

    fn sums(&self, places: Vec<Range<u32>>) -> Sums<'_> {
        Sums::new(&self.tiles, places)
    }
}

impl MovingView {
    fn read(from: &mut Reader) -> Option<Self> {
        Some(Self {
            id: from.take()?,
            current: Question::read(from)?,
            previous: from.maybe(Question::read)?,
            is_compared: from.take()?,
            series: from.many(Question::read)?,
            rows_total: from.take()?,
            filters_applied: from.take()?,
            snapshot: from.take()?,
        })
    }

    fn answer(&self, now: &Sums, before: Option<&Sums>, days: i64) -> Option<ViewResult> {
        let Told { mut table, totals, other, n_groups, rows_matched } = self.current.answer(now)?;
        let previous = match (&self.previous, before) {
            (Some(question), _) => Some(question.answer(now)?),
            (None, Some(before)) if self.is_compared => Some(self.current.answer(before)?),
            _ => None,
        };
        if let Some(previous) = previous {
            table = ResultTable::with_previous(table, previous.table);
        }
        let mut series = None;
        if !self.series.is_empty() {
            series = Some(self.series.iter().find(|series| days <= series.most_days)?.answer(now)?.table);
        }
        Some(ViewResult {
            table,
            totals,
            other,
            series,
            n_groups,
            rows_matched,
            rows_total: self.rows_total,
            filters_applied: self.filters_applied.clone(),
            snapshot: self.snapshot.clone(),
            ..ViewResult::default()
        })
    }
}
