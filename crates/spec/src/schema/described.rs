//! What the reference says of a key.

const PAGES: [&str; 2] = [include_str!("../../../../docs/dashboard-file.md"), include_str!("../../../../docs/access.md")];

/// The description of a key in the tables under a heading, or in those under the headings below it. `None`: there is none.
pub(super) fn description(heading: &str, key: &str) -> Option<String> {
    section(heading)?.find_map(|line| {
        // An empty cell is `| |`: its bars share the blank. `\|` is a bar in a cell.
        let bars = line.trim().trim_matches('|').replace("\\|", "\u{0}");
        let cells: Vec<String> = bars.split('|').map(|cell| cell.trim().replace('\u{0}', "\\|")).collect();
        let (first, rest) = cells.split_first()?;
        let names = first.split('`').skip(1).step_by(2);
        // `bar: true` describes `bar`.
        let named = names.flat_map(|name| name.split([':', ' '])).any(|name| name == key);
        // The middle says that a key is required, or what a kind of view shows.
        let text = rest.iter().find(|cell| !cell.is_empty() && *cell != "required")?;
        (line.starts_with('|') && named).then(|| plain(text))
    })
}

fn section(heading: &str) -> Option<impl Iterator<Item = &'static str>> {
    let level = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
    let found = PAGES.iter().find_map(|page| {
        let mut lines = page.lines();
        let own = lines.find(|line| level(line) > 0 && line.trim_start_matches('#').trim() == heading)?;
        Some((level(own), lines))
    });
    found.map(|(own, lines)| lines.take_while(move |line| level(line) == 0 || level(line) > own))
}

/// Without links and table escapes.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        plain += before;
        match after.split_once("](").and_then(|(label, after)| Some((label, after.split_once(')')?.1))) {
            Some((label, after)) => {
                plain += label;
                rest = after;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    (plain + rest).replace("\\|", "|")
}
