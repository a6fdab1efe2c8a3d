//! Whatever the bytes: an answer, in bounded time and memory, and no panic.
use proptest::prelude::*;
use tarn_dashboard::Dashboard;
use tarn_spec::{compile, render_all};

const DEMO: &str = include_str!("../../../examples/flights/dashboard.yaml");

/// Compiles, renders what was found, and checks that a dashboard is there exactly when no error is.
fn compile_anything(bytes: &[u8]) -> Option<Dashboard> {
    let compiled = compile("hostile.yaml", bytes);
    let text = render_all(&compiled.files, &compiled.diagnostics);
    assert!(!text.contains("Tarn failed"), "the compiler broke on {:?}", String::from_utf8_lossy(bytes));
    assert_eq!(compiled.dashboard.is_some(), compiled.n_errors() == 0, "{text}");
    compiled.dashboard
}

#[test]
fn nesting_of_every_kind_is_refused() {
    for part in ["[", "{a: ", "- ", "? ", "a: [", "!!x ", "&a ", "'", "\"", "|\n "] {
        compile_anything(part.repeat(20_000).as_bytes());
    }
}

#[test]
fn expressions_of_every_kind_are_refused_when_too_deep() {
    for (open, close) in
        [("(", ")"), ("abs(", ")"), ("not ", ""), ("- ", ""), ("case when ", " end"), ("1 + ", ""), ("x.", ""), ("[", "]"), ("{a: ", "}")]
    {
        for n in [30, 60, 400, 3_000] {
            let sql = format!("{}i{}", open.repeat(n), close.repeat(n));
            let yaml = format!(
                "title: T\ndata: {{ f: {{ source: f, ttl: 1h, schema: {{ i: int64 }}, measures: {{ m: 'sum({sql})' }} }} }}\npages: [{{ title: A, rows: [[kpi: m]] }}]\n"
            );
            if let Some(dashboard) = compile_anything(yaml.as_bytes()) {
                let json = serde_json::to_string(&dashboard).unwrap();
                assert_eq!(serde_json::from_str::<Dashboard>(&json).unwrap(), dashboard, "the browser reads what was compiled");
            }
        }
    }
}

#[test]
fn file_of_more_than_a_megabyte_is_refused() {
    assert!(compile_anything(&vec![b'#'; 1_000_001]).is_none());
    assert!(compile_anything("a: 1\n".repeat(150_000).as_bytes()).is_none());
}

#[test]
fn demo_compiles_and_its_json_reads_back() {
    let dashboard = compile_anything(DEMO.as_bytes()).unwrap();
    let json = serde_json::to_string(&dashboard).unwrap();
    assert_eq!(serde_json::from_str::<Dashboard>(&json).unwrap(), dashboard);
    let with_bom = format!("\u{feff}{}", DEMO.replace('\n', "\r\n"));
    assert_eq!(compile_anything(with_bom.as_bytes()), Some(dashboard), "a byte order mark and Windows line ends change nothing");
}

/// The demo with one piece replaced by another text.
fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[\\PC]{0,6}",
        "[-:{}\\[\\],&*#?|>'\"%@`!\n\t ]{0,6}",
        "(count|sum|avg|date|filter|where|case|interval|extract|in|between|\\(|\\)|'|,|\\*|\\+| ){0,8}",
        Just("\u{0}".to_owned()),
        Just("\r".to_owned()),
    ];
    (0..DEMO.len(), 0..40_usize, piece).prop_map(|(at, length, piece)| {
        let at = DEMO.char_indices().map(|(index, _)| index).take_while(|index| *index <= at).last().unwrap_or(0);
        let end = DEMO[at..].char_indices().nth(length).map_or(DEMO.len(), |(index, _)| at + index);
        format!("{}{piece}{}", &DEMO[..at], &DEMO[end..])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_demo_is_answered(text in mutated()) {
        compile_anything(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        compile_anything(&bytes);
    }

    #[test]
    fn any_yaml_like_text_is_answered(text in "[-:{}\\[\\],&*#?|>'\"%@`!a-c1\n\t ]{0,80}") {
        compile_anything(text.as_bytes());
    }

    #[test]
    fn any_expression_is_answered(sql in "(i|s|dt|ts|1|2\\.5|null|'a'|count|sum|avg|date_trunc|extract|from|filter|where|case|when|then|else|end|interval|in|is|not|between|and|or|like|cast|as|int|\\(|\\)|,|\\*|\\+|-|/|//|%|=|<|>|\\|\\||::|\\{m\\}|\\[|\\]|\\.|;|\\?|\\$1| ){0,25}") {
        let sql = sql.replace('\'', "''");
        let yaml = format!("title: T\ndata: {{ f: {{ source: f, ttl: 1h, schema: {{ i: int64, s: string, dt: date, ts: timestamp }}, dimensions: {{ d: '{sql}' }}, measures: {{ m: '{sql}' }} }} }}\npages: [{{ title: A, rows: [[kpi: m]] }}]\n");
        compile_anything(yaml.as_bytes());
    }
}
