use crate::{Catalogue, Filter, Measure, Source, ThemeProperties, View, Weekday, Wording, Zone};
use serde::{Deserialize, Serialize};

/// Version of the compiled form. A runtime refuses any other: both come from one build.
pub const FORMAT: u32 = 4;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Equals [`FORMAT`].
    pub format: u32,
    pub title: String,
    /// BCP 47, such as `en-GB`.
    pub locale: String,
    /// What the page says, one for each [`Phrase`](crate::Phrase) in their order. Empty: English, which the page has.
    #[serde(default)]
    pub strings: Vec<Wording>,
    #[serde(default)]
    pub theme: ThemeProperties,
    /// In which instants are shown, truncated and filtered. What shows them has already made wall time of them.
    pub zone: Zone,
    pub week_start: Weekday,
    /// How much the data of all sources may take in the browser, instead of what the device suggests.
    pub memory_mb: Option<u32>,
    pub sources: Vec<Source>,
    pub filters: Vec<Filter>,
    pub pages: Vec<Page>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub id: String,
    pub title: String,
    /// Filter ids whose controls stand in the bar, in this order.
    pub filters: Vec<String>,
    pub rows: Vec<Vec<View>>,
}

impl Dashboard {
    pub fn catalogue(&self) -> Catalogue<'_> {
        Catalogue::new(&self.strings)
    }

    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    pub fn filter(&self, id: &str) -> Option<&Filter> {
        self.filters.iter().find(|filter| filter.id == id)
    }

    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The page that shows the view, and the view.
    pub fn view(&self, id: &str) -> Option<(&Page, &View)> {
        self.pages.iter().find_map(|page| Some((page, page.view(id)?)))
    }
}

impl Page {
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.rows.iter().flatten()
    }

    pub fn view(&self, id: &str) -> Option<&View> {
        self.views().find(|view| view.id == id)
    }

    /// The filters in force on this page: those of the bar, then those that its views select or go down by, each once.
    pub fn filters_in_force(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.filters.iter().map(String::as_str).collect();
        for id in self.views().flat_map(|view| view.selects.iter().chain(view.drill.iter().map(|level| &level.filter))) {
            if !ids.contains(&id.as_str()) {
                ids.push(id);
            }
        }
        ids
    }
}

impl Source {
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }
}
