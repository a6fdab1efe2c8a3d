use super::{filled, names, period};
use crate::{
    diagnostic::Report,
    yaml::{Fields, Node, pairs},
};

/// What must hold of the rows, beside the contract, before a snapshot is switched to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    /// Each list of columns has no combination of values twice.
    pub unique: Vec<Vec<String>>,
    /// The texts that a column may have, null aside.
    pub accepted_values: Vec<(String, Vec<String>)>,
    pub rows: RowBounds,
    /// The newest value of the source's time is at most that many seconds old.
    pub fresh_within_secs: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowBounds {
    pub min: Option<u64>,
    pub max: Option<u64>,
    /// The share by which the number of rows may differ from the last snapshot's, as in 0.5.
    pub change: Option<f64>,
}

pub(super) fn read(node: &Node, report: &mut Report) -> Option<Checks> {
    let mut fields = Fields::read(node, "`checks`", report)?;
    let unique_node = fields.get("unique", report);
    let accepted = fields.get("accepted_values", report);
    let rows = fields.get("rows", report);
    let fresh = fields.get("fresh_within", report);
    fields.finish(report);
    let unique = unique_node.map_or(Some(vec![]), |node| unique(node, report));
    let accepted_values = pairs(accepted, report).iter().map(|entry| {
        let values: Vec<Option<String>> = entry.value.items().into_iter().map(|item| filled(item, report)).collect();
        Some((entry.key.text.clone(), values.into_iter().collect::<Option<Vec<_>>>()?))
    });
    let accepted_values: Vec<Option<(String, Vec<String>)>> = accepted_values.collect();
    let rows = rows.map_or(Some(RowBounds::default()), |node| row_bounds(node, report));
    let fresh = fresh.map(|node| period(node, report));
    Some(Checks {
        unique: unique?,
        accepted_values: accepted_values.into_iter().collect::<Option<_>>()?,
        rows: rows?,
        fresh_within_secs: fresh.map_or(Some(None), |fresh| fresh.map(Some))?,
    })
}

/// `id` and `[a, b]` are one key; `[[a, b], id]` are several.
fn unique(node: &Node, report: &mut Report) -> Option<Vec<Vec<String>>> {
    let items = node.items();
    if items.iter().all(|item| item.as_text().is_some()) {
        return Some(vec![names(node, report)?]);
    }
    let keys: Vec<Option<Vec<String>>> = items.into_iter().map(|item| names(item, report)).collect();
    keys.into_iter().collect()
}

fn row_bounds(node: &Node, report: &mut Report) -> Option<RowBounds> {
    let mut fields = Fields::read(node, "`rows`", report)?;
    let min = fields.get("min", report);
    let max = fields.get("max", report);
    let change = fields.get("change", report);
    fields.finish(report);
    let mut bounds = RowBounds::default();
    if let Some(node) = min {
        bounds.min = Some(whole(node, report)?);
    }
    if let Some(node) = max {
        bounds.max = Some(whole(node, report)?);
        if bounds.min > bounds.max {
            report.error(node.span, "`max` is less than `min`");
        }
    }
    if let Some(node) = change {
        bounds.change = Some(share(node, report)?);
    }
    Some(bounds)
}

fn whole(node: &Node, report: &mut Report) -> Option<u64> {
    let number = node.number(report)?;
    if number.fract() == 0.0 && (0.0..=9e15).contains(&number) {
        return Some(number as u64);
    }
    report.error(node.span, format!("expected a whole number of rows, found {number}"));
    None
}

/// A share such as `50%` or 0.5.
fn share(node: &Node, report: &mut Report) -> Option<f64> {
    let number = match node.as_text().and_then(|text| text.strip_suffix('%')) {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|percent| percent / 100.0),
        None => node.as_number(),
    };
    let share = number.filter(|share| share.is_finite() && *share >= 0.0);
    if share.is_none() {
        report.error(node.span, "expected a share of the rows").hint("as in `change: 50%`");
    }
    share
}
