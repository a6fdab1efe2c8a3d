/// A text as YAML reads it back: plain where that is safe.
pub fn quoted(text: &str) -> String {
    let plain = text.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./()*".contains(c) || c == ' ')
        && !text.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    // YAML's double quotes take JSON's escapes.
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_yaml_would_take_for_something_else_is_quoted() {
        for (text, written) in [
            ("in transit", "in transit"),
            ("no", "\"no\""),
            ("NULL", "\"NULL\""),
            ("1", "\"1\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("x\n- y", "\"x\\n- y\""),
            ("é", "\"é\""),
        ] {
            assert_eq!(quoted(text), written);
        }
    }
}
