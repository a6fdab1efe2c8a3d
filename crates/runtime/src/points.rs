//! A scatter plot of rows: how many there are by bins and, where they are few, the rows themselves.
use crate::plan::{number, open_bins};
use std::collections::HashMap;
use tarn_dashboard::{AxisScale, DataType, Expr, Function, Node, Scalar, View};
use tarn_decode::sort_by;
use tarn_engine::{Clause, KeyBucket, QueryKey, Table, Test, list};
use tarn_protocol::{QueryError, ResultTable, Values, ViewResult};

/// What to list of the rows within the bins.
pub(crate) struct Points {
    columns: Vec<(String, Expr)>,
    clauses: Vec<Clause>,
    /// More rows are shown as bins.
    limit: u32,
    /// Whether the first of the columns is that of panels.
    has_panels: bool,
    /// From where to where the bins reach.
    spans: Vec<(f64, f64)>,
    /// What the bins of each axis are equal on.
    scales: Vec<AxisScale>,
}

/// What a value at a bin's edge may be short of it for the last digit of a logarithm.
const SLACK: f64 = 1e-9;

impl Points {
    /// Leaves the keys of the bins. `None` for any other view.
    pub fn take(view: &View, keys: &mut Vec<QueryKey>, clauses: &[Clause], limit: Option<u32>) -> Option<Self> {
        let limit = limit.filter(|_| view.has_row_points())?;
        let columns = keys.iter().map(|key| (key.name.clone(), key.expr.clone())).collect();
        let has_panels = view.facet.is_some();
        keys.truncate(2 + usize::from(has_panels));
        let (mut clauses, mut spans, mut scales) = (clauses.to_vec(), vec![], vec![]);
        for key in keys {
            if let KeyBucket::Bins { from, to, width } = &mut key.bucket {
                let scale = view.scale_of(&key.name);
                key.expr = straightened(scale, &key.expr);
                if scale != AxisScale::Linear {
                    *to -= SLACK;
                }
                let (from, to, width) = (*from, *to, *width);
                spans.push((value(scale, from), value(scale, from + ((to - from) / width).ceil() * width)));
                scales.push(scale);
                let test = Test::Range { from: Some(from), to: Some(to) };
                clauses.push(Clause { filter: key.name.clone(), expr: key.expr.clone(), test });
            }
        }
        Some(Self { columns, clauses, limit, has_panels, spans, scales })
    }

    /// Puts the rows in the place of the bins, where they are few enough.
    pub fn give(&self, table: &mut Table, result: &mut ViewResult) -> Result<(), QueryError> {
        result.spans.clone_from(&self.spans);
        let counts = result.table.columns.last();
        let n_rows: f64 = counts.map_or(0.0, |counts| (0..result.table.n_rows as usize).filter_map(|bin| counts.number(bin)).sum());
        if n_rows <= f64::from(self.limit) {
            let mut clauses = self.clauses.clone();
            if let Some((name, expr)) = self.columns.first().filter(|_| self.has_panels) {
                let test = Test::Set(result.panels.clone());
                clauses.push(Clause { filter: name.clone(), expr: expr.clone(), test });
            }
            result.table = list(table, &self.columns, &clauses)?;
            result.n_groups = u64::from(result.table.n_rows);
            return Ok(());
        }
        let edges = result.table.columns.iter_mut().skip(usize::from(self.has_panels));
        for (column, scale) in edges.zip(&self.scales) {
            if let Values::Float(edges) = &mut column.values {
                edges.iter_mut().for_each(|edge| *edge = value(*scale, *edge));
            }
        }
        Ok(())
    }
}

