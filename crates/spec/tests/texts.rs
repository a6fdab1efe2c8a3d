//! What an author's Markdown becomes: parts, never HTML.
use expect_test::{Expect, expect};
use tarn_dashboard::{Block, Inline, View};
use tarn_spec::{compile, render_all};

/// The view of a text, each of its lines indented as YAML wants it.
fn view(text: &str) -> View {
    let block: String = text.lines().map(|line| format!("            {line}\n")).collect();
    let yaml = format!(
        r#"
title: Texts
data:
  flights:
    source: data/flights.parquet
    ttl: 5m
    schema: {{ date: timestamp!, delay: int64 }}
    measures:
      flights: count(*)
      late_share: {{ sql: avg(case when delay > 15 then 1 else 0 end), format: 0.0% }}
pages:
  - title: One
    rows:
      - - text: |
{block}"#
    );
    let compiled = compile("dashboard.yaml", yaml.as_bytes());
    let told = render_all(&compiled.files, &compiled.diagnostics);
    assert!(compiled.diagnostics.is_empty(), "{told}");
    let mut dashboard = compiled.dashboard.unwrap();
    dashboard.pages.remove(0).rows.remove(0).remove(0)
}

fn inlines(content: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Strong(content) => format!("[strong {}]", inlines(content)),
        Inline::Emphasis(content) => format!("[em {}]", inlines(content)),
        Inline::Code(code) => format!("[code {code}]"),
        Inline::Link(to, content) => format!("[link {to} {}]", inlines(content)),
        Inline::Break => "[break]".into(),
        Inline::Measure(name) => format!("<{name}>"),
    };
    content.iter().map(one).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, content) => format!("h{level}: {}", inlines(content)),
        Block::Paragraph(content) => format!("p: {}", inlines(content)),
        Block::List { ordered, items } => {
            let items: Vec<String> = items.iter().map(|item| inlines(item)).collect();
            format!("{}: {}", if *ordered { "ol" } else { "ul" }, items.join(" | "))
        }
        Block::Quote(content) => format!("quote: {}", inlines(content)),
        Block::Code(code) => format!("code: {code:?}"),
        Block::Rule => "rule".into(),
    }
}

fn check(text: &str, expected: Expect) {
    let blocks: Vec<String> = view(text).text.iter().map(block).collect();
    expected.assert_eq(&blocks.join("\n"));
}

#[test]
fn measures_stand_among_words() {
    check("**{flights}** flights, *{late_share}* of them late.", expect!["p: [strong <flights>] flights, [em <late_share>] of them late."]);
    check("{late_share}{flights} {} {not a name} {0}", expect!["p: <late_share><flights> {} {not a name} {0}"]);
    check("`{flights}` is code", expect!["p: [code {flights}] is code"]);
    let view = view("{flights}, again {flights}, then {late_share}");
    assert_eq!(view.measures, ["flights", "late_share"], "each is asked for once");
    assert!(view.title.is_empty() && view.keys.is_empty());
}

#[test]
fn words_alone_are_of_no_source() {
    assert_eq!(view("Words").source, "");
    assert_eq!(view("{flights}").source, "flights");
}

#[test]
fn blocks_are_told_apart() {
    check(
        "# One\n## Two\nA line\nand its second.  \nAnother.\n\n- a **b**\n- {flights}\n\n1. first\n2. second\n\n---\n\n    let x = \"<b>\";\n",
        expect![[r#"
            h1: One
            h2: Two
            p: A line and its second.[break]Another.
            ul: a [strong b] | <flights>
            ol: first | second
            rule
            code: "let x = \"<b>\";""#]],
    );
}

#[test]
fn paragraphs_of_an_item_and_of_a_quotation_stay_apart() {
    check("- one\n\n  more\n- two", expect!["ul: one[break]more | two"]);
    check("> one\n>\n> two {flights}", expect!["quote: one[break]two <flights>"]);
}

#[test]
fn links_lead_to_the_web_or_into_the_site() {
    check(
        "[a](https://example.com/x?y=1) [b](mailto:a@example.com) [c](report.pdf) [d](/about#team)",
        expect!["p: [link https://example.com/x?y=1 a] [link mailto:a@example.com b] [link report.pdf c] [link /about#team d]"],
    );
}

#[test]
fn no_level_of_headings_is_left_out() {
    check(
        "## A\n#### B\n## C\n### D\n# E\n## F",
        expect![[r#"
        h1: A
        h2: B
        h1: C
        h2: D
        h1: E
        h2: F"#]],
    );
}
