//! What the viewer chose, resolved against the data.
use crate::host::Host;
use crate::runtime::Shared;
use crate::settle::{complete_day_before, newest_complete_day};
use tarn_dashboard::{Comparison, Dashboard, Expr, Filter, FilterValue, Interval, Page, ParameterValues, Scalar, View, Weekday};
use tarn_engine::{Clause, Test};
use tarn_protocol::ResolvedPeriod;

/// A filter in force that has a value.
pub(crate) struct Selection<'a> {
    pub filter: &'a Filter,
    /// The one of its sources that is meant.
    pub source: &'a str,
    /// What the filter tests, with the values of parameters in it.
    expr: Expr,
    pub value: &'a FilterValue,
    pub test: Test,
    /// The values that a `top` filter keeps have been looked up.
    pub ranked: bool,
    /// For date ranges with two ends.
    pub period: Option<ResolvedPeriod>,
}

impl Selection<'_> {
    pub fn is_top(&self) -> bool {
        matches!(self.value, FilterValue::Top(_))
    }

    /// The values that a `top` filter keeps, once they are known.
    pub fn kept(&self) -> Option<&[Scalar]> {
        match &self.test {
            Test::Set(values) if self.ranked => Some(values),
            _ => None,
        }
    }

    /// Whether it tests the expression as it is, in every parameter's case.
    pub fn tests(&self, expr: &Expr) -> bool {
        self.expr == *expr
    }

    pub fn clause(&self) -> Clause {
        self.clause_with(self.test.clone())
    }

    /// The same clause over the interval that the period is compared with.
    pub fn compared_clause(&self) -> Option<Clause> {
        let compared = self.period?.compared?;
        Some(self.clause_with(within(compared)))
    }

    fn clause_with(&self, test: Test) -> Clause {
        Clause { filter: self.filter.id.clone(), expr: self.expr.clone(), test }
    }
}

/// Those of the chosen values whose filters are in force on the page, once for each source of a filter.
pub(crate) fn resolve<'a, H: Host>(
    shared: &'a Shared<H>,
    page: &Page,
    chosen: &'a [(String, FilterValue)],
    comparisons: &[(String, Option<Comparison>)],
) -> Vec<Selection<'a>> {
    resolve_by(&shared.dashboard, page, chosen, comparisons, |filter| newest_day(shared, filter))
}

/// The same where the newest complete day of a filter's field is known from elsewhere.
pub(crate) fn resolve_by<'a>(
    dashboard: &'a Dashboard,
    page: &Page,
    chosen: &'a [(String, FilterValue)],
    comparisons: &[(String, Option<Comparison>)],
    newest_day: impl Fn(&Filter) -> Option<i64>,
) -> Vec<Selection<'a>> {
    let in_force = page.filters_in_force();
    let parameters = ParameterValues::of(dashboard, chosen);
    let chosen = chosen.iter().filter(|(id, _)| in_force.contains(&id.as_str()));
    let mut selections = vec![];
    for (id, value) in chosen {
        let Some(filter) = dashboard.filter(id) else { continue };
        for (source, _, expr) in filter.fields() {
            let expr = parameters.bind(expr);
            selections.push(selection(filter, source, value, expr, comparisons, dashboard.week_start, &newest_day));
        }
    }
    selections
}

/// The selections that a view applies at a level of its hierarchy: of its source, and not those that it writes.
pub(crate) fn applied<'s, 'a>(selections: &'s [Selection<'a>], view: &View, level: u32) -> Vec<&'s Selection<'a>> {
    let applies = |selection: &&Selection| selection.source == view.source && !view.writes(&selection.filter.id, level);
    selections.iter().filter(applies).collect()
}

fn selection<'a>(
    filter: &'a Filter,
    source: &'a str,
    value: &'a FilterValue,
    expr: Expr,
    comparisons: &[(String, Option<Comparison>)],
    week_start: Weekday,
    newest_day: impl Fn(&Filter) -> Option<i64>,
) -> Selection<'a> {
    let (test, interval) = match value {
        FilterValue::Period(period) => {
            let interval = newest_day(filter).and_then(|day| period.resolve(day, week_start));
            // Without any date in the data, no row lies in the period.
            (within(interval.unwrap_or(Interval { from: 0, to: 0 })), interval)
        }
        FilterValue::DateRange { from, to } => {
            let interval = from.zip(*to).map(|(from, to)| Interval { from, to });
            (Test::Instants { from: *from, to: *to }, interval)
        }
        FilterValue::Range { from, to } => (Test::Range { from: *from, to: *to }, None),
        FilterValue::Set(values) => (Test::Set(values.clone()), None),
        FilterValue::Text(text) => (Test::Contains(text.clone()), None),
        FilterValue::Boolean(value) => (Test::Is(*value), None),
        // Until they are ranked.
        FilterValue::Top(_) => (Test::Set(vec![]), None),
    };
    let compared = |comparison: Comparison| interval?.compared(comparison);
    let comparison = comparisons.iter().find(|(id, _)| *id == filter.id).map_or(filter.compare, |(_, chosen)| *chosen);
    let period = interval.map(|interval| ResolvedPeriod { interval, compared: comparison.and_then(compared) });
    Selection { filter, source, expr, value, test, ranked: false, period }
}

fn newest_day<H: Host>(shared: &Shared<H>, filter: &Filter) -> Option<i64> {
    let slot = shared.slot(&filter.source)?;
    let mut state = slot.state.borrow_mut();
    match &mut state.snapshot {
        Some(snapshot) => newest_complete_day(&mut snapshot.table, slot.time_expr().as_ref(), &filter.expr),
        None => state.remembered.as_ref()?.newest.map(complete_day_before),
    }
}

fn within(interval: Interval) -> Test {
    Test::Instants { from: Some(interval.from), to: Some(interval.to) }
}
