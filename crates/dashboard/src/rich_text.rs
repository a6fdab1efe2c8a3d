use serde::{Deserialize, Serialize};

/// A part of a text, from the author's Markdown. There is no HTML in it: the page makes an element of each part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// How many headings it is below, itself counted.
    Heading(u8, Vec<Inline>),
    Paragraph(Vec<Inline>),
    List {
        ordered: bool,
        items: Vec<Vec<Inline>>,
    },
    Quote(Vec<Inline>),
    Code(String),
    Rule,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    Text(String),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Code(String),
    /// To an address of the web, a mail address, or a place of this site.
    Link(String, Vec<Inline>),
    Break,
    /// The value of one of the view's measures, by name.
    Measure(String),
}