/// What bins on that scale are of equal width in; null of what has no place there.
pub(crate) fn straightened(scale: AxisScale, expr: &Expr) -> Expr {
    let data_type = DataType::Float64;
    if scale == AxisScale::Linear {
        return expr.clone();
    }
    let number = |value: f64| Expr { data_type, node: Node::Literal(Scalar::Float(value)) };
    let call = |function, arguments| Expr { data_type, node: Node::Call(function, arguments) };
    let scaled = |factor: f64, argument| call(Function::Multiply, vec![call(Function::Ln, vec![argument]), number(factor)]);
    let value = || match expr.data_type {
        DataType::Float64 => expr.clone(),
        _ => Expr { data_type, node: Node::Cast(Box::new(expr.clone())) },
    };
    let factor = std::f64::consts::LOG10_E;
    let (test, on_one_side, otherwise) = match scale {
        AxisScale::Log => (Function::Greater, scaled(factor, value()), None),
        _ => {
            let [below, above] = [Function::Subtract, Function::Add].map(|function| call(function, vec![number(1.0), value()]));
            (Function::Less, scaled(-factor, below), Some(Box::new(scaled(factor, above))))
        }
    };
    let test = Expr { data_type: DataType::Boolean, node: Node::Call(test, vec![value(), number(0.0)]) };
    let whens = vec![(test, on_one_side)];
    call(Function::Add, vec![Expr { data_type, node: Node::Case { whens, otherwise } }, number(SLACK)])
}

fn value(scale: AxisScale, straight: f64) -> f64 {
    scale.value(straight, |exponent| 10f64.powf(exponent))
}

/// Those values of the colours that most points have; none where the points are shown as bins.
pub(crate) fn shown_colors(view: &View, table: &ResultTable) -> Vec<Scalar> {
    let color = view.keys.last().zip(view.series).and_then(|(key, limit)| Some((table.column(&key.name)?, limit)));
    let Some((column, limit)) = color else { return vec![] };
    let (mut counts, mut places): (Vec<(Scalar, u32)>, HashMap<String, usize>) = (vec![], HashMap::new());
    for row in 0..table.n_rows as usize {
        let value = column.scalar(row);
        let place = *places.entry(format!("{value:?}")).or_insert(counts.len());
        match counts.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    // Ties stay in the order of the rows.
    sort_by(&mut counts, |(_, a), (_, b)| b.cmp(a));
    counts.into_iter().take(limit as usize).map(|(value, _)| value).collect()
}

/// At most that many bins of a round width over the whole span, or within the bounds that are given.
pub(crate) fn round_bins(span: (Scalar, Scalar), (from, to): (Option<f64>, Option<f64>), bins: u32, whole: bool) -> KeyBucket {
    let low = from.or_else(|| number(&span.0)).unwrap_or(0.0);
    let high = to.or_else(|| number(&span.1)).unwrap_or(low);
    let width = round_width((high - low) / f64::from(bins.max(1)));
    let width = if whole { width.max(1.0) } else { width };
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        _ => open_bins(span, from, to, width),
    };
    KeyBucket::Bins { from, to, width }
}

/// The smallest of 1, 2 and 5 times a power of ten that is at least this; 1 for what is no width.
fn round_width(least: f64) -> f64 {
    if !(least > 0.0 && least.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powi(least.log10().floor() as i32);
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|width| *width >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_round_and_no_more_than_asked_for() {
        let bins = |span: (f64, f64), bounds, n, whole| match round_bins((Scalar::Float(span.0), Scalar::Float(span.1)), bounds, n, whole) {
            KeyBucket::Bins { from, to, width } => (from, to, width),
            other => panic!("{other:?}"),
        };
        assert_eq!(bins((0.0, 4962.0), (None, None), 48, true), (0.0, 5000.0, 200.0));
        assert_eq!(bins((-79.0, 1688.0), (Some(-60.0), Some(180.0)), 32, true), (-60.0, 180.0, 10.0));
        assert_eq!(bins((3.0, 7.0), (None, None), 48, true), (3.0, 8.0, 1.0), "whole numbers have no fractions between them");
        assert_eq!(bins((0.25, 0.25), (None, None), 48, false), (0.0, 1.0, 1.0), "one value is a bin");
        assert_eq!(bins((0.0, 4962.0), (Some(1000.0), None), 48, true), (1000.0, 5000.0, 100.0));
    }
}
