//! What becomes of `theme:`, and which colours are warned of.
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
            colours are hardly told apart in the light scheme: #d62728 and #4f8a10 by those who see without green, #d62728 and #7d6b12 by those who see without red, #4f8a10 and #7d6b12 by those who see without red
            colours are hardly told apart in the dark scheme: #d62728 and #4f8a10 by those who see without green, #d62728 and #e05d3d, #4f8a10 and #e05d3d by those who see without red
        "#]],
    );
    check(
        r##"{ accent: "#8fbc8f", series: ["#fffacd"] }"##,
        expect![[r#"
            light 
            dark 
            the accent #8fbc8f has a contrast of 2.2 on light cards: 3 is the least that can be seen
            colours are faint on light cards, where marks need a contrast of 3: #fffacd has 1.1
            colours are hardly told apart in the dark scheme: #fffacd and #fbdf93
        "#]],
    );
}

#[test]
fn sequential_colours_are_checked_for_everyone() {
    check(
        r##"{ sequential: ["#f0f9e8", "#7bccc4", "#08589e"] }"##,
        expect![[r#"
        light --sequential-1: #f0f9e8; --sequential-2: #b6e3d6; --sequential-3: #7bccc4; --sequential-4: #4292b1; --sequential-5: #08589e; 
        dark --sequential-1: #1a2530; --sequential-2: #2b465e; --sequential-3: #3c668b; --sequential-4: #4d87b9; --sequential-5: #94b7d5; 
    "#]],
    );
    check(
        r##"{ sequential: { light: ["#fee8c8", "#b30000"], dark: ["#1f2430", "#ffb74d"] } }"##,
        expect![[r#"
        light --sequential-1: #fee8c8; --sequential-2: #ebae96; --sequential-3: #d97464; --sequential-4: #c63a32; --sequential-5: #b30000; 
        dark --sequential-1: #1f2430; --sequential-2: #574937; --sequential-3: #8f6e3f; --sequential-4: #c79246; --sequential-5: #ffb74d; 
    "#]],
    );
    // As strong as each other to those who see without green; too pale; the wrong way round.
    check(
        r##"{ sequential: { light: ["#ffb3b3", "#b8c48a", "#8a6d00"], dark: ["#1b2733", "#2f4a3c"] } }"##,
        expect![[r#"
        light --sequential-1: #ffb3b3; --sequential-2: #dcbc9f; --sequential-3: #b8c48a; --sequential-4: #a19945; --sequential-5: #8a6d00; 
        dark --sequential-1: #1b2733; --sequential-2: #203035; --sequential-3: #253938; --sequential-4: #2a413a; --sequential-5: #2f4a3c; 
        #ffb3b3 and #dcbc9f follow each other on the sequential scale, and are hardly told apart in the light scheme
        #2f4a3c is for the most, and has a contrast of 1.8 in the dark scheme
        #1b2733 and #203035 follow each other on the sequential scale, and are hardly told apart in the dark scheme
    "#]],
    );
    check(
        r##"{ sequential: { light: ["#08589e", "#f0f9e8"], dark: ["#1b2733", "#e0f0ff"] } }"##,
        expect![[r#"
        light --sequential-1: #08589e; --sequential-2: #4280b1; --sequential-3: #7ca9c3; --sequential-4: #b6d1d6; --sequential-5: #f0f9e8; 
        dark --sequential-1: #1b2733; --sequential-2: #4c5966; --sequential-3: #7e8c99; --sequential-4: #afbecc; --sequential-5: #e0f0ff; 
        #4280b1 is for more than #08589e, but stands out less in the light scheme
    "#]],
    );
    check(
        r##"{ sequential: ["#08589e"] }"##,
        expect![[r#"
        light 
        dark 
        expected 2 to 8 colours, found 1
    "#]],
    );
}

#[test]
fn many_colours_are_told_of_once() {
    check(
        r##"{ series: ["#ff9999", "#ff9a9a", "#ff9b9b", "#ff9c9c", "#ff9d9d", "#ff9e9e"] }"##,
        expect![[r#"
        light --accent: #ff9999; --accent-soft: #ffefef; --series-1: #ff9999; --series-2: #ff9a9a; --series-3: #ff9b9b; --series-4: #ff9c9c; --series-5: #ff9d9d; --series-6: #ff9e9e; 
        dark --accent: #ff9999; --accent-soft: #3a2f35; --series-1: #ff9999; --series-2: #ff9a9a; --series-3: #ff9b9b; --series-4: #ff9c9c; --series-5: #ff9d9d; --series-6: #ff9e9e; 
        colours are faint on light cards, where marks need a contrast of 3: #ff9999 has 2.0, #ff9a9a has 2.0, #ff9b9b has 2.0 and 3 more
        colours are hardly told apart in the light scheme: #ff9999 and #ff9a9a, #ff9999 and #ff9b9b, #ff9999 and #ff9c9c and 12 more
        colours are hardly told apart in the dark scheme: #ff9999 and #ff9a9a, #ff9999 and #ff9b9b, #ff9999 and #ff9c9c and 12 more
    "#]],
    );
}
