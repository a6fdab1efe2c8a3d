//! The address: `?page=…`, one key per filter in its text form, `compare.<filter>`, `grain.<view>`, `sort.<view>`,
//! `top.<view>`, `columns.<view>`, `pins.<view>`, `search.<view>`, `groups.<view>`, `widths.<view>`, `drill.<view>`, `zoom.<view>` and
//! `as.<view>=table`. Defaults are omitted, a
//! cleared default is written as an empty value, keys of others are kept.
use super::by_id::ById;
use super::choice::Choice;
use super::grain::grains;
use super::strings;
use tarn_dashboard::{
    ColumnSearch, Comparison, Dashboard, Filter, FilterKind, FilterValue, Phrase, Subtotals, View, ViewKind, interval_text, parse_interval,
};

/// Row groups that an address may name.
const MAX_GROUPS: usize = 1000;
const AS_TABLE: &str = "table";
/// How wide a column may be, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 40..=1200;

/// By filter id: the comparison that the viewer chose instead of the author's.
pub type Comparisons = Vec<(String, Option<Comparison>)>;

/// What an address says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrlState {
    pub page: Option<String>,
    pub selections: ById<FilterValue>,
    pub comparisons: Comparisons,
    pub choices: ById<Choice>,
    /// Not ours: kept, and ignored.
    pub foreign: Vec<(String, String)>,
    /// What could not be understood, in the viewer's terms.
    pub refused: Vec<String>,
}

/// What is chosen before anybody has chosen.
pub fn defaults(dashboard: &Dashboard) -> ById<FilterValue> {
    ById::from_iter(dashboard.filters.iter().filter_map(|filter| Some((filter.id.clone(), filter.default.clone()?))))
}

/// Reads an address. What is nonsense is refused; the rest stands.
pub fn read(dashboard: &Dashboard, pairs: impl IntoIterator<Item = (String, String)>) -> UrlState {
    let mut state = UrlState { selections: defaults(dashboard), ..UrlState::default() };
    for (key, text) in pairs {
        if key == "page" {
            match dashboard.page(&text) {
                Some(page) => state.page = Some(page.id.clone()),
                None => state.refused.push(strings::fill(Phrase::NoSuchPage, &[("page", &shortened(&text))])),
            }
        } else if let Some(filter) = dashboard.filter(&key) {
            if text.is_empty() {
                if filter.required {
                    state.refused.push(strings::fill(Phrase::FilterNeedsValue, &[("filter", &filter.label)]));
                } else {
                    state.selections.remove(&key);
                }
                continue;
            }
            match filter.parse_text(&text) {
                Ok(value) => _ = state.selections.insert(key, value),
                Err(error) => state.refused.push(error.said(strings::catalogue())),
            }
        } else if let Some(filter) = compared_filter(dashboard, &key) {
            match Comparison::parse(&text) {
                Some(comparison) if comparison != filter.compare => state.comparisons.push((filter.id.clone(), comparison)),
                Some(_) => {}
                None => state.refused.push(strings::fill(Phrase::NothingToCompareWith, &[("text", &shortened(&text))])),
            }
        } else if let Some((name, view)) = view_key(dashboard, &key) {
            let choice = state.choices.get_mut_or_default(&view.id);
            if !read_choice(dashboard, name, view, &text, choice) {
                state.refused.push(strings::fill(Phrase::NotOfView, &[("text", &shortened(&text)), ("name", name), ("view", &view.title)]));
            }
        } else {
            state.foreign.push((key, text));
        }
    }
    state.choices.retain(|choice| *choice != Choice::default());
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
    for (id, choice) in state.choices.iter() {
        let Some((_, view)) = dashboard.view(id) else { continue };
        pairs.extend(choice.grain.map(|grain| (format!("grain.{id}"), grain.name().to_owned())));
        if !choice.order.is_empty() {
            pairs.push((format!("sort.{id}"), joined(choice.order.iter().filter_map(|order| sort_text(view, *order)))));
        }
        pairs.extend(choice.limit.map(|limit| (format!("top.{id}"), limit.to_string())));
        if let Some(columns) = &choice.columns {
            pairs.push((format!("columns.{id}"), joined(columns.iter().filter_map(|position| column_names(view).nth(*position as usize)))));
        }
        if let Some(pins) = &choice.pins {
            pairs.push((format!("pins.{id}"), joined(pins.iter().filter_map(|position| column_names(view).nth(*position as usize)))));
        }
        if let Some(search) = &choice.search {
            let one = |(position, text): &(u32, String)| {
                let name = column_names(view).nth(*position as usize)?;
                Some(format!("{name}:{}", text.replace('\\', "\\\\").replace(',', "\\,")))
            };
            pairs.push((format!("search.{id}"), joined(search.iter().filter_map(one))));
        }
        if !choice.groups.is_empty() {
            pairs.push((format!("groups.{id}"), choice.groups.join(",")));
        }
        if choice.as_table {
            pairs.push((format!("as.{id}"), AS_TABLE.to_owned()));
        }
        if choice.level > 0 {
            pairs.push((format!("drill.{id}"), choice.level.to_string()));
        }
        pairs.extend(choice.zoom.map(|(from, to)| (format!("zoom.{id}"), interval_text(Some(from), Some(to)))));
        if !choice.widths.is_empty() {
            let width = |(position, width): &(u32, u32)| Some(format!("{}:{width}", column_names(view).nth(*position as usize)?));
            pairs.push((format!("widths.{id}"), joined(choice.widths.iter().filter_map(width))));
        }
    }
    pairs.extend(state.foreign.iter().cloned());
    pairs
}

