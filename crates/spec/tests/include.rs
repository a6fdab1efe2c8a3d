//! A dashboard in several files.
use expect_test::expect;
use tarn_spec::{Compiled, compile, compile_with, render_all};

const MAIN: &str = "
title: Sales
include: [shared/sales.yaml, pages/returns.yaml]
data:
  sales:
    ttl: 5m
    measures: { basket: '{revenue} / {orders}' }
pages: [{ title: Overview, filters: [city], rows: [[kpi: basket]] }]
";

const SHARED: &str = "
tarn: '0.1'
include: ../cities.yaml
data:
  sales:
    source: sales.parquet
    schema: { amount: double, city: string }
    measures: { orders: count(*), revenue: sum(amount) }
";

const CITIES: &str = "filters: { city: { field: sales.city, type: select } }";

/// Reads back what includes it: every file counts once.
const RETURNS: &str = "
include: [../shared/sales.yaml, ../dashboard.yaml]
pages: [{ title: Returns, rows: [[kpi: revenue]] }]
";

/// Compiled with the files as they are, but for those that are given anew.
fn compiled(changed: &[(&str, &str)]) -> Compiled {
    let files =
        [("shared/sales.yaml", SHARED), ("cities.yaml", CITIES), ("pages/returns.yaml", RETURNS), ("words.yaml", "filter.clear: Weg")];
    let find = |path: &str| changed.iter().chain(&files).find(|(name, _)| *name == path).map(|(_, text)| *text);
    let read = |path: &str| find(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| "no such file".to_owned());
    compile_with("folder/dashboard.yaml", find("dashboard.yaml").unwrap_or(MAIN).as_bytes(), &read)
}

fn told(changed: &[(&str, &str)]) -> String {
    let compiled = compiled(changed);
    assert!(compiled.dashboard.is_none());
    render_all(&compiled.files, &compiled.diagnostics)
}

#[test]
fn several_files_are_one_dashboard() {
    let compiled = compiled(&[]);
    assert_eq!(render_all(&compiled.files, &compiled.diagnostics), "");
    let whole = "
title: Sales
data:
  sales:
    source: sales.parquet
    ttl: 5m
    schema: { amount: double, city: string }
    measures: { basket: '{revenue} / {orders}', orders: count(*), revenue: sum(amount) }
filters: { city: { field: sales.city, type: select } }
pages: [{ title: Overview, filters: [city], rows: [[kpi: basket]] }, { title: Returns, rows: [[kpi: revenue]] }]
";
    assert_eq!(compiled.dashboard, compile("whole.yaml", whole.as_bytes()).dashboard);
    let names: Vec<&str> = compiled.files.names().collect();
    assert_eq!(names, ["folder/dashboard.yaml", "folder/shared/sales.yaml", "folder/cities.yaml", "folder/pages/returns.yaml"]);
    let column = compiled.key_span(&["data", "sales", "schema", "city"]).unwrap();
    assert_eq!(compiled.files.name(column), "folder/shared/sales.yaml");
}

#[test]
fn errors_stand_where_they_were_written() {
    let shared = SHARED.replace("sum(amount)", "sum(amuont)");
    expect![[r#"
        error: unknown column `amuont`
           --> folder/shared/sales.yaml:8:48
           |
         8 |     measures: { orders: count(*), revenue: sum(amuont) }
           |                                                ^^^^^^
        hint: did you mean `amount`?
    "#]]
    .assert_eq(&told(&[("shared/sales.yaml", &shared)]));
}

#[test]
fn a_name_is_given_once() {
    let shared = SHARED.replace("orders: count(*)", "orders: count(*), basket: avg(amount)") + "    ttl: 1h\n";
    expect![[r#"
        error: `data.sales.measures.basket` stands in folder/dashboard.yaml already
           --> folder/shared/sales.yaml:8:35
           |
         8 |     measures: { orders: count(*), basket: avg(amount), revenue: sum(amount) }
           |                                   ^^^^^^
        hint: remove one of them; the other one is at folder/dashboard.yaml:7:17

        error: `data.sales.ttl` stands in folder/dashboard.yaml already
           --> folder/shared/sales.yaml:9:5
           |
         9 |     ttl: 1h
           |     ^^^
        hint: remove one of them; the other one is at folder/dashboard.yaml:6:5
    "#]]
    .assert_eq(&told(&[("shared/sales.yaml", &shared)]));
}

#[test]
fn what_cannot_be_included_is_told() {
    let main = MAIN.replace("pages/returns.yaml", "[nested], missing.yaml, list.yaml, old.yaml, broken.yaml");
    let files =
        [("dashboard.yaml", main.as_str()), ("list.yaml", "- title: A"), ("old.yaml", "tarn: '0.0'"), ("broken.yaml", "filters: {")];
    expect![[r#"
        error: expected a text, found a list
           --> folder/dashboard.yaml:3:30
           |
         3 | include: [shared/sales.yaml, [nested], missing.yaml, list.yaml, old.yaml, broken.yaml]
           |                              ^^^^^^^^
        hint: write one value; what has brackets or colons of its own needs quotes

        error: `missing.yaml` cannot be read: no such file
           --> folder/dashboard.yaml:3:40
           |
         3 | include: [shared/sales.yaml, [nested], missing.yaml, list.yaml, old.yaml, broken.yaml]
           |                                        ^^^^^^^^^^^^
        hint: a path that starts at the folder of the file it stands in

        error: expected a mapping, found a list
           --> folder/list.yaml:1:1
           |
         1 | - title: A
           | ^^^^^^^^^^
        hint: write `key: value` below each other, or { key: value }

        error: the file asks for Tarn 0.0, this is 0.1.0
           --> folder/old.yaml:1:7
           |
         1 | tarn: '0.0'
           |       ^^^^^
        hint: use that version, or write `tarn: "0.1"` after reading the change log

        error: this is not valid YAML: while parsing a node, did not find expected node content
           --> folder/broken.yaml:1:11
           |
         1 | filters: {
           |           ^
        hint: check the indentation, brackets and quotes here and in the line above
    "#]]
    .assert_eq(&told(&files));
    // Also what is not there: it may come.
    assert!(compiled(&files).files.names().any(|name| name == "folder/missing.yaml"));
}

#[test]
fn words_are_found_from_the_file_that_names_them() {
    let shared = format!("{SHARED}strings: ../words.yaml\n");
    let compiled = compiled(&[("shared/sales.yaml", &shared), ("words.yaml", "reset: Back")]);
    let names: Vec<&str> = compiled.files.names().collect();
    assert!(names.contains(&"folder/words.yaml"), "{names:?}\n{}", render_all(&compiled.files, &compiled.diagnostics));
}
