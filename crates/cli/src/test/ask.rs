use crate::query::{Asked, answer};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tarn_dashboard::{
    Aggregate, AggregateFunction, AxisScale, Dashboard, DataType, Expr, Measure, Node, Page, Scalar, Source, Stack, Subtotals, View,
    ViewKind,
};
use tarn_protocol::ViewResult;
use tarn_runtime::{FileHost, Runtime};
use tarn_spec::Test;

/// Not a name that an author can give, so that it meets none of theirs.
const NEWEST: &str = "tarn newest";

/// Answers the questions of tests.
pub(super) struct Answers {
    runtime: Runtime<FileHost>,
    /// Microseconds since 1970.
    now: i64,
}

impl Answers {
    pub fn new(mut dashboard: Dashboard, dir: PathBuf, now: i64) -> Self {
        let pages: Vec<Page> = dashboard.sources.iter_mut().filter_map(about).collect();
        dashboard.pages.extend(pages);
        Self { runtime: Runtime::new(FileHost::new(dir), dashboard, "", |_| {}), now }
    }

    /// What the view shows under the filters of the test.
    pub fn view(&self, test: &Test, view: &str) -> Result<ViewResult, String> {
        let dashboard = self.runtime.dashboard();
        let mut selections = vec![];
        for filter in &dashboard.filters {
            let value = match test.filters.iter().find(|(id, _)| *id == filter.id) {
                Some((_, Some(value))) => Some(value.clone()),
                Some((_, None)) => filter.cleared(),
                None if test.defaults => filter.default.clone(),
                None => filter.cleared(),
            };
            selections.extend(value.map(|value| (filter.id.clone(), value)));
        }
        let grain = test.grain.map(|grain| grain.name());
        answer(&self.runtime, Asked { view, grain, level: 0, search: &BTreeMap::new(), selections, comparisons: vec![] })
    }

    /// How many of the view's columns are keys.
    pub fn n_keys(&self, view: &str) -> usize {
        self.runtime.dashboard().view(view).map_or(0, |(_, view)| view.all_keys().count())
    }

    /// The rows of the whole source, and the age of its newest value in seconds.
    pub fn source(&self, source: &str) -> Result<(u64, Option<i64>), String> {
        let view = page_id(source);
        let result = answer(
            &self.runtime,
            Asked { view: &view, grain: None, level: 0, search: &BTreeMap::new(), selections: vec![], comparisons: vec![] },
        )?;
        let newest = result.table.columns.first().map_or(Scalar::Null, |column| column.scalar(0));
        let zone = &self.runtime.dashboard().zone;
        let is_instant = result.table.columns.first().is_some_and(|column| column.data_type == DataType::TimestampTz);
        let micros = match newest {
            Scalar::Date(days) => Some(i64::from(days) * 86_400_000_000),
            Scalar::Timestamp(micros) => Some(micros),
            _ => None,
        };
        // A timestamp without a zone is wall time: of the dashboard's zone, as far as anybody can tell.
        let now = if is_instant { self.now } else { zone.wall(self.now) };
        Ok((result.rows_total, micros.map(|micros| (now - micros) / 1_000_000)))
    }
}

fn page_id(source: &str) -> String {
    format!("tarn {source}")
}

/// A page that nobody sees, with the newest value of the source (or the number of its rows, where it has no time).
fn about(source: &mut Source) -> Option<Page> {
    let time = source.time.as_ref().and_then(|time| source.columns.iter().find(|column| column.name == *time));
    let mut measure = Measure::row_count();
    if let Some(time) = time {
        let data_type = time.column_type.data_type();
        let argument = Some(Expr { data_type, node: Node::Column(time.name.clone()) });
        measure.aggregates = vec![Aggregate { function: AggregateFunction::Max, argument, filter: None, data_type }];
        measure.value = Expr { data_type, node: Node::Aggregate(0) };
    }
    measure.name = NEWEST.into();
    source.measures.push(measure);
    let id = page_id(&source.name);
    let view = View {
        id: id.clone(),
        title: String::new(),
        subtitle: None,
        kind: ViewKind::Kpi,
        source: source.name.clone(),
        keys: vec![],
        measures: vec![NEWEST.into()],
        order: vec![],
        limit: None,
        having: None,
        series: None,
        stack: Stack::None,
        facet: None,
        other: false,
        totals: false,
        subtotals: Subtotals::None,
        selects: vec![],
        drill: vec![],
        references: vec![],
        bounds: None,
        scale: AxisScale::Linear,
        scale_up: AxisScale::Linear,
        vertical: false,
        measured: String::new(),
        text: vec![],
        lines: 0,
        second_axis: false,
        hole: false,
        target: None,
        styles: vec![],
        width: 1.0,
    };
    Some(Page { id, title: String::new(), filters: vec![], rows: vec![vec![view]] })
}