fn compared_filter<'a>(dashboard: &'a Dashboard, key: &str) -> Option<&'a Filter> {
    dashboard.filter(key.strip_prefix("compare.")?).filter(|filter| filter.kind == FilterKind::DateRange)
}

fn view_key<'a>(dashboard: &'a Dashboard, key: &str) -> Option<(&'static str, &'a View)> {
    let (name, id) = key.split_once('.')?;
    let name = ["grain", "sort", "top", "columns", "pins", "search", "groups", "widths", "drill", "zoom", "as"]
        .into_iter()
        .find(|known| *known == name)?;
    Some((name, dashboard.view(id)?.1))
}

fn read_choice(dashboard: &Dashboard, name: &str, view: &View, text: &str, choice: &mut Choice) -> bool {
    let position = |name: &str| column_names(view).position(|column| column == name).map(|position| position as u32);
    let sorted = |part: &str| match part.strip_prefix('-') {
        Some(column) => Some((position(column)?, true)),
        None => Some((position(part)?, false)),
    };
    let width = |part: &str| {
        let (column, width) = part.split_once(':')?;
        Some((position(column)?, width.parse().ok().filter(|width| WIDTHS.contains(width))?))
    };
    match name {
        "grain" => {
            choice.grain = grains(view).iter().copied().find(|unit| unit.name() == text);
            choice.grain.is_some()
        }
        "sort" => list(text, sorted).map(|order| choice.order = order).is_some(),
        "top" => {
            choice.limit =
                text.parse().ok().filter(|limit| view.limit.is_some_and(|own| own != *limit) && (1..=view.most_rows()).contains(limit));
            choice.limit.is_some()
        }
        "columns" => list(text, position).map(|columns| choice.columns = Some(columns)).is_some(),
        "pins" => {
            let pins = if text.is_empty() { Some(vec![]) } else { list(text, position) };
            choice.pins = pins.filter(|_| view.kind == ViewKind::Table);
            choice.pins.is_some()
        }
        "search" => {
            let one = |part: &String| {
                let (column, text) = part.split_once(':')?;
                let (position, text) = (position(column)?, unescaped(text));
                ColumnSearch::parse(&text, dashboard.counts(view, position)).map(|_| (position, text))
            };
            let parts = if text.is_empty() { vec![] } else { parts(text) };
            let found: Vec<(u32, String)> = parts.iter().filter_map(one).collect();
            let once = found.iter().enumerate().all(|(at, (of, _))| found[..at].iter().all(|(other, _)| of != other));
            let holds = view.kind == ViewKind::Table && found.len() == parts.len() && once;
            choice.search = holds.then_some(found);
            holds
        }
        "groups" => {
            choice.groups = parts(text);
            view.subtotals != Subtotals::None && choice.groups.len() <= MAX_GROUPS
        }
        "as" => {
            choice.as_table = text == AS_TABLE && !matches!(view.kind, ViewKind::Kpi | ViewKind::Table | ViewKind::Text);
            choice.as_table
        }
        "drill" => {
            choice.level = text.parse().ok().filter(|level| (1..view.drill.len()).contains(&(*level as usize))).unwrap_or(0);
            choice.level > 0
        }
        "zoom" => {
            choice.zoom = parse_interval(text).and_then(|(from, to)| from.zip(to)).filter(|_| !grains(view).is_empty());
            choice.zoom.is_some()
        }
        _ => list(text, width).map(|widths| choice.widths = widths).is_some(),
    }
}

/// All parts between commas, none twice; `None` where one is not understood.
fn list<T: PartialEq>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut items = vec![];
    for part in text.split(',') {
        let item = read(part)?;
        if items.contains(&item) {
            return None;
        }
        items.push(item);
    }
    Some(items)
}

/// Parts between commas, of which a backslash takes the meaning. They stay escaped.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for letter in text.chars() {
        match (letter, parts.last_mut()) {
            (',', _) if !escaped => parts.push(String::new()),
            (_, Some(part)) => part.push(letter),
            (_, None) => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    parts
}

fn unescaped(text: &str) -> String {
    let mut letters = text.chars();
    let mut plain = String::new();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    plain
}

fn joined(parts: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push(',');
        }
        text += part.as_ref();
    }
    text
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
