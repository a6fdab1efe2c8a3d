use crate::{diagnostic::Report, yaml::Node};

/// The name that a typing mistake most likely meant: at most a third of its letters away, and not all of them.
pub(crate) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    // Swapped letters are the likelier mistake: `int46` is int64, not int16.
    let rank = |other: &str| (distance(&lower, other), sorted(&lower) != sorted(other));
    let nearest = known.into_iter().map(|other| (rank(&other.to_lowercase()), other)).min_by_key(|(rank, _)| *rank)?;
    let nearest = (nearest.0.0, nearest.1);
    let length = name.chars().count();
    (nearest.0 <= length.max(3) / 3 && nearest.0 < length.max(1)).then_some(nearest.1)
}

/// What the node's word stands for, or an error that tells the others: `one` of them is unknown, and `all` are these.
pub(crate) fn word<'a, T>(
    node: &Node,
    one: &str,
    all: &str,
    words: impl IntoIterator<Item = (&'a str, T)> + Clone,
    report: &mut Report,
) -> Option<T> {
    let text = node.text(report)?;
    let found = words.clone().into_iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let known: Vec<&str> = words.into_iter().map(|(word, _)| word).collect();
        report.error(node.span, format!("unknown {one} `{text}`")).hint(hint(text, all, known));
    }
    found.map(|(_, meaning)| meaning)
}

/// "did you mean `x`?", or the list of what there is.
pub(crate) fn hint<'a>(name: &str, what: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(found) = closest(name, known.clone()) {
        return format!("did you mean `{found}`?");
    }
    let mut names: Vec<String> = known.into_iter().map(|name| format!("`{name}`")).collect();
    let n_more = names.len().saturating_sub(12);
    names.truncate(12);
    let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
    if names.is_empty() { format!("there are no {what}") } else { format!("{what}: {}{more}", names.join(", ")) }
}

fn sorted(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let swapped = if swapped { rows[i - 2][j - 2] + 1 } else { usize::MAX };
                substituted.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(swapped)
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_typing_mistakes_and_nothing_far_away() {
        let known = ["title", "subtitle", "delay", "destination"];
        assert_eq!(closest("titel", known), Some("title"));
        assert_eq!(closest("destinaton", known), Some("destination"));
        assert_eq!(closest("DELAY", known), Some("delay"));
        assert_eq!(closest("carrier", known), None);
        assert_eq!(closest("int46", ["int16", "int64"]), Some("int64"));
        assert_eq!(closest("n", ["a", "b"]), None);
    }

    #[test]
    fn hint_lists_what_there_is_when_nothing_is_close() {
        assert_eq!(hint("carrier", "columns", ["delay", "origin"]), "columns: `delay`, `origin`");
        assert_eq!(hint("carrier", "columns", []), "there are no columns");
    }
}
