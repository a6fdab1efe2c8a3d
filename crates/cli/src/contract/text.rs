//! A contract as YAML.
use super::dbt::Contract;
use tarn_draft::quoted;

/// Both parts, with where they go.
pub fn whole(contract: &Contract, manifest: &str) -> String {
    let mut text = format!(
        "# The contract of {}, by `tarn contract import` from {} ({}).\n\n# For the source in the dashboard file:\n{}",
        one_line(&contract.model),
        one_line(manifest),
        one_line(&contract.written_by),
        schema(contract)
    );
    let checks = checks(contract);
    if !checks.is_empty() {
        text += &format!("\n# For the publication file:\n{checks}");
    }
    if !contract.notes.is_empty() {
        text += "\n# Not taken over:\n";
    }
    for note in &contract.notes {
        text += &format!("# - {}\n", one_line(note));
    }
    text
}

pub fn schema(contract: &Contract) -> String {
    let mut text = "schema:\n".to_owned();
    for column in &contract.columns {
        let required = if column.required { "!" } else { "" };
        // Brackets and commas are safe in a block, and quoted for those who paste it into braces.
        let written = if column.type_name.contains('(') {
            format!("'{}{required}'", column.type_name)
        } else {
            format!("{}{required}", column.type_name)
        };
        text += &format!("  {}: {written}\n", quoted(&column.name));
    }
    text
}

/// Nothing where nothing is checked.
pub fn checks(contract: &Contract) -> String {
    let list = |values: &[String]| format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "));
    let mut text = String::new();
    if !contract.unique.is_empty() {
        text += "  unique:\n";
        contract.unique.iter().for_each(|key| text += &format!("    - {}\n", list(key)));
    }
    if !contract.accepted_values.is_empty() {
        text += "  accepted_values:\n";
        contract.accepted_values.iter().for_each(|(column, values)| text += &format!("    {}: {}\n", quoted(column), list(values)));
    }
    if let Some(within) = &contract.fresh_within {
        text += &format!("  fresh_within: {within}\n");
    }
    if text.is_empty() { text } else { format!("checks:\n{text}") }
}

/// What stands in a comment must not end it.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' || c == '\u{85}' { ' ' } else { c }).collect()
}
