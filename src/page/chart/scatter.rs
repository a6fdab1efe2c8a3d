use super::super::strings;
use super::Place;
use super::hit::{Hit, SeriesHit};
use super::step::Step;
use tarn_chart::{Density, Locale, NumberAxis, Plot, Rect, Scale, format_number, format_range, ordered};
use tarn_dashboard::{AxisScale, FilterValue, Measure, NumberFormat, Phrase, Scalar, View};
use tarn_protocol::ViewResult;

/// How near the pointer has to be to a point, in pixels.
const REACH: f64 = 24.0;
/// More rows of a table are not read, only saved.
const MAX_LISTED: usize = 1_000;

/// Numbers against numbers: points, or how many there are by bins.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterData {
    /// Across, up and, where points have one, their size.
    pub axes: Vec<Axis>,
    /// In the order of their places across.
    pub points: Vec<OnePoint>,
    pub bins: Option<Counts>,
    /// The shown values of the colours.
    pub colors: Vec<Color>,
    /// The key that is shown by colour.
    pub color_key: Option<usize>,
    /// Of the bins' numbers.
    pub format: NumberFormat,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub label: String,
    pub format: NumberFormat,
    pub span: Option<(f64, f64)>,
    pub scale: AxisScale,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OnePoint {
    pub at: (f64, f64),
    pub size: Option<f64>,
    /// Of its group; of a row none.
    pub label: String,
    /// Position among the colours; `None` for one that is not shown.
    pub color: Option<usize>,
    /// By key, what a click on it chooses.
    pub steps: Vec<Option<Step>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Color {
    pub key: Scalar,
    pub label: String,
    pub place: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    pub columns: usize,
    pub rows: usize,
    /// Column by column from the left, each from below.
    pub counts: Vec<f64>,
}

impl Axis {
    pub fn drawn(&self) -> NumberAxis<'_> {
        NumberAxis { label: &self.label, format: &self.format, span: self.span, scale: self.scale }
    }
}

impl ScatterData {
    /// `None` when the result is not of this view.
    pub fn new(view: &View, result: &ViewResult, measures: &[impl AsRef<Measure>]) -> Option<Self> {
        let n = result.table.n_rows as usize;
        let column = |name: &str| result.table.column(name);
        let color_key = view.series.and_then(|_| view.keys.len().checked_sub(1));
        let by_row = view.has_row_points();
        let n_numbers = view.keys.len() - usize::from(color_key.is_some());
        let scales = [view.scale, view.scale_up, AxisScale::Linear];
        let axes: Vec<Axis> = if by_row {
            let axis = |(at, (key, scale)): (usize, (&tarn_dashboard::Key, AxisScale))| Axis {
                label: key.label.clone(),
                format: key.format.clone(),
                span: result.spans.get(at).copied(),
                scale,
            };
            view.keys[..n_numbers].iter().zip(scales).enumerate().map(axis).collect()
        } else {
            let axis = |(of, scale): (&Measure, _)| Axis { label: of.label.clone(), format: of.format.clone(), span: None, scale };
            measures.iter().map(AsRef::as_ref).zip(scales).map(axis).collect()
        };
        let names: Vec<&String> = if by_row { view.keys.iter().map(|key| &key.name).collect() } else { view.measures.iter().collect() };
        let [across, up, ..] = names.as_slice() else { return None };
        let format = measures.first().map_or_else(NumberFormat::default, |measure| measure.as_ref().format.clone());
        let mut data = Self { axes, points: vec![], bins: None, colors: vec![], color_key, format };
        let (x, y) = (column(across)?, column(up)?);
        if let Some(counts) = view.measures.first().filter(|_| by_row).and_then(|name| column(name)) {
            let columns = 1 + (1..n).filter(|row| x.number(*row) != x.number(row - 1)).count();
            let counts = (0..n).map(|row| counts.number(row).unwrap_or(0.0)).collect();
            data.bins = Some(Counts { columns, rows: n / columns, counts });
            return Some(data);
        }
        let color = color_key.and_then(|at| Some((&view.keys[at], column(&view.keys[at].name)?)));
        if let Some((key, _)) = color {
            let of = |(value, place): &(Scalar, u32)| Color {
                key: value.clone(),
                label: super::super::text::field(&key.expr, &key.format, value),
                place: *place,
            };
            data.colors = result.colors.iter().map(of).collect();
        }
        let size = names.get(2).filter(|_| data.axes.len() > 2).and_then(|name| column(name));
        let group = view.keys.first().filter(|_| !by_row).and_then(|key| Some((key, column(&key.name)?)));
        let point = |row: usize| {
            let at = x.number(row).zip(y.number(row)).filter(|(x, y)| x.is_finite() && y.is_finite())?;
            let value = color.map(|(_, column)| column.scalar(row));
            let step = |key: Scalar| Some(Step { key, span: None });
            let mut steps: Vec<Option<Step>> = view.keys.iter().map(|_| None).collect();
            if let Some((_, column)) = group {
                steps[0] = step(column.scalar(row));
            }
            if let (Some(at), Some(value)) = (color_key, &value) {
                steps[at] = step(value.clone());
            }
            Some(OnePoint {
                at,
                size: size.and_then(|size| size.number(row)),
                label: group
                    .map(|(key, column)| super::super::text::field(&key.expr, &key.format, &column.scalar(row)))
                    .unwrap_or_default(),
                color: value.and_then(|value| data.colors.iter().position(|color| color.key == value)),
                steps,
            })
        };
        let points: Vec<OnePoint> = (0..n).filter_map(point).collect();
        let order =
            ordered(points.len(), &|a, b| points[a].at.0.total_cmp(&points[b].at.0).then(points[a].at.1.total_cmp(&points[b].at.1)));
        data.points = order.into_iter().map(|at| points[at].clone()).collect();
        Some(data)
    }

