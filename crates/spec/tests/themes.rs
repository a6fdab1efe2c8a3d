//! What becomes of `theme:`, and which colours are warned of.
#![allow(clippy::unwrap_used)]
use expect_test::{Expect, expect};
use tarn_spec::compile;

fn check(theme: &str, expected: Expect) {
    let yaml = format!(
        "title: A\ntheme: {theme}\ndata: {{ a: {{ source: a.parquet, ttl: 1h, schema: {{ i: int64 }}, measures: {{ m: count(*) }} }} }}\npages: [{{ title: A, rows: [[kpi: m]] }}]\n"
    );
    let compiled = compile("dashboard.yaml", yaml.as_bytes());
    let theme = compiled.dashboard.map(|dashboard| dashboard.theme).unwrap_or_default();
    let line = |properties: &[(String, String)]| properties.iter().map(|(name, value)| format!("{name}: {value}; ")).collect::<String>();
    let mut told = format!("light {}\ndark {}\n", line(&theme.light), line(&theme.dark));
    for diagnostic in &compiled.diagnostics {
        told += &format!("{}\n", diagnostic.message);
    }
    expected.assert_eq(&told);
}

#[test]
fn an_accent_is_made_fit_for_the_dark() {
    check(
        r##"{ accent: "#0f766e" }"##,
        expect![[r#"
        light --accent: #0f766e; --accent-soft: #d9e9e8; --series-1: #0f766e; 
        dark --accent: #3a8f88; --accent-soft: #1b2e32; --series-1: #3a8f88; 
    "#]],
    );
    check(
        r##"{ accent: { light: "#0f766e", dark: "#5eead4" }, radius: 4, density: compact, font: "Inter, sans-serif" }"##,
        expect![[r#"
        light --accent: #0f766e; --accent-soft: #d9e9e8; --series-1: #0f766e; --font: Inter, sans-serif; --radius: 4px; --gap: 10px; --padding: 9px 11px; 
        dark --accent: #5eead4; --accent-soft: #213c3e; --series-1: #5eead4; --font: Inter, sans-serif; --radius: 4px; --gap: 10px; --padding: 9px 11px; 
    "#]],
    );
}

#[test]
fn series_are_checked_for_everyone() {
    check(
        r##"{ series: ["#d62728", "#4f8a10"] }"##,
        expect![[r#"
        light --accent: #d62728; --accent-soft: #f8dcdd; --series-1: #d62728; --series-2: #4f8a10; 
        dark --accent: #d62728; --accent-soft: #341d23; --series-1: #d62728; --series-2: #4f8a10; 
        the colours #d62728 and #4f8a10 are hardly told apart by those who see without green, in the light scheme
        the colours #d62728 and #7d6b12 are hardly told apart by those who see without red, in the light scheme
        the colours #4f8a10 and #7d6b12 are hardly told apart by those who see without red, in the light scheme
        the colours #d62728 and #4f8a10 are hardly told apart by those who see without green, in the dark scheme
        the colours #d62728 and #e05d3d are hardly told apart, in the dark scheme
        the colours #4f8a10 and #e05d3d are hardly told apart by those who see without red, in the dark scheme
    "#]],
    );
    check(
        r##"{ accent: "#8fbc8f", series: ["#fffacd"] }"##,
        expect![[r#"
        light 
        dark 
        the accent #8fbc8f has a contrast of 2.2 on light cards: 3 is the least that can be seen
        the colour #fffacd has a contrast of 1.1 on light cards: marks need 3
        the colours #fffacd and #fbdf93 are hardly told apart, in the dark scheme
    "#]],
    );
}
