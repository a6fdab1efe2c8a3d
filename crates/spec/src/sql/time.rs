use super::{Compiler, compile::call, literal, type_name};
use crate::{Span, suggest};
use tarn_dashboard::{DataType, DatePart, Expr, Function, Scalar, TimeUnit, Weekday};

/// The names of the parts, as DuckDB has them.
const PARTS: [(&str, DatePart); 26] = [
    ("year", DatePart::Year),
    ("quarter", DatePart::Quarter),
    ("month", DatePart::Month),
    ("week", DatePart::Week),
    ("day", DatePart::Day),
    ("hour", DatePart::Hour),
    ("minute", DatePart::Minute),
    ("second", DatePart::Second),
    ("millisecond", DatePart::Millisecond),
    ("microsecond", DatePart::Microsecond),
    ("years", DatePart::Year),
    ("months", DatePart::Month),
    ("days", DatePart::Day),
    ("hours", DatePart::Hour),
    ("minutes", DatePart::Minute),
    ("seconds", DatePart::Second),
    ("weeks", DatePart::Week),
    ("weekofyear", DatePart::Week),
    ("dow", DatePart::DayOfWeek),
    ("dayofweek", DatePart::DayOfWeek),
    ("weekday", DatePart::DayOfWeek),
    ("isodow", DatePart::IsoDayOfWeek),
    ("doy", DatePart::DayOfYear),
    ("dayofyear", DatePart::DayOfYear),
    ("dayofmonth", DatePart::Day),
    ("epoch", DatePart::Epoch),
];

pub(super) fn date_part(name: &str) -> Option<DatePart> {
    PARTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, part)| *part)
}

impl Compiler<'_> {
    pub(super) fn extract(&mut self, part: &str, from: Expr, span: Span) -> Option<Expr> {
        if part.eq_ignore_ascii_case("isoyear") {
            return self.iso_year(from, span);
        }
        let Some(part) = date_part(part) else {
            let hint = suggest::hint(part, "parts", PARTS.iter().map(|(name, _)| *name));
            self.report.error(span, format!("unknown part of a date `{part}`")).hint(hint);
            return None;
        };
        let of_day = matches!(part, DatePart::Hour | DatePart::Minute | DatePart::Second | DatePart::Millisecond | DatePart::Microsecond);
        let from = if from.data_type == DataType::Time && of_day { from } else { self.temporal(from, span)? };
        if part == DatePart::Epoch {
            return self.epoch(from, span);
        }
        Some(call(DataType::Int64, Function::Extract(part), vec![from]))
    }

    /// The year that the Thursday of the week lies in.
    fn iso_year(&mut self, from: Expr, span: Span) -> Option<Expr> {
        let from = self.temporal(from, span)?;
        let monday = call(from.data_type, Function::DateTrunc(TimeUnit::Week(Weekday::Monday)), vec![from]);
        let days = literal::literal(DataType::Interval, Scalar::Interval { months: 0, days: 3, micros: 0 });
        let thursday = self.add(monday, days, span)?;
        Some(call(DataType::Int64, Function::Extract(DatePart::Year), vec![thursday]))
    }

    /// Seconds since 1970 with their fraction, a double in DuckDB.
    fn epoch(&mut self, from: Expr, span: Span) -> Option<Expr> {
        let to = if from.data_type == DataType::TimestampTz { DataType::TimestampTz } else { DataType::Timestamp };
        let start = literal::literal(to, Scalar::Timestamp(0));
        let from = self.cast(from, to, span)?;
        let micros = call(DataType::Int64, Function::DateDiff(TimeUnit::Microsecond), vec![start, from]);
        let million = literal::literal(DataType::Float64, Scalar::Float(1e6));
        self.doubles(Function::Divide, vec![micros, million], span)
    }

    pub(super) fn date_trunc(&mut self, unit: TimeUnit, from: Expr, span: Span) -> Option<Expr> {
        let from = self.temporal(from, span)?;
        Some(call(from.data_type, Function::DateTrunc(unit.starting(self.scope.calendar.week_start)), vec![from]))
    }

    pub(super) fn date_diff(&mut self, unit: TimeUnit, from: Expr, to: Expr, span: Span) -> Option<Expr> {
        let (from, to) = (self.temporal(from, span)?, self.temporal(to, span)?);
        let (from, to) = self.unified(from, to, span)?;
        Some(call(DataType::Int64, Function::DateDiff(unit), vec![from, to]))
    }

    /// A date or a timestamp; a written text is read as a timestamp.
    pub(super) fn temporal(&mut self, value: Expr, span: Span) -> Option<Expr> {
        match value.data_type {
            data_type if data_type.is_temporal() => Some(value),
            DataType::Null => self.cast(value, DataType::Timestamp, span),
            DataType::String if super::coerce::is_literal(&value) => self.cast(value, DataType::Timestamp, span),
            other => {
                let message = format!("expected a date or a timestamp, found {}", type_name(other));
                self.report.error(span, message).hint("cast it: cast(… as timestamp)");
                None
            }
        }
    }

    /// A unit that is written out, such as `'day'`.
    pub(super) fn time_unit(&mut self, unit: &Expr, span: Span) -> Option<TimeUnit> {
        let tarn_dashboard::Node::Literal(Scalar::String(name)) = &unit.node else {
            self.report.error(span, "the unit must be written out").hint("as in date_trunc('day', date)");
            return None;
        };
        let found = TimeUnit::from_name(&name.to_ascii_lowercase());
        if found.is_none() {
            let hint = suggest::hint(name, "units", TimeUnit::ALL.iter().map(|unit| unit.name()));
            self.report.error(span, format!("unknown unit `{name}`")).hint(hint);
        }
        found
    }
}
