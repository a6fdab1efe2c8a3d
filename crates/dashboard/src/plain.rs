use serde::{Deserialize, Serialize};

/// A value as JSON and JavaScript have it, without objects: what filter values and cells are outside of Tarn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Plain {
    Null,
    Boolean(bool),
    Int(i64),
    Number(f64),
    Text(String),
    List(Vec<Plain>),
}

impl Plain {
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// As JSON, for messages: not escaped, and cut where it is long.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) => format!("\"{text}\""),
            Self::List(items) => {
                let mut text = "[".to_owned();
                for (i, item) in items.iter().take(8).enumerate() {
                    text += if i > 0 { "," } else { "" };
                    text += &item.shown();
                }
                text + "]"
            }
        }
    }
}
