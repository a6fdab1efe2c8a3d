use serde::Deserialize;
use std::collections::BTreeMap;
use tarn_dashboard::{Bucket, Comparison, Dashboard, FilterValue, TimeUnit, View};
use tarn_protocol::{QueryError, Run, ViewRequest, ViewResult};
use tarn_runtime::{FileHost, Runtime, block_on};

/// What to show, as a viewer would choose it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub view: String,
    /// By id; `None` clears the filter, an absent one has its default.
    #[serde(default)]
    pub filters: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub grain: Option<String>,
    /// Of the view's hierarchy, from zero.
    #[serde(default)]
    pub level: u32,
    /// By the id of a date filter: `previous period`, `previous year` or `none`.
    #[serde(default)]
    pub comparisons: BTreeMap<String, String>,
    /// What a table's columns are searched for, by the names of keys and measures.
    #[serde(default)]
    pub search: BTreeMap<String, String>,
    #[serde(default)]
    pub no_defaults: bool,
}

/// A question whose filters have been read.
pub struct Asked<'a> {
    pub view: &'a str,
    pub grain: Option<&'a str>,
    pub level: u32,
    pub search: &'a BTreeMap<String, String>,
    pub selections: Vec<(String, FilterValue)>,
    pub comparisons: Vec<(String, Option<Comparison>)>,
}

/// The rows that the browser shows for it.
pub fn ask(runtime: &Runtime<FileHost>, question: &Question) -> Result<ViewResult, String> {
    let selections = selections(question, runtime.dashboard())?;
    let (view, grain) = (question.view.as_str(), question.grain.as_deref());
    let (level, search) = (question.level, &question.search);
    answer(runtime, Asked { view, grain, level, search, selections, comparisons: comparisons(question)? })
}

pub fn answer(runtime: &Runtime<FileHost>, asked: Asked) -> Result<ViewResult, String> {
    let dashboard = runtime.dashboard();
    let Some((page, view)) = dashboard.view(asked.view) else {
        let ids: Vec<&str> = dashboard.pages.iter().flat_map(|page| page.views()).map(|view| view.id.as_str()).collect();
        return Err(format!("there is no view `{}`\nhint: the views are {}", asked.view, ids.join(", ")));
    };
    let grain = asked.grain.map(|name| grain(name, view)).transpose()?;
    let Asked { selections, comparisons, level, .. } = asked;
    if level > 0 && level as usize >= view.drill.len() {
        let names: Vec<&str> = view.drill.iter().map(|level| level.key.name.as_str()).collect();
        let hint = if names.is_empty() { "it has no hierarchy".to_owned() } else { format!("from 0 on, they are {}", names.join(", ")) };
        return Err(format!("view `{}` has no level {level}\nhint: {hint}", view.id));
    }
    let names = view.keys.iter().map(|key| &key.name).chain(&view.measures);
    let place = |name: &String| names.clone().position(|own| own == name).map(|at| at as u32);
    let search = asked.search.iter().map(|(name, text)| {
        let place = place(name).ok_or_else(|| format!("view `{}` has no column `{name}`\nhint: keys and measures are columns", view.id))?;
        Ok((place, text.clone()))
    });
    let search = search.collect::<Result<Vec<_>, String>>()?;
    let request = ViewRequest { id: view.id.clone(), grain, level, search, ..ViewRequest::default() };
    let run = Run { seq: 0, page: page.id.clone(), selections, comparisons, views: vec![request] };
    let results = block_on(runtime.run(&run));
    match results.views.into_iter().next() {
        Some((_, Ok(result))) => Ok(result),
        Some((_, Err(error))) => Err(explained(&error)),
        None => Err(format!("the engine gave no answer for `{}`", view.id)),
    }
}

fn grain(name: &str, view: &View) -> Result<TimeUnit, String> {
    let offered = view.keys.iter().find_map(|key| if let Bucket::Time { grains } = &key.bucket { Some(grains.as_slice()) } else { None });
    let offered = offered.unwrap_or_default();
    offered.iter().copied().find(|grain| grain.name() == name).ok_or_else(|| {
        let names: Vec<&str> = offered.iter().map(|grain| grain.name()).collect();
        let hint = if names.is_empty() { "it has no time axis".to_owned() } else { format!("it offers {}", names.join(", ")) };
        format!("view `{}` has no grain `{name}`\nhint: {hint}", view.id)
    })
}

fn selections(question: &Question, dashboard: &Dashboard) -> Result<Vec<(String, FilterValue)>, String> {
    if let Some(unknown) = question.filters.keys().find(|id| dashboard.filter(id).is_none()) {
        let ids: Vec<&str> = dashboard.filters.iter().map(|filter| filter.id.as_str()).collect();
        return Err(format!("there is no filter `{unknown}`\nhint: the filters are {}", ids.join(", ")));
    }
    let mut selections = vec![];
    for filter in &dashboard.filters {
        let value = match question.filters.get(&filter.id) {
            Some(Some(text)) => Some(filter.parse_text(text).map_err(|error| error.to_string())?),
            Some(None) => filter.cleared(),
            None if question.no_defaults => filter.cleared(),
            None => filter.default.clone(),
        };
        selections.extend(value.map(|value| (filter.id.clone(), value)));
    }
    Ok(selections)
}

fn comparisons(question: &Question) -> Result<Vec<(String, Option<Comparison>)>, String> {
    let parsed = question.comparisons.iter().map(|(id, text)| {
        let comparison = Comparison::parse(text);
        let comparison = comparison.ok_or_else(|| format!("`{text}` is no comparison\nhint: previous period, previous year or none"))?;
        Ok((id.clone(), comparison))
    });
    parsed.collect()
}

pub fn explained(error: &QueryError) -> String {
    match error {
        QueryError::Load(error) => format!("{} [{}]\nhint: {}", error.what(), error.url, error.hint()),
        QueryError::Overflow { expression } => format!("`{expression}` overflowed\nhint: cast to double or decimal before adding"),
        QueryError::Cast { expression, value } => format!("`{expression}` cannot convert `{value}`\nhint: clean the values upstream"),
        QueryError::TooManyGroups { groups, limit } => {
            format!("the view has {groups} groups, more than {limit}\nhint: group by fewer or coarser dimensions")
        }
        QueryError::UnknownView { id } => format!("the engine does not know the view `{id}`"),
        QueryError::Unsupported { what } => format!("{what} is not supported by the engine"),
    }
}
