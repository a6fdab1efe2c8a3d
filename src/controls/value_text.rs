//! A filter's value in words, as its chip shows it.
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::*;
use tarn_dashboard::{Comparison, Filter, FilterValue, Interval, Phrase};
use tarn_protocol::FieldDomain;

const DAY_MICROS: i64 = 86_400_000_000;
/// Values of a set that are named before the rest is counted.
const NAMED_VALUES: usize = 3;

pub fn value_text(app: App, filter: &Filter, value: Option<&FilterValue>) -> String {
    match value {
        None => strings::say(Phrase::All).to_owned(),
        Some(FilterValue::Period(period)) => match resolved(app, filter, value) {
            Some(Interval { from, to }) => text::days(Some(from), Some(to)),
            None => period.to_string(),
        },
        Some(FilterValue::DateRange { from, to }) => text::days(*from, *to),
        Some(FilterValue::Range { from, to }) => text::range(&filter.format, *from, *to),
        Some(FilterValue::Set(values)) => {
            let named: Vec<String> =
                values.iter().take(NAMED_VALUES).map(|value| text::field(&filter.expr, &filter.format, value)).collect();
            let rest = values.len().saturating_sub(NAMED_VALUES);
            if rest == 0 { named.join(", ") } else { format!("{} +{rest}", named.join(", ")) }
        }
        Some(FilterValue::Text(text)) => format!("“{text}”"),
        Some(FilterValue::Top(n)) => strings::count(Phrase::Top, u64::from(*n), &[]),
        Some(FilterValue::Boolean(true)) => strings::say(Phrase::AnswerYes).to_owned(),
        Some(FilterValue::Boolean(false)) => strings::say(Phrase::AnswerNo).to_owned(),
    }
}

/// What the filter's period is compared with, if its author asked for a comparison.
pub fn comparison_text(app: App, filter: &Filter) -> Option<String> {
    match app.selections.comparison(filter)? {
        Comparison::PreviousYear => Some(strings::say(Phrase::VsPreviousYear).to_owned()),
        Comparison::PreviousPeriod => {
            let compared = app.results.periods.with(|periods| periods.get(&filter.id)?.compared)?;
            let days = (compared.to - compared.from + DAY_MICROS / 2) / DAY_MICROS;
            Some(strings::count(Phrase::VsPreviousDays, days.unsigned_abs(), &[]))
        }
    }
}

/// The instants that a date filter's value stands for.
pub fn interval(app: App, filter: &Filter, value: Option<&FilterValue>) -> (Option<i64>, Option<i64>) {
    match value {
        Some(FilterValue::DateRange { from, to }) => (*from, *to),
        _ => resolved(app, filter, value).map_or((None, None), |interval| (Some(interval.from), Some(interval.to))),
    }
}

fn resolved(app: App, filter: &Filter, value: Option<&FilterValue>) -> Option<Interval> {
    let Some(FilterValue::Period(period)) = value else { return None };
    match app.sources.domain(&filter.id)? {
        FieldDomain::Dates { newest_complete_day, .. } => period.resolve(newest_complete_day, app.dashboard.week_start),
        _ => None,
    }
}
