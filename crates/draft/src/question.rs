use crate::column::Kind;
use crate::profile::Profile;
use serde_json::{Map, Value, json};
use tarn_dashboard::{Dashboard, Scalar};
use tarn_protocol::{LoadError, QueryError, Results, Run, ViewRequest};

/// Larger data is judged by its names and types alone: nobody waits minutes for a first draft.
const MAX_ROWS: u64 = 30_000_000;
/// Columns that are looked at together have at most so many values: a browser holds no more of them at a time.
const MAX_VALUES: u64 = 40_000_000;

/// What is asked of the engine about the values of the columns, as a dashboard would: a key figure for everything that is to be
/// known, on as many pages as the memory of a browser needs.
pub struct Question {
    dashboard: Dashboard,
    /// By the number of its view.
    asked: Vec<Asked>,
    n_pages: usize,
}

struct Asked {
    column: usize,
    what: What,
    page: usize,
}

#[derive(Clone, Copy)]
enum What {
    Present,
    Distinct,
    Min,
    Max,
    Low,
    High,
}

impl Question {
    /// `None` where the data is too large to be looked at. The contract of its source is the one of the drafted dashboard, so that
    /// what was loaded for the one serves the other.
    pub fn new(profile: &Profile, sources: &[String]) -> Result<Option<Self>, String> {
        if profile.n_rows > MAX_ROWS {
            return Ok(None);
        }
        let mut asked: Vec<Asked> = vec![];
        let (mut measures, mut pages, mut schema) = (Map::new(), vec![], Map::new());
        let per_page = usize::try_from(MAX_VALUES / profile.n_rows.max(1)).unwrap_or(usize::MAX).max(1);
        let usable: Vec<usize> =
            (0..profile.columns.len()).filter(|at| profile.columns.get(*at).is_some_and(|column| column.kind != Kind::Other)).collect();
        for (page, columns) in usable.chunks(per_page).enumerate() {
            let mut views = vec![];
            for (at, column) in columns.iter().filter_map(|at| Some((*at, profile.columns.get(*at)?))) {
                let required = if column.required { "!" } else { "" };
                schema.insert(column.name.clone(), Value::String(format!("{}{required}", column.type_name)));
                let sql = column.sql();
                let mut ask = |what: What, expression: String| {
                    let name = format!("tarn_{}", asked.len());
                    measures.insert(name.clone(), Value::String(expression));
                    views.push(json!([{ "kpi": name, "id": name }]));
                    asked.push(Asked { column: at, what, page });
                };
                ask(What::Present, format!("count({sql})"));
                if !matches!(column.kind, Kind::Fraction | Kind::Timestamp) {
                    ask(What::Distinct, format!("count(distinct {sql})"));
                }
                if column.is_number() || column.is_time() {
                    ask(What::Min, format!("min({sql})"));
                    ask(What::Max, format!("max({sql})"));
                }
                if column.is_number() {
                    ask(What::Low, format!("quantile_cont(cast({sql} as double), 0.01)"));
                    ask(What::High, format!("quantile_cont(cast({sql} as double), 0.99)"));
                }
            }
            pages.push(json!({ "title": "Profile", "id": page_id(page), "rows": views }));
        }
        let n_pages = pages.len();
        let text = json!({
            "title": "Profile",
            "data": { "data": { "source": sources, "ttl": "1h", "schema": schema, "measures": measures } },
            "pages": pages,
        });
        let compiled = tarn_spec::compile("profile", text.to_string().as_bytes());
        match compiled.dashboard {
            Some(dashboard) => Ok(Some(Self { dashboard, asked, n_pages })),
            None => Err(tarn_spec::render_all(&compiled.files, &compiled.diagnostics)),
        }
    }

    pub fn dashboard(&self) -> &Dashboard {
        &self.dashboard
    }

    /// What to ask, one after the other; the number of each is its place.
    pub fn runs(&self) -> impl Iterator<Item = Run> {
        (0..self.n_pages).map(|page| {
            let asked = self.asked.iter().enumerate().filter(|(_, asked)| asked.page == page);
            let view = |(at, _)| ViewRequest { id: format!("tarn_{at}"), ..ViewRequest::default() };
            Run { seq: page as u64, page: page_id(page), selections: vec![], comparisons: vec![], views: asked.map(view).collect() }
        })
    }

    /// Takes the answers to a run into the profile. A value that cannot be computed is one that nobody knows: a sum may overflow.
    /// `Err` when the data could not be loaded.
    pub fn note(&self, results: Results, profile: &mut Profile) -> Result<(), LoadError> {
        for (id, result) in results.views {
            let asked = id.strip_prefix("tarn_").and_then(|at| self.asked.get(at.parse::<usize>().ok()?));
            let result = match result {
                Ok(result) => result,
                Err(QueryError::Load(error)) => return Err(error),
                Err(_) => continue,
            };
            let value = result.table.columns.first().and_then(|column| number(&column.scalar(0)));
            let Some((asked, column)) = asked.and_then(|asked| Some((asked, profile.columns.get_mut(asked.column)?))) else { continue };
            let facts = column.facts.get_or_insert_default();
            match asked.what {
                What::Present => facts.present = value.unwrap_or(0.0) as u64,
                What::Distinct => facts.distinct = value.map(|value| value as u64),
                What::Min => facts.min = value,
                What::Max => facts.max = value,
                What::Low => facts.low = value,
                What::High => facts.high = value,
            }
        }
        Ok(())
    }
}

fn page_id(page: usize) -> String {
    format!("profile-{page}")
}

fn number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value).filter(|value| value.is_finite()),
        Scalar::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        Scalar::Date(days) => Some(f64::from(*days) * 86.4e9),
        Scalar::Timestamp(micros) => Some(*micros as f64),
        _ => None,
    }
}
