//! What a view is called unless its author says it: its title, and its id.
use super::{scatter, view::Content};
use crate::names;
use tarn_dashboard::{Catalogue, Facet, Key, Level, Phrase, ViewKind};

/// From the title that the author gave, else `kind-measure-by-dimension`.
pub(super) fn derived_id(kind: ViewKind, title: Option<&str>, content: &Content) -> String {
    let slug = title.map(names::slug).unwrap_or_default();
    if !slug.is_empty() {
        return slug;
    }
    if kind == ViewKind::Text {
        return kind.name().to_owned();
    }
    let measure = content.measures.first().map_or("", |measure| measure.name.as_str());
    let keys: Vec<&str> = content.keys.iter().map(|key| key.name.as_str()).collect();
    let by = if keys.is_empty() { String::new() } else { format!("-by-{}", keys.join("-")) };
    format!("{}-{measure}{by}", kind.name())
}

/// What a view measures, where no legend names it; empty otherwise, and where no axis shows it.
pub(super) fn measured<'a>(kind: ViewKind, content: &'a Content, of: &'a str) -> &'a str {
    match (kind, content.measures.as_slice()) {
        (ViewKind::Box, _) => of,
        (ViewKind::Line | ViewKind::Area | ViewKind::Histogram | ViewKind::Bar, [measure]) => &measure.label,
        _ => "",
    }
}

pub(super) fn default_title(
    kind: ViewKind,
    content: &Content,
    drill: &[Level],
    facet: Option<&Facet>,
    of: &str,
    catalogue: Catalogue<'_>,
) -> String {
    let measures: Vec<&str> = content.measures.iter().map(|measure| measure.label.as_str()).collect();
    let levels: Vec<&str> = drill.iter().map(|level| level.key.label.as_str()).collect();
    let is_level = |key: &Key| drill.first().is_some_and(|level| level.key.name == key.name);
    let keys = content.keys.iter().map(|key| if is_level(key) { levels.join(" › ") } else { key.label.clone() });
    let keys: Vec<String> = keys.chain(facet.iter().map(|facet| facet.key.label.clone())).collect();
    match kind {
        // Not that of its target.
        ViewKind::Kpi => measures.into_iter().take(1).collect(),
        ViewKind::Histogram if facet.is_none() => keys.join(", "),
        ViewKind::Text => String::new(),
        ViewKind::Box => catalogue.fill(Phrase::TitleBy, &[("measures", of), ("keys", &keys.join(", "))]),
        ViewKind::Scatter => {
            let [across, up] = scatter::axes(content);
            catalogue.fill(Phrase::TitleBy, &[("measures", up), ("keys", across)])
        }
        _ => catalogue.fill(Phrase::TitleBy, &[("measures", &measures.join(", ")), ("keys", &keys.join(", "))]),
    }
}