    /// Columns and rows that the keys walk: bins from the top left, points from the left.
    pub fn size(&self) -> Place {
        self.bins.as_ref().map_or((self.points.len(), 1), |bins| (bins.columns, bins.rows))
    }

    pub fn is_chosen(&self, point: &OnePoint, chosen: &[Option<FilterValue>]) -> bool {
        let is_in = |(step, chosen): (&Option<Step>, &Option<FilterValue>)| step.as_ref().is_none_or(|step| step.is_in(chosen.as_ref()));
        point.steps.iter().zip(chosen).all(is_in)
    }

    /// Among the colours; `None` for one that is not shown.
    pub fn place(&self, point: &OnePoint) -> Option<u32> {
        if self.color_key.is_none() { Some(0) } else { self.colors.get(point.color?).map(|color| color.place) }
    }

    /// The nearest point, or the bin under the pointer.
    pub fn hit(&self, plot: &Plot, (x, y): (f64, f64)) -> Option<Place> {
        if let Some(bins) = &self.bins {
            let within = plot.area.contains(x, y).then_some(plot.area)?;
            let share = |at: f64, n: usize| ((at * n as f64) as usize).min(n.saturating_sub(1));
            return Some((share((x - within.left) / within.width(), bins.columns), share((y - within.top) / within.height(), bins.rows)));
        }
        let distance = |point: &OnePoint| {
            let (right, down) = (plot.x.pixel_from_value(point.at.0) - x, plot.y.pixel_from_value(point.at.1) - y);
            right * right + down * down
        };
        let nearest = self.points.iter().map(distance).enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.filter(|(_, distance)| *distance <= REACH * REACH).map(|(at, _)| (at, 0))
    }

    pub fn describe(&self, plot: &Plot, (column, row): Place, locale: &Locale) -> Option<Hit> {
        if let Some(bins) = &self.bins {
            let place = (column, bins.rows.checked_sub(row + 1)?);
            let area = Density::rect(plot, (bins.columns, bins.rows), place);
            let count = *bins.counts.get(place.0 * bins.rows + place.1)?;
            let label = self.bin_text(place, locale).join(", ");
            let value = format_number(&self.format, count, locale);
            return Some(Hit { x: (area.left + area.right) / 2.0, y: None, area: Some(area), label, value, series: vec![] });
        }
        let point = self.points.get(column)?;
        // What has no place on its axis is told of at its end.
        let (x, y) = (plot.x.pixel_from_value(plot.x.clamp(point.at.0)), plot.y.pixel_from_value(plot.y.clamp(point.at.1)));
        let numbers = self.axes.iter().zip(self.numbers(point, locale));
        let series = numbers.map(|(axis, value)| SeriesHit { place: None, label: axis.label.clone(), value, y: None }).collect();
        let area = Some(Rect { left: x - 6.0, right: x + 6.0, top: y - 6.0, bottom: y + 6.0 });
        let label = [Some(point.label.as_str()), self.color_text(point)];
        let label = label.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
        Some(Hit { x, y: None, area, label, value: String::new(), series })
    }

    fn color_text(&self, point: &OnePoint) -> Option<&str> {
        self.color_key?;
        Some(point.color.and_then(|at| self.colors.get(at)).map_or(strings::say(Phrase::Other), |color| &color.label))
    }

