/// Words for a name: `avg_delay` becomes "Avg delay".
pub(crate) fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut chars = words.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Lower-case words joined by hyphens: "Late over 15 min" becomes `late-over-15-min`. Empty when no letter or digit is left.
pub(crate) fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Whether an id can stand in URLs, attributes and command lines without quoting.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// Whether a name can be written in SQL and in `{…}` without quotes.
pub(crate) fn is_name(text: &str) -> bool {
    let starts = text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    starts && text.len() <= 64 && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_slugs() {
        assert_eq!(label("avg_delay"), "Avg delay");
        assert_eq!(label(""), "");
        assert_eq!(slug("Late over 15 min"), "late-over-15-min");
        assert_eq!(slug("Ankünfte / Tag"), "ankünfte-tag");
        assert_eq!(slug("— %"), "");
    }
}
