use super::step::Step;
use tarn_chart::{Locale, end_of_unit, ordered};
use tarn_dashboard::{Bucket, DataType, Key, Scalar, TimeUnit, View};
use tarn_protocol::{ResultColumn, ViewResult};

const DAY_MICROS: f64 = 86_400e6;

/// A measure over two keys: a heatmap's cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub x: Steps,
    pub y: Steps,
    /// Row by row from the top.
    pub cells: Vec<Option<f64>>,
}

/// The values of a key in the order of their axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    pub steps: Vec<Step>,
    pub labels: Vec<String>,
    /// The beginnings of a time axis's steps and the end of its last, in microseconds.
    pub time: Option<(Vec<f64>, TimeUnit)>,
}

impl Grid {
    pub fn new(view: &View, result: &ViewResult, grain: TimeUnit, locale: &Locale) -> Option<Self> {
        let [x_key, y_key] = view.keys.as_slice() else { return None };
        let [across, down, values] = result.table.columns.as_slice() else { return None };
        let n = result.table.n_rows as usize;
        let (x, x_of) = Steps::new(x_key, across, n, grain, locale);
        let (y, y_of) = Steps::new(y_key, down, n, grain, locale);
        let mut cells = vec![None; x.labels.len() * y.labels.len()];
        for row in 0..n {
            if let (Some(x_at), Some(y_at)) = (x_of[row], y_of[row]) {
                cells[y_at * x.labels.len() + x_at] = values.number(row).filter(|value| value.is_finite());
            }
        }
        Some(Self { x, y, cells })
    }

    pub fn cell(&self, column: usize, row: usize) -> Option<f64> {
        self.cells.get(row * self.x.labels.len() + column).copied().flatten()
    }
}

impl Steps {
    /// The distinct values of a column in ascending order, null last; and for each row the place of its value.
    pub fn new(key: &Key, column: &ResultColumn, n: usize, grain: TimeUnit, locale: &Locale) -> (Self, Vec<Option<usize>>) {
        let (firsts, place_of) = places(column, n);
        let scalars: Vec<Scalar> = firsts.iter().map(|row| column.scalar(*row)).collect();
        let in_time = matches!(key.bucket, Bucket::Time { .. });
        let unit = if column.data_type == DataType::Date { DAY_MICROS } else { 1.0 };
        let span = |step: usize| match (in_time, &scalars[step]) {
            (true, _) => column.number(firsts[step]).map(|at| (at * unit, end_of_unit((at * unit) as i64, grain) as f64)),
            (false, Scalar::Int(value)) => Some((*value as f64, *value as f64 + 1.0)),
            _ => None,
        };
        let label = |step: usize| match span(step).filter(|_| in_time) {
            Some((from, _)) => tarn_chart::format_date(from as i64, grain, locale),
            None => super::super::text::field(&key.expr, &key.format, &scalars[step]),
        };
        let all = || 0..scalars.len();
        let steps: Vec<Step> = all().map(|step| Step { key: scalars[step].clone(), span: span(step) }).collect();
        let time = in_time.then(|| {
            let spans = || steps.iter().filter_map(|step| step.span);
            (spans().map(|(from, _)| from).chain(spans().next_back().map(|(_, to)| to)).collect(), grain)
        });
        (Self { labels: all().map(label).collect(), steps, time }, place_of.into_iter().map(Some).collect())
    }
}

/// A row of each distinct value of a column, in ascending order, null last; and for each row the place of its value.
pub fn places(column: &ResultColumn, n: usize) -> (Vec<usize>, Vec<usize>) {
    let scalars: Vec<Scalar> = (0..n).map(|row| column.scalar(row)).collect();
    let rank = |row: usize| (scalars[row].is_null(), column.number(row).unwrap_or(0.0), text(&scalars[row]));
    let rows = ordered(n, &|a, b| {
        let (a, b) = (rank(a), rank(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(b.2))
    });
    let (mut firsts, mut place_of): (Vec<usize>, _) = (vec![], vec![0; n]);
    for row in rows {
        if firsts.last().is_none_or(|last| scalars[*last] != scalars[row]) {
            firsts.push(row);
        }
        place_of[row] = firsts.len() - 1;
    }
    (firsts, place_of)
}

fn text(scalar: &Scalar) -> &str {
    if let Scalar::String(text) = scalar { text } else { "" }
}
