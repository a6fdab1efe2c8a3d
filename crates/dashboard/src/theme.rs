use serde::{Deserialize, Serialize};

/// What the author chose of the page's looks: properties of its style sheet and their values, the same in both lists. Empty: the
/// style sheet's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThemeProperties {
    pub light: Vec<(String, String)>,
    pub dark: Vec<(String, String)>,
}
