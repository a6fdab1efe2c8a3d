use crate::folder::{Folder, failed, succeeded};
use std::fs;
use tarn_tests::{Serving, in_browser, root};

/// Data of different shapes, each with what its first draft must say.
const SHAPES: &[(&str, &str, &[&str])] = &[
    (
        "orders",
        "select i as \"Order ID\", date '2024-01-01' + (i % 200)::int as \"Order Date\", timestamp '2024-01-01' + (i * 37 % 90000) * interval 1 minute as created_at,
           ['Germany', 'Österreich', null][1 + i % 3] as country, case when i % 7 > 0 then (i * 13 % 1000) / 10.0 end as \"unitPrice\",
           (i * 7 % 20)::decimal(18, 2) as amount, i % 3 = 0 as is_new, (i * 31 % 100) / 100.0 as \"conversion rate\", null::int as nothing, [1, 2] as tags
         from range(20000) t(i)",
        &["time: Order Date", "sum(amount)", "avg_conversion_rate", "0.0%", "tags is left out: list", "compare: previous period"],
    ),
    ("texts", "select 'only' as a, 'texts ' || i as b from range(10) t(i)", &["bar: rows, by: b"]),
    ("empty", "select 1 as a, date '2024-01-01' as day, 'x' as t where false", &["from 0 rows"]),
    ("names", "select i as x, i * 1.5 as \"group\", i / 3 as \"on\", 'k' || (i % 3) as \"select\", i as \"a.b\", i as \"日本\" from range(1000) t(i)", &["a.b is left out"]),
    (
        "types",
        "select uuid() as id, timestamptz '2024-01-01 10:00:00+00' + i * interval 1 hour as at, i * 1000000000 as bytes, i * 1e-9 as tiny, 18446744073709551615::ubigint as big, 1::hugeint as huge, time '10:00' as tm, 'x'::blob as raw from range(300) t(i)",
        &["total_bytes"],
    ),
    ("page", "select date '2020-01-01' + i::int as month, 'p' || i % 5 as product, (i % 9)::int as page from range(2000) t(i)", &["last 12 months", "by_page"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn first_draft_of_any_shape_opens_without_an_error() {
    let folder = Folder::new("init");
    fs::copy(root().join("public/data/flights-3m.parquet"), folder.join("flights.parquet")).unwrap();
    for (name, sql, _) in SHAPES {
        folder.duckdb(&format!("copy ({sql}) to '{name}.parquet'"));
    }
    let mut drafts = vec![("flights", &["time: date", "avg(delay)", "histogram: delay"][..])];
    drafts.extend(SHAPES.iter().map(|(name, _, expected)| (*name, *expected)));
    for (name, expected) in drafts {
        let (data, draft) = (format!("{name}.parquet"), format!("{name}.yaml"));
        succeeded(&folder.tarn(&["init", &data, "--out", &draft]));
        let said = succeeded(&folder.tarn(&["check", &draft]));
        assert!(!said.contains("warning"), "{name}: {said}");
        let text = fs::read_to_string(folder.join(&draft)).unwrap();
        for part in expected {
            assert!(text.contains(part), "{name} lacks `{part}`:\n{text}");
        }
        let serving = Serving::start(&folder.join(&draft));
        in_browser(async |page| {
            page.open_ready(&serving.url).await;
            page.wait_until_settled().await;
            let states = page.states().await;
            let wrong: Vec<_> = states.iter().filter(|(_, state)| state != "ready" && state != "empty").collect();
            assert!(!states.is_empty() && wrong.is_empty(), "{name}: {states:?}\n{text}");
            page.assert_no_complaints().await;
        })
        .await;
    }
}

#[test]
fn draft_overwrites_nothing_and_says_what_cannot_be_drafted() {
    let folder = Folder::new("refused");
    folder.duckdb("copy (select [i] as list, {'a': i} as struct from range(3) t(i)) to 'nested.parquet'");
    let said = failed(&folder.tarn(&["init", "nested.parquet"]), 1);
    assert!(said.contains("list is list, struct is struct"), "{said}");
    folder.write("not.parquet", "PAR? no");
    let said = failed(&folder.tarn(&["init", "not.parquet"]), 1);
    assert!(said.contains("not.parquet"), "{said}");
    folder.write("dashboard.yaml", "mine");
    let said = failed(&folder.tarn(&["init", "nested.parquet"]), 1);
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("dashboard.yaml")).unwrap(), "mine");
}
