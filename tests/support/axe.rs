//! axe-core: what a page has in the way of people.
use crate::{Page, root};
use std::fs;

const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// The script that brings axe-core into the page.
pub fn axe() -> String {
    let axe = fs::read_to_string(root().join("target/tools/node_modules/axe-core/axe.min.js"))
        .expect("`cargo xtask setup --all` installs axe-core");
    format!("{axe}; window.axe = axe ?? window.axe;")
}

/// What axe finds, with the place; also fails when fewer rules than `least` found anything to look at.
pub async fn barriers(page: &Page, place: &str, least: u64) -> Vec<String> {
    let script = format!(
        "const {{ violations, passes }} = await axe.run(document, {{ runOnly: {RULES} }});
         return {{ passes: passes.length, found: violations.flatMap(({{ id, nodes }}) => nodes.map((node) => `${{id}}: ${{node.html.slice(0, 200)}}`)) }};"
    );
    let answer = page.call(&script).await;
    assert!(answer["passes"].as_u64().unwrap() > least, "{place}: {answer}");
    answer["found"].as_array().unwrap().iter().map(|found| format!("{place}: {}", found.as_str().unwrap())).collect()
}
