//! `tarn contract import`, on what dbt 1.10.23 wrote of `tests/publish/dbt` (shortened to the keys that are read); `tests/dbt.rs`
//! holds it to what dbt writes.
use crate::folder::{Folder, succeeded};
use std::fs;
use std::process::Output;
use tarn_tests::{root, tarn};

const ORDERS: &str = r#"schema:
  id: int64!
  customer_id: int32!
  ordered_at: timestamp!
  amount: 'decimal(12, 2)'
  status: string!
  "no": int8
  paid: boolean
"#;

const CHECKS: &str = r#"checks:
  unique:
    - [id]
  accepted_values:
    "no": ["0", "1", "2"]
    status: [placed, shipped, returned]
"#;

/// As the model of dbt makes them.
const ROWS: &str = "select i::bigint as id, (1 + i % 4)::int as customer_id, timestamp '2026-01-01' + to_minutes((i * 7)::int) as ordered_at, \
     (i % 977 / 4)::decimal(12, 2) as amount, \
     case when i % 5 = 0 then 'returned' when i % 2 = 0 then 'shipped' else 'placed' end as status, \
     (case when i % 11 > 0 then i % 3 end)::tinyint as \"no\", i % 2 = 0 as paid, [i, i + 1] as steps from range(5000) t(i)";

fn import(manifest: &str, arguments: &[&str]) -> Output {
    tarn().args(["contract", "import"]).arg(root().join("tests/publish/dbt").join(manifest)).args(arguments).output().unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_model_of_dbt_becomes_a_contract_with_what_it_cannot_say() {
    let text = succeeded(&import("manifest.json", &["--model", "orders"]));
    assert!(text.starts_with("# The contract of model.shop.orders, by `tarn contract import` from "), "{text}");
    assert!(text.contains("manifest.json (dbt 1.10.23, duckdb).\n"), "{text}");
    assert!(
        text.contains(&format!("\n# For the source in the dashboard file:\n{ORDERS}\n# For the publication file:\n{CHECKS}")),
        "{text}"
    );
    let notes: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# - ")).collect();
    assert_eq!(
        notes,
        [
            "test `not_null` of `amount`: it only warns",
            "test `not_null` of `paid`: it is of some rows (`where`), and a contract is of all",
            "test `relationships` of `customer_id`: a publication sees one table; joins and their tests belong upstream",
            "`data_type: decimal(18, 2)` of `amount`: the warehouse has DECIMAL(12,2)",
            "column `steps`: BIGINT[] is none of a contract's types; cast it in the model",
        ]
    );

    // A key of the model, types that only the catalog knows.
    let daily = succeeded(&import("manifest.json", &["--model", "model.shop.daily_orders"]));
    assert!(daily.contains("schema:\n  day: date!\n  customer_id: int32!\n  orders: int64\n  amount: 'decimal(18, 2)'\n"), "{daily}");
    assert!(daily.contains("  unique:\n    - [day, customer_id]\n"), "{daily}");
    assert!(daily.contains("# - test `at_least_one` of `orders`: it stays dbt's to check\n"), "{daily}");

    // The freshness of a source.
    let source = succeeded(&import("manifest.json", &["--model", "source.shop.raw.raw_customers", "--part", "checks"]));
    assert_eq!(source, "checks:\n  unique:\n    - [id]\n  fresh_within: 1d\n");

    assert!(complaint(&import("manifest.json", &[])).contains("choose one with --model: model.shop.daily_orders, model.shop.orders"));
    assert!(
        complaint(&import("manifest.json", &["--model", "order"]))
            .contains("dbt has no model `order`\nhint: it has model.shop.daily_orders")
    );
    assert!(complaint(&import("manifest.json", &["--model", "raw_customers"])).contains("there are several models"));
    assert!(complaint(&import("catalog.json", &["--model", "orders"])).contains("it is not a manifest of dbt"));
}

#[test]
fn without_a_catalog_the_types_are_those_that_were_declared() {
    let folder = Folder::new("contract-declared");
    let manifest = folder.0.join("manifest.json");
    fs::copy(root().join("tests/publish/dbt/manifest.json"), &manifest).unwrap();
    let import =
        |model: &str| tarn().args(["contract", "import"]).arg(&manifest).args(["--model", model, "--part", "schema"]).output().unwrap();
    let schema = succeeded(&import("orders"));
    assert!(schema.contains("\n  amount: 'decimal(18, 2)'\n") && schema.contains("\n  id: int64!\n"), "{schema}");
    assert!(complaint(&import("daily_orders")).contains("hint: run `dbt docs generate`, or give each column a `data_type:`"));
}

#[test]
fn a_publication_keeps_the_contract_that_dbt_gave() {
    let folder = Folder::new("contract");
    let indented: String = ORDERS.lines().map(|line| format!("    {line}\n")).collect();
    let dashboard = format!(
        "title: Orders\ndata:\n  orders:\n    source: out/manifest.json\n    ttl: 5m\n{indented}    time: ordered_at\n    measures: {{ orders: count(*) }}\n\
         pages:\n  - title: Overview\n    rows: [[kpi: orders]]\n"
    );
    fs::write(folder.0.join("dashboard.yaml"), dashboard).unwrap();
    let publish = |rows: &str| {
        folder.export("orders.parquet", rows);
        folder.publish(&format!("from: {{ parquet: orders.parquet }}\n{CHECKS}"), "")
    };
    succeeded(&publish(ROWS));
    assert_eq!(folder.ask("count(*), sum(id)"), serde_json::json!([[5_000, 12_497_500]]));
    let broken = publish(&format!("{} union all {}", ROWS, ROWS.replace("'returned'", "'lost'").replace("i % 3 end", "7 end")));
    let told = String::from_utf8_lossy(&broken.stderr);
    assert_eq!(broken.status.code(), Some(3), "{told}");
    for part in ["column `status`: 1000 rows have values that are not accepted: `lost`", "column `no`: ", "unique key `id`: 5000 rows"] {
        assert!(told.contains(part), "{told}");
    }
}
