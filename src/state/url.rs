//! The address: `?page=…`, one key per filter in its text form, `compare.<filter>`, `grain.<view>` and `sort.<view>`. Defaults are omitted, a
//! cleared default is written as an empty value, keys of others are kept.
use super::{Choice, Comparisons, Selections};
use std::collections::BTreeMap;
use tarn_dashboard::{Comparison, Dashboard, Filter, FilterKind, FilterValue, TimeUnit, View};

/// What an address says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrlState {
    pub page: Option<String>,
    pub selections: BTreeMap<String, FilterValue>,
    pub comparisons: Comparisons,
    pub choices: BTreeMap<String, Choice>,
    /// Not ours: kept, and ignored.
    pub foreign: Vec<(String, String)>,
    /// What could not be understood, in the viewer's terms.
    pub refused: Vec<String>,
}

/// Reads an address. What is nonsense is refused; the rest stands.
pub fn read(dashboard: &Dashboard, pairs: impl IntoIterator<Item = (String, String)>) -> UrlState {
    let mut state = UrlState { selections: Selections::defaults(dashboard), ..UrlState::default() };
    for (key, text) in pairs {
        if key == "page" {
            match dashboard.page(&text) {
                Some(page) => state.page = Some(page.id.clone()),
                None => state.refused.push(format!("there is no page `{}`", shortened(&text))),
            }
        } else if let Some(filter) = dashboard.filter(&key) {
            if text.is_empty() {
                if filter.required {
                    state.refused.push(format!("“{}” needs a value", filter.label));
                } else {
                    state.selections.remove(&key);
                }
                continue;
            }
            match filter.parse_text(&text) {
                Ok(value) => _ = state.selections.insert(key, value),
                Err(error) => state.refused.push(error.to_string()),
            }
        } else if let Some(filter) = compared_filter(dashboard, &key) {
            match Comparison::parse(&text) {
                Some(comparison) if comparison != filter.compare => state.comparisons.push((filter.id.clone(), comparison)),
                Some(_) => {}
                None => state.refused.push(format!("`{}` is nothing to compare with", shortened(&text))),
            }
        } else if let Some((name, view)) = view_key(dashboard, &key) {
            let choice = state.choices.entry(view.id.clone()).or_default();
            if !read_choice(name, view, &text, choice) {
                state.refused.push(format!("`{}` is no {name} of “{}”", shortened(&text), view.title));
            }
        } else {
            state.foreign.push((key, text));
        }
    }
    state.choices.retain(|_, choice| *choice != Choice::default());
    state
}

/// The pairs that [`read`] understands as this state.
pub fn write(dashboard: &Dashboard, state: &UrlState) -> Vec<(String, String)> {
    let mut pairs = vec![];
    let first = dashboard.pages.first().map(|page| &page.id);
    pairs.extend(state.page.as_ref().filter(|page| Some(*page) != first).map(|page| ("page".to_owned(), page.clone())));
    for filter in &dashboard.filters {
        let value = state.selections.get(&filter.id);
        if value != filter.default.as_ref() {
            pairs.push((filter.id.clone(), value.map_or_else(String::new, |value| filter.text(value))));
        }
    }
    for (id, comparison) in &state.comparisons {
        pairs.push((format!("compare.{id}"), comparison.map_or("none", Comparison::name).to_owned()));
    }
    for (id, choice) in &state.choices {
        let Some((_, view)) = dashboard.view(id) else { continue };
        pairs.extend(choice.grain.map(|grain| (format!("grain.{id}"), grain.name().to_owned())));
        pairs.extend(choice.order.and_then(|order| Some((format!("sort.{id}"), sort_text(view, order)?))));
    }
    pairs.extend(state.foreign.iter().cloned());
    pairs
}

fn compared_filter<'a>(dashboard: &'a Dashboard, key: &str) -> Option<&'a Filter> {
    dashboard.filter(key.strip_prefix("compare.")?).filter(|filter| filter.kind == FilterKind::DateRange)
}

fn view_key<'a>(dashboard: &'a Dashboard, key: &str) -> Option<(&'static str, &'a View)> {
    let (name, id) = key.split_once('.')?;
    let name = ["grain", "sort"].into_iter().find(|known| *known == name)?;
    Some((name, dashboard.view(id)?.1))
}

fn read_choice(name: &str, view: &View, text: &str, choice: &mut Choice) -> bool {
    if name == "grain" {
        choice.grain = TimeUnit::from_name(text).filter(|unit| crate::views::grains(view).contains(unit));
        choice.grain.is_some()
    } else {
        let (column, descending) = text.strip_prefix('-').map_or((text, false), |column| (column, true));
        let position = column_names(view).position(|name| name == column);
        choice.order = position.map(|position| (position as u32, descending));
        choice.order.is_some()
    }
}

fn sort_text(view: &View, (position, descending): (u32, bool)) -> Option<String> {
    let name = column_names(view).nth(position as usize)?;
    Some(format!("{}{name}", if descending { "-" } else { "" }))
}

fn column_names(view: &View) -> impl Iterator<Item = &str> {
    view.keys.iter().map(|key| key.name.as_str()).chain(view.measures.iter().map(String::as_str))
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
