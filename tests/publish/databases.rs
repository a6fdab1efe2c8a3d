//! From real databases, the snapshots read back by DuckDB.
use crate::folder::{DASHBOARD, Folder, succeeded};
use std::fs;
use std::path::Path;
use tarn_tests::{Postgres, python, tarn};

/// The shared library that a driver's Python package carries.
fn driver(name: &str) -> String {
    let output = python().args(["-c", &format!("import {name}; print({name}.__file__)")]).output().unwrap();
    let package = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let library = Path::new(&package).with_file_name(format!("lib{name}.so"));
    assert!(library.is_file(), "{}: run `cargo xtask test`, which installs it", library.display());
    library.to_string_lossy().into_owned()
}

#[test]
fn postgresql_tables_become_snapshots_and_broken_ones_do_not() {
    let server = Postgres::start();
    server.execute(
        "create table orders as select i::bigint as id, timestamp '2001-01-15' + i * interval '1 hour' as at, (i % 977 - 40)::numeric(12, 2) / 4 as amount, \
         'region ' || i % 7 as region, case when i % 3 > 0 then i % 2 = 0 end as paid from generate_series(0, 1999) i",
    );
    let folder = Folder::new("postgres");
    // PostgreSQL's numeric has no fixed scale on the wire: the query says how wide a number is.
    let from = format!(
        "from:\n  driver: {}\n  uri: ${{TARN_TEST_URI}}\n  query: select id, at, (amount * 100)::bigint as cents, region, paid from orders\n",
        driver("adbc_driver_postgresql")
    );
    fs::write(folder.0.join("dashboard.yaml"), DASHBOARD.replace("amount: 'decimal(12, 2)'", "cents: int64")).unwrap();
    let told = succeeded(&folder.publish(&from, &server.uri()));
    assert!(told.contains("2,000 rows in 4 files"), "{told}");
    let totals = "count(*), sum(cents), min(\"at\"), max(\"at\"), count(distinct region), count(paid), count(*) filter (where paid)";
    let expected: i64 = (0..2_000_i64).map(|i| (i % 977 - 40) * 25).sum();
    let n_paid = (0..2_000).filter(|i| i % 3 > 0).count();
    let n_true = (0..2_000).filter(|i| i % 3 > 0 && i % 2 == 0).count();
    assert_eq!(folder.ask(totals), serde_json::json!([[2_000, expected, "2001-01-15 00:00:00", "2001-04-08 07:00:00", 7, n_paid, n_true]]));

    server.execute("insert into orders values (2000, '2001-04-09', 1, null, true)");
    let broken = folder.publish(&from, &server.uri());
    let told = String::from_utf8_lossy(&broken.stderr);
    assert_eq!(broken.status.code(), Some(3), "{told}");
    assert!(told.contains("column `region`: 1 of 2001 values are null"), "{told}");
    assert_eq!(folder.ask("count(*)"), serde_json::json!([[2_000]]));

    drop(server);
    let lost = folder.publish(&from, "postgresql://tarn@127.0.0.1:1/postgres");
    assert_eq!(lost.status.code(), Some(5), "{}", String::from_utf8_lossy(&lost.stderr));
    let unset = tarn().arg("publish").arg(folder.0.join("publish.yaml")).env_remove("TARN_TEST_URI").output().unwrap();
    let told = String::from_utf8_lossy(&unset.stderr);
    assert_eq!(unset.status.code(), Some(1), "{told}");
    assert!(told.contains("`TARN_TEST_URI` is not set"), "{told}");
}

#[test]
fn sqlite_tables_become_snapshots() {
    let folder = Folder::new("sqlite");
    let database = folder.0.join("orders.db");
    let script = "import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute('create table orders (id integer, region text)')
connection.executemany('insert into orders values (?, ?)', [(i, f'region {i % 7}') for i in range(5000)])
connection.commit()";
    succeeded(&python().args(["-c", script]).arg(&database).output().unwrap());
    let schema = "{ id: int64!, region: string! }";
    let dashboard = DASHBOARD.replace("{ id: int64!, at: timestamp!, amount: 'decimal(12, 2)', region: string!, paid: boolean }", schema);
    fs::write(folder.0.join("dashboard.yaml"), dashboard.replace("    time: at\n", "")).unwrap();
    let from = format!(
        "from: {{ driver: '{}', uri: '${{TARN_TEST_URI}}', table: orders }}\nchecks: {{ unique: id }}\n",
        driver("adbc_driver_sqlite")
    );
    let uri = database.to_string_lossy().into_owned();
    succeeded(&folder.publish(&from, &uri));
    assert_eq!(folder.ask("count(*), sum(id), count(distinct region)"), serde_json::json!([[5_000, 12_497_500, 7]]));
    let again = succeeded(&folder.publish(&from, &uri));
    assert!(again.starts_with("nothing new"), "{again}");
    let no_driver = folder.publish("from: { driver: no_such_driver, table: orders }\n", &uri);
    let told = String::from_utf8_lossy(&no_driver.stderr);
    assert_eq!(no_driver.status.code(), Some(5), "{told}");
    assert!(told.contains("hint: install the driver"), "{told}");
}
