use crate::{
    diagnostic::Report,
    suggest,
    yaml::{Fields, Node},
};
use jiff::{Timestamp, tz::TimeZone};
use tarn_dashboard::{DataType, Expr, Node as ExprNode, Weekday, Zone};

/// Changes of the clock are compiled up to this year; later instants have the last offset.
const LAST_YEAR: i16 = 2100;

/// What makes days and weeks of instants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calendar {
    pub zone: Zone,
    pub week_start: Weekday,
}

impl Calendar {
    /// What people see and choose of an expression: of instants, the wall time in the dashboard's zone.
    pub fn shown(&self, expr: Expr) -> Expr {
        if expr.data_type != DataType::TimestampTz || self.zone.is_utc() {
            return expr;
        }
        Expr { data_type: DataType::Timestamp, node: ExprNode::Cast(Box::new(expr)) }
    }
}

pub(super) fn compile(fields: &mut Fields<'_>, report: &mut Report) -> Calendar {
    let zone = fields.get("time_zone", report).and_then(|node| zone(node, report));
    let week_start = fields.get("week_start", report).and_then(|node| week_start(node, report));
    Calendar { zone: zone.unwrap_or_default(), week_start: week_start.unwrap_or_default() }
}

fn week_start(node: &Node, report: &mut Report) -> Option<Weekday> {
    let text = node.text(report)?;
    let found = Weekday::from_name(text);
    if found.is_none() {
        let hint = suggest::hint(&text.to_lowercase(), "days", Weekday::ALL.map(Weekday::name));
        report.error(node.span, format!("`{text}` is not a day of the week")).hint(hint);
    }
    found
}

fn zone(node: &Node, report: &mut Report) -> Option<Zone> {
    let text = node.text(report)?;
    let database = jiff::tz::db();
    let Ok(found) = database.get(text) else {
        let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
        let hint = match suggest::closest(text, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a name of the IANA database, such as Europe/Berlin or America/New_York".to_owned(),
        };
        report.error(node.span, format!("unknown time zone `{text}`")).hint(hint);
        return None;
    };
    Some(compiled(found.iana_name().unwrap_or(text), &found))
}

fn compiled(name: &str, zone: &TimeZone) -> Zone {
    let first_offset_secs = zone.to_offset(Timestamp::MIN).seconds();
    let mut offset = first_offset_secs;
    let mut changes = vec![];
    for change in zone.following(Timestamp::MIN) {
        if change.offset().to_datetime(change.timestamp()).year() > LAST_YEAR {
            break;
        }
        // A new name for the same offset changes nothing.
        if change.offset().seconds() != offset {
            offset = change.offset().seconds();
            changes.push((change.timestamp().as_second(), offset));
        }
    }
    Zone { name: name.to_owned(), first_offset_secs, changes }
}
