/// What is known of a column.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    /// As the contract writes it.
    pub type_name: String,
    pub kind: Kind,
    /// The file itself says that there are no nulls.
    pub required: bool,
    /// Of the values; `None` where the data was too large to look at.
    pub facts: Option<Facts>,
}

/// What a column can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Date,
    Timestamp,
    Integer,
    /// Floats and decimals.
    Fraction,
    Text,
    Boolean,
    /// In the file, and of no use in a dashboard.
    Other,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// Values that are not null.
    pub present: u64,
    pub distinct: Option<u64>,
    /// Of times in microseconds.
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Between them lie 98 % of the numbers.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Column {
    pub fn is_time(&self) -> bool {
        matches!(self.kind, Kind::Date | Kind::Timestamp)
    }

    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Integer | Kind::Fraction)
    }

    pub fn distinct(&self) -> Option<u64> {
        self.facts?.distinct
    }

    /// As an expression names it.
    pub fn sql(&self) -> String {
        let mut letters = self.name.chars();
        let plain = letters.next().is_some_and(|first| first.is_ascii_lowercase() || first == '_')
            && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if plain && !RESERVED.contains(&self.name.as_str()) { self.name.clone() } else { format!("\"{}\"", self.name.replace('"', "\"\"")) }
    }

    /// The name as part of another one.
    pub fn slug(&self) -> String {
        slug(&self.name)
    }

    /// The words of the name, in lower case: `unitPrice` and `unit_price` are `unit` and `price`.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut was_lower = false;
        for c in self.name.chars() {
            if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
                words.push(String::new());
            }
            was_lower = c.is_lowercase();
            if c.is_alphanumeric()
                && let Some(word) = words.last_mut()
            {
                word.extend(c.to_lowercase());
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }
}

/// Letters, digits and `_`, not a digit first, at most 40.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().take(40) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let slug = slug.trim_matches('_');
    match slug.chars().next() {
        None => "data".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{slug}"),
        Some(_) => slug.to_owned(),
    }
}

/// Words that a SQL parser may not take for a column.
const RESERVED: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "count",
    "cross",
    "current_date",
    "date",
    "default",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "filter",
    "first",
    "for",
    "from",
    "group",
    "having",
    "if",
    "in",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "last",
    "left",
    "like",
    "limit",
    "not",
    "null",
    "on",
    "or",
    "order",
    "over",
    "position",
    "right",
    "select",
    "set",
    "some",
    "struct",
    "substring",
    "sum",
    "table",
    "then",
    "time",
    "timestamp",
    "to",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Column {
        Column { name: name.into(), type_name: "int64".into(), kind: Kind::Integer, required: false, facts: None }
    }

    #[test]
    fn names_become_words_slugs_and_identifiers() {
        assert_eq!(named("unitPrice_EUR").words(), ["unit", "price", "eur"]);
        assert_eq!(named("Größe (cm)").slug(), "gr_e_cm");
        assert_eq!(named("2024 total").slug(), "_2024_total");
        assert_eq!(named("delay").sql(), "delay");
        assert_eq!(named("Order Date").sql(), "\"Order Date\"");
        assert_eq!(named("group").sql(), "\"group\"");
        assert_eq!(named("a\"b").sql(), "\"a\"\"b\"");
    }
}