    /// Across, up and the size, as their formats say.
    fn numbers(&self, point: &OnePoint, locale: &Locale) -> Vec<String> {
        let values = [Some(point.at.0), Some(point.at.1), point.size];
        let text = |(axis, value): (&Axis, Option<f64>)| {
            value.map_or_else(|| strings::NO_VALUE.to_owned(), |value| format_number(&axis.format, value, locale))
        };
        self.axes.iter().zip(values).map(text).collect()
    }

    /// The edges of a bin by its column from the left and its row from below.
    fn bin_text(&self, (column, row): Place, locale: &Locale) -> Vec<String> {
        let Some(bins) = &self.bins else { return vec![] };
        let edges = |(axis, (at, n)): (&Axis, (usize, usize))| {
            let steps = Scale::new(axis.span.unwrap_or((0.0, 1.0)), (0.0, n.max(1) as f64)).divided(axis.scale);
            let edge = |at: usize| Some(steps.value_from_pixel(at as f64));
            format_range(&axis.format, edge(at), edge(at + 1), locale)
        };
        self.axes.iter().zip([(column, bins.columns), (row, bins.rows)]).map(edges).collect()
    }

    /// The heads of the columns behind the first, and the rows.
    pub fn table(&self, value_label: &str, locale: &Locale) -> (Vec<String>, Vec<(String, Vec<String>)>) {
        let head = |axis: &Axis| axis.label.clone();
        if let Some(bins) = &self.bins {
            let cells = bins.counts.iter().enumerate().filter(|(_, count)| **count > 0.0);
            let row = |(at, count): (usize, &f64)| {
                let mut texts = self.bin_text((at / bins.rows, at % bins.rows), locale).into_iter();
                (texts.next().unwrap_or_default(), texts.chain([format_number(&self.format, *count, locale)]).collect())
            };
            let heads = self.axes.iter().skip(1).take(1).map(head).chain([value_label.to_owned()]);
            return (heads.collect(), cells.map(row).collect());
        }
        let named = self.points.iter().any(|point| !point.label.is_empty());
        let row = |point: &OnePoint| {
            let mut cells = self.numbers(point, locale);
            cells.extend(self.color_text(point).map(str::to_owned));
            let first = if named { point.label.clone() } else { cells.remove(0) };
            (first, cells)
        };
        let mut heads: Vec<String> = self.axes.iter().skip(usize::from(!named)).map(head).collect();
        heads.extend(self.color_key.map(|_| strings::say(Phrase::Colour).to_owned()));
        let mut rows: Vec<(String, Vec<String>)> = self.points.iter().take(MAX_LISTED).map(row).collect();
        let left_out = self.points.len().saturating_sub(MAX_LISTED);
        if left_out > 0 {
            rows.push((strings::count(Phrase::MoreSeries, left_out as u64, &[]), vec![]));
        }
        (heads, rows)
    }

    /// What the chart shows, and where most of it lies.
    fn highest(&self, locale: &Locale) -> Option<String> {
        let point = self.points.iter().max_by(|a, b| a.at.1.total_cmp(&b.at.1))?;
        let (across, up) = (self.axes.first()?, self.axes.get(1)?);
        let number = |axis: &Axis, value: f64| format_number(&axis.format, value, locale);
        let place = if point.label.is_empty() { number(across, point.at.0) } else { point.label.clone() };
        Some(strings::fill(Phrase::HighestAt, &[("value", &number(up, point.at.1)), ("place", &place)]))
    }

    pub fn summary(&self, title: (&str, &str), locale: &Locale) -> [Option<String>; 3] {
        let label = |at: usize| self.axes.get(at).map_or("", |axis| axis.label.as_str());
        let values = [title, ("across", label(0)), ("up", label(1))];
        let Some(bins) = &self.bins else {
            let names: Vec<&str> = self.colors.iter().map(|color| color.label.as_str()).collect();
            let colors = (!names.is_empty()).then(|| strings::fill(Phrase::ByColour, &[("series", &names.join(", "))]));
            let size = self.axes.get(2).map(|axis| strings::fill(Phrase::SizeIs, &[("size", &axis.label)]));
            let rest = [size, self.highest(locale)].into_iter().flatten().collect::<Vec<_>>().join(" ");
            return [Some(strings::count(Phrase::ScatterSummary, self.points.len() as u64, &values)), colors, Some(rest)];
        };
        let most = bins.counts.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).filter(|(_, count)| **count > 0.0);
        let most = most.map(|(at, count)| {
            let place = self.bin_text((at / bins.rows, at % bins.rows), locale).join(", ");
            strings::fill(Phrase::HighestAt, &[("value", &format_number(&self.format, *count, locale)), ("place", &place)])
        });
        let whole = bins.counts.iter().sum::<f64>() as u64;
        [Some(strings::count(Phrase::DensitySummary, whole, &values)), most, None]
    }
}
