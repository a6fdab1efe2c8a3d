//! How paths, groups and titles are written for nginx.
use crate::deploy::rules::{Claimed, Guarded, Rule};
use std::fmt::Write as _;

/// Matches a list joined by commas that holds the group.
pub fn in_list(group: &str) -> Result<String, String> {
    if group.contains(',') {
        return Err(format!(
            "nginx learns groups as a list joined by commas: `{group}` holds one\nhint: rename the group, or map it at the provider"
        ));
    }
    Ok(format!("~(?:^|,)\\s*{}\\s*(?:,|$)", escaped(group)))
}

/// The variables of one path: what stands before it, and where a request goes that finds nothing.
pub fn may(at: usize, path: &Guarded, rule: &Rule) -> String {
    let mut text = String::new();
    for (name, refused, allowed) in [("may", "/.tarn/refused", "\"\""), ("miss", "/.tarn/403", "/.tarn/404")] {
        let (subject, cases) = match path {
            Guarded::Folder(_) | Guarded::File(_) => {
                ("$tarn_set".to_owned(), rule.sets.iter().map(|id| format!("        {id} {allowed};\n")).collect::<String>())
            }
            Guarded::Claimed(claimed) => {
                let pairs: Vec<String> =
                    claimed.claims.iter().enumerate().map(|(n, claim)| format!("$tarn_part_{at}_{n}/$tarn_claim_{claim}/")).collect();
                let same: String = (1..=claimed.claims.len()).map(|n| format!("([^/]+)/\\{n}/")).collect();
                let ids: Vec<&str> = rule.sets.iter().map(String::as_str).collect();
                let case =
                    if ids.is_empty() { String::new() } else { format!("        \"~^(?:{})\\|{same}$\" {allowed};\n", ids.join("|")) };
                (format!("\"$tarn_set|{}\"", pairs.concat()), case)
            }
        };
        let _ = write!(text, "    map {subject} $tarn_{name}_{at} {{\n        default {refused};\n{cases}    }}\n");
    }
    text
}

pub fn claimed_pattern(at: usize, claimed: &Claimed) -> String {
    let mut pattern = String::from("^/");
    for (n, part) in claimed.texts.iter().enumerate() {
        pattern += &escaped(part);
        if n < claimed.claims.len() {
            let _ = write!(pattern, "(?<tarn_part_{at}_{n}>[^/]+)");
        }
    }
    pattern + if claimed.is_folder { "" } else { "$" }
}

/// As a regular expression that matches this text alone, in letters that nginx's quotes leave alone.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("\\x{byte:02x}") }).collect()
}

pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Text of an author's in one line of a comment, which to nginx is a parameter that may be too long.
pub fn comment(text: &str) -> String {
    text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
