//! `tarn fmt` changes how a file looks, and nothing else.
use expect_test::expect;
use proptest::prelude::*;
use tarn_spec::{FormatError, compile, format, render_all};

const DEMO: &str = include_str!("../../../examples/flights/dashboard.yaml");

fn formatted(text: &str) -> String {
    format("f.yaml", text.as_bytes()).unwrap_or_else(|problem| match problem {
        FormatError::Invalid(files, diagnostics) => panic!("{}", render_all(&files, &diagnostics)),
        FormatError::Unsafe => panic!("not understood:\n{text}"),
    })
}

#[test]
fn layout_of_what_people_write() {
    let text = "\u{feff}# Sales of all shops.\r
\r
title:   'Sales'   #the title\r
data:\r
    sales:\r
        source: sales.parquet
        ttl: '5m'   \t
        schema: {day: date,amount: double!,   # what was paid
          shop: string}
        measures:
            total: sum(amount)
            folded: >
              sum(amount)
                + 1
            other: |
              case when true
              then 1 end



# Below each other.
pages:
- title: A
  rows:
  - [kpi: total,kpi: \"other\"]
  -
    - kpi: total
    - kpi: 'it''s'
";
    expect![[r##"
        # Sales of all shops.

        title: "Sales" # the title
        data:
          sales:
            source: sales.parquet
            ttl: "5m"
            schema: {
              day: date,
              amount: double!, # what was paid
              shop: string
            }
            measures:
              total: sum(amount)
              folded: >
                sum(amount)
                  + 1
              other: |
                case when true
                then 1 end

        # Below each other.
        pages:
          - title: A
            rows:
              - [kpi: total, kpi: "other"]
              - - kpi: total
                - kpi: 'it''s'
    "##]]
    .assert_eq(&formatted(text));
}

#[test]
fn examples_are_formatted() {
    assert_eq!(formatted(DEMO), DEMO);
    let publication = include_str!("../../../examples/publish/publish.yaml");
    assert_eq!(formatted(publication), publication);
}

#[test]
fn what_is_no_yaml_is_refused_with_its_place() {
    let Err(FormatError::Invalid(files, diagnostics)) = format("f.yaml", b"title: [Sales\nx: 1\n") else { panic!("formatted") };
    let told = render_all(&files, &diagnostics);
    assert!(told.contains("f.yaml:2:2"), "{told}");
    assert!(matches!(format("f.yaml", b"a: \xff"), Err(FormatError::Invalid(..))));
    assert!(matches!(format("f.yaml", b"a: 1\na: 2\n"), Err(FormatError::Invalid(..))));
}

/// The demo as somebody else would have laid it out, with a comment of its own on some lines.
fn rearranged() -> impl Strategy<Value = (String, Vec<String>)> {
    let line = (0..8_u8, 1..4_usize);
    (1..4_usize, prop::collection::vec(line, DEMO.lines().count())).prop_map(|(wider, changes)| {
        let (mut text, mut comments) = (String::new(), vec![]);
        for (at, (line, (change, n))) in DEMO.lines().zip(changes).enumerate() {
            let content = line.trim_start();
            // Below, the columns of what follows a dash count.
            let wider = if DEMO.find("pages:") > DEMO.find(line) { wider } else { 1 };
            let indent = (line.len() - content.len()) * wider;
            let mut comment = || {
                comments.push(format!("# note {at}"));
                format!("# note {at}")
            };
            let before = match change {
                0 => "\n".repeat(n),
                1 => format!("{:indent$}{}\n", "", comment()),
                _ => String::new(),
            };
            let after = match change {
                2 => " ".repeat(n),
                3 if !content.contains('#') && !content.is_empty() => format!("{:n$}{}", "", comment()),
                _ => String::new(),
            };
            text += &format!("{before}{:indent$}{content}{after}\n", "");
        }
        (text, comments)
    })
}

/// The demo with a piece that says something else, or nothing.
fn damaged() -> impl Strategy<Value = String> {
    (0..DEMO.len(), 0..40_usize, "[-:{}\\[\\],&*#?|>'\"%@`!a1\n ]{0,8}").prop_map(|(at, length, piece)| {
        let at = (0..=at).rev().find(|at| DEMO.is_char_boundary(*at)).unwrap();
        let end = (at + length..).find(|end| *end >= DEMO.len() || DEMO.is_char_boundary(*end)).unwrap().min(DEMO.len());
        format!("{}{piece}{}", &DEMO[..at], &DEMO[end..])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dashboard_and_comments_stay((text, comments) in rearranged()) {
        let result = formatted(&text);
        prop_assert_eq!(compile("f.yaml", result.as_bytes()).dashboard, compile("f.yaml", text.as_bytes()).dashboard);
        let mut rest = result.as_str();
        for comment in comments {
            let found = rest.find(&format!("{comment}\n"));
            prop_assert!(found.is_some(), "{comment} is lost or out of order in\n{result}");
            rest = &rest[found.unwrap() + comment.len()..];
        }
        prop_assert_eq!(formatted(&result), result);
    }

    #[test]
    fn whatever_stands_there_says_the_same_or_stays(text in damaged()) {
        if let Ok(result) = format("f.yaml", text.as_bytes()) {
            prop_assert_eq!(compile("f.yaml", result.as_bytes()).dashboard, compile("f.yaml", text.as_bytes()).dashboard);
            prop_assert_eq!(formatted(&result), result);
        }
    }
}
