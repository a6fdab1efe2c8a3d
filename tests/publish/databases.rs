//! From real databases, the snapshots read back by DuckDB.
use crate::folder::{DASHBOARD, Folder, orders, succeeded};
use std::fs;
use std::path::Path;
use std::process::Output;
use tarn_tests::{BigQuery, FlightSql, Postgres, Proxy, Snowflake, Way, python, root, tarn};

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

/// DuckDB itself is the driver.
fn duckdb_library() -> String {
    let packages = root().join("target/tools/duckdb/node_modules/@duckdb");
    let folders = fs::read_dir(&packages).into_iter().flatten().flatten().flat_map(|folder| fs::read_dir(folder.path()));
    let mut files = folders.flatten().flatten().map(|file| file.path());
    let found = files.find(|file| file.file_stem().is_some_and(|stem| stem == "libduckdb"));
    found.unwrap_or_else(|| panic!("{}: run `cargo xtask test`, which installs it", packages.display())).to_string_lossy().into_owned()
}

#[test]
fn a_duckdb_database_becomes_a_snapshot() {
    let folder = Folder::new("duckdb");
    let database = folder.0.join("orders.duckdb");
    // In a form that the library reads, which may be older than the Python package.
    let script = "import duckdb, sys
connection = duckdb.connect()
connection.execute(f\"attach '{sys.argv[1]}' as shop (storage_version 'v1.0.0')\")
connection.execute(f'create table shop.orders as {sys.argv[2]}')";
    succeeded(&python().args(["-c", script]).arg(&database).arg(orders(2_000)).output().unwrap());
    let library = duckdb_library();
    let from = format!(
        "from:\n  driver: {library}\n  entrypoint: duckdb_adbc_init\n  options: {{ path: '${{TARN_TEST_URI}}' }}\n  table: orders\n\
         checks: {{ unique: id, rows: {{ min: 1 }} }}\n"
    );
    let told = succeeded(&folder.publish(&from, &database.to_string_lossy()));
    assert!(told.contains("2,000 rows in 4 files"), "{told}");
    let totals = "count(*), sum(id), sum(amount)::varchar, count(distinct region), count(*) filter (where paid)";
    let script = "import duckdb, json, sys; print(json.dumps(duckdb.connect(sys.argv[1], read_only=True).sql(f'select {sys.argv[2]} from orders').fetchall()))";
    let expected = succeeded(&python().args(["-c", script]).arg(&database).arg(totals).output().unwrap());
    assert_eq!(folder.ask(totals), serde_json::from_str::<serde_json::Value>(&expected).unwrap());
    let nowhere = folder.publish(&from.replace("duckdb_adbc_init", "no_such_function"), &database.to_string_lossy());
    assert_eq!(nowhere.status.code(), Some(5), "{}", String::from_utf8_lossy(&nowhere.stderr));
}

/// A server with so many orders, and how a publication reads them.
fn orders_in_postgresql(n: u64) -> (Postgres, String) {
    let server = Postgres::start();
    server.execute(&format!(
        "create table orders as select i::bigint as id, timestamp '2001-01-15' + i * interval '1 minute' as at, (i % 977)::bigint as cents, \
         'region ' || i % 7 as region, i % 2 = 0 as paid from generate_series(0, {n} - 1) i"
    ));
    (server, format!("from:\n  driver: {}\n  uri: ${{TARN_TEST_URI}}\n  table: orders\n", driver("adbc_driver_postgresql")))
}

fn with_cents(folder: &Folder, columns: &str) {
    let dashboard = DASHBOARD.replace("amount: 'decimal(12, 2)'", "cents: int64").replace("paid: boolean", columns);
    fs::write(folder.0.join("dashboard.yaml"), dashboard).unwrap();
}

#[test]
fn a_database_that_drops_the_connection_half_way_publishes_nothing() {
    let (server, from) = orders_in_postgresql(100_000);
    let folder = Folder::new("dropped");
    with_cents(&folder, "paid: boolean");
    server.execute("create view newest as select * from orders where id < 1000");
    succeeded(&folder.publish(&from.replace("table: orders", "table: newest"), &server.uri()));

    let proxy = Proxy::start(server.port());
    for n_bytes in [1_000_000, 4_000_000] {
        proxy.break_after(Way::ToClient, n_bytes, || {});
        let dropped = folder.publish(&from, &server.uri_through(proxy.port()));
        assert!(proxy.has_broken());
        let told = String::from_utf8_lossy(&dropped.stderr);
        assert_eq!(dropped.status.code(), Some(5), "{told}");
        assert!(told.contains("hint: the database ended the answer early; run again"), "{told}");
        assert_eq!(folder.ask("count(*)"), serde_json::json!([[1_000]]));
    }
    // Ended by its administrator, after most rows were sent.
    let ending = "query: select id, at, cents, region, paid and (id < 90000 or pg_terminate_backend(pg_backend_pid())) as paid from orders";
    let ended = folder.publish(&from.replace("table: orders", ending), &server.uri());
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(5), "{told}");
    assert_eq!(folder.ask("count(*)"), serde_json::json!([[1_000]]));

    succeeded(&folder.publish(&from, &server.uri()));
    assert_eq!(folder.ask("count(*), sum(id)"), serde_json::json!([[100_000, 4_999_950_000_i64]]));
}

#[test]
fn a_schema_that_changed_between_two_runs_is_published_or_refused_as_the_contract_says() {
    let (server, from) = orders_in_postgresql(2_000);
    let folder = Folder::new("schema");
    with_cents(&folder, "paid: boolean");
    let publish = || folder.publish(&from, &server.uri());
    let refused = |part: &str| {
        let output = publish();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(part), "{told}");
        assert_eq!(folder.ask("count(*)"), serde_json::json!([[2_000]]));
    };
    succeeded(&publish());

    // What the contract does not name is nothing new, and neither is a narrower type or another order of columns.
    server.execute("alter table orders add column note text default 'new', alter column id type integer");
    let told = succeeded(&publish());
    assert!(told.starts_with("nothing new"), "{told}");
    server.execute("alter table orders alter column cents type text");
    refused("column `cents`: it is Utf8 here, but the contract says Int64");
    server.execute("alter table orders alter column cents type bigint using cents::bigint, drop column region");
    refused("column `region`: it is missing");
    server.execute("alter table orders add column region text");
    refused("column `region`: 2000 of 2000 values are null");
    server.execute("update orders set region = 'region ' || id % 7");
    let told = succeeded(&publish());
    assert!(told.starts_with("nothing new"), "mended, they are the same rows: {told}");

    // The contract is what changes: the snapshot has the new column, and the one before keeps its own.
    with_cents(&folder, "paid: boolean, note: string");
    let told = succeeded(&publish());
    assert!(told.starts_with("published"), "{told}");
    assert_eq!(folder.ask("count(*), count(note)"), serde_json::json!([[2_000, 2_000]]));
    let listed = succeeded(&folder.command("snapshots", "out", &from).output().unwrap());
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.trim_start_matches(['*', ' ']).split(' ').next()).collect();
    let told = succeeded(&folder.command("snapshots", "out", &from).args(["diff", ids[1], ids[0]]).output().unwrap());
    assert!(told.contains("schema  changed"), "{told}");
}

#[test]
fn no_rows_are_published_unless_a_check_forbids_them() {
    let (server, from) = orders_in_postgresql(2_000);
    let folder = Folder::new("zero");
    with_cents(&folder, "paid: boolean");
    succeeded(&folder.publish(&from, &server.uri()));
    server.execute("truncate orders");
    for (check, message) in [("min: 1", "there are 0, and at least 1 are expected"), ("change: 50%", "there are 0, -100 % beside the last")]
    {
        let refused = folder.publish(&format!("{from}checks: {{ rows: {{ {check} }} }}\n"), &server.uri());
        let told = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{told}");
        assert!(told.contains(message), "{told}");
        assert_eq!(folder.ask("count(*)"), serde_json::json!([[2_000]]));
    }
    let told = succeeded(&folder.publish(&from, &server.uri()));
    assert!(told.starts_with("published") && told.contains(": 0 rows in 0 files"), "{told}");
    assert_eq!(folder.ask("count(*)"), serde_json::json!([]), "a snapshot without files");
    server.execute("insert into orders values (1, '2001-01-15', 1, 'region 1', true)");
    succeeded(&folder.publish(&from, &server.uri()));
    assert_eq!(folder.ask("count(*)"), serde_json::json!([[1]]));
}

/// By the driver that Dremio, InfluxDB, Doris and others are read with.
#[test]
fn what_a_flight_sql_server_answers_becomes_a_snapshot() {
    let folder = Folder::new("flight-sql");
    folder.export("table.parquet", &orders(150_000));
    let server = FlightSql::start("orders", &folder.0.join("table.parquet"));
    let from = format!("from:\n  driver: {}\n  uri: ${{TARN_TEST_URI}}\n  table: orders\n", driver("adbc_driver_flightsql"));
    let query = from.replace("table: orders", "query: select id, at, amount, region, paid from orders where id < 1000");
    let told = succeeded(&folder.publish(&query, &server.uri()));
    assert!(told.contains(": 1,000 rows in 2 files"), "{told}");

    let proxy = Proxy::start(server.port());
    proxy.break_after(Way::ToClient, 500_000, || {});
    let dropped = folder.publish(&from, &server.uri_through(proxy.port()));
    assert!(proxy.has_broken());
    assert_eq!(dropped.status.code(), Some(5), "{}", String::from_utf8_lossy(&dropped.stderr));
    assert_eq!(folder.ask("count(*)"), serde_json::json!([[1_000]]));

    succeeded(&folder.publish(&from, &server.uri()));
    let totals =
        "count(*), sum(id)::bigint, sum(amount)::varchar, count(distinct region), count(*) filter (where paid), max(\"at\")::varchar";
    let script = "import duckdb, json, sys; print(json.dumps(duckdb.sql(f\"select {sys.argv[2]} from '{sys.argv[1]}'\").fetchall()))";
    let expected = succeeded(&python().args(["-c", script]).arg(folder.0.join("table.parquet")).arg(totals).output().unwrap());
    assert_eq!(folder.ask(totals), serde_json::from_str::<serde_json::Value>(&expected).unwrap());
}

/// By Snowflake's own driver, whose answer has every name in upper case and whole numbers as decimals.
#[test]
fn what_snowflake_answers_becomes_a_snapshot() {
    let server = Snowflake::start(
        "create table orders as select seq4() as id, dateadd(hour, seq4(), '2001-01-15'::timestamp_ntz) as placed, \
         (seq4() % 977 / 4)::number(12, 2) as amount, 'region ' || seq4() % 7 as region, seq4() % 2 = 0 as paid \
         from table(generator(rowcount => 2000))",
    );
    let folder = Folder::new("snowflake");
    let options: Vec<String> = server.options().iter().map(|(name, value)| format!("    {name}: '{value}'\n")).collect();
    let from = |columns: &str| {
        format!(
            "from:\n  driver: {}\n  query: select {columns} from orders\n  options:\n{}",
            driver("adbc_driver_snowflake"),
            options.concat().replace("'snow'", "'${TARN_TEST_URI}'")
        )
    };
    let unquoted = folder.publish(&from("*"), "snow");
    let told = String::from_utf8_lossy(&unquoted.stderr);
    assert_eq!(unquoted.status.code(), Some(3), "{told}");
    assert!(told.contains("there are: ID, PLACED, AMOUNT, REGION, PAID"), "{told}");

    let quoted = from("id as \"id\", placed as \"at\", amount as \"amount\", region as \"region\", paid as \"paid\"");
    let told = succeeded(&folder.publish(&quoted, "snow"));
    assert!(told.contains("2,000 rows in 4 files"), "{told}");
    let sold: i64 = (0..2_000).map(|i| i % 977 * 25).sum();
    let totals = "count(*), sum(id)::bigint, (sum(amount) * 100)::bigint, min(\"at\")::varchar, max(\"at\")::varchar, count(distinct region), count(*) filter (where paid)";
    let expected = serde_json::json!([[2_000, 1_999_000, sold, "2001-01-15 00:00:00", "2001-04-08 07:00:00", 7, 1_000]]);
    assert_eq!(folder.ask(totals), expected);
    assert!(succeeded(&folder.publish(&quoted, "snow")).starts_with("nothing new"));
}

/// By BigQuery's own driver. When it fails while it reads, it ends its rows as if they were all.
#[test]
fn what_bigquery_answers_becomes_a_snapshot_and_a_part_of_it_does_not() {
    let server = BigQuery::start(
        "create table shop.orders as select i as id, timestamp '2001-01-15' + to_hours(i::int) as placed, (i % 977 / 4)::decimal(12, 2) as amount, \
         'region ' || i % 7 as region, case when i % 3 > 0 then i % 2 = 0 end as paid from range(60_000) t(i)",
    );
    let folder = Folder::new("bigquery");
    let options: Vec<String> = server.options().iter().map(|(name, value)| format!("    {name}: '{value}'\n")).collect();
    let library = driver("adbc_driver_bigquery");
    let publish = |driver: &str, query: &str, port: u16| {
        let from = format!("from:\n  driver: {driver}\n  query: {query}\n  options:\n{}", options.concat());
        let mut publish = folder.command("publish", "out", &from);
        publish.env("LD_LIBRARY_PATH", Path::new(&library).with_file_name("")).envs(server.environment_through(port)).output().unwrap()
    };
    let answered = |query: &str| publish(&library, query, server.port());
    let refused = |output: &Output, code: i32, part: &str| {
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(part), "{told}");
    };
    let columns = "select id, placed as `at`, amount, region, paid from shop.orders";
    let told = succeeded(&answered(&format!("{columns} where id < 1000")));
    assert!(told.contains(": 1,000 rows in 2 files"), "{told}");

    refused(&answered(&format!("{columns} /* fails after 20000 rows */")), 5, "the answer has 60000 rows, and the last ");
    refused(&answered(&format!("{columns} where id < 0")), 5, "the answer has no columns");
    refused(&answered(&format!("{columns} /* no read sessions */")), 5, "roles/bigquery.readSessionUser");
    refused(&answered("select nothing from shop.orders"), 5, "Error 400");
    assert_eq!(folder.ask("count(*)"), serde_json::json!([[1_000]]));

    // A connection that breaks is made again, and the rows go on where they ended.
    let proxy = Proxy::start(server.port());
    proxy.break_after(Way::ToClient, 1_000_000, || {});
    succeeded(&publish(&library, columns, proxy.port()));
    assert!(proxy.has_broken());
    let totals = "count(*), sum(id)::bigint, (sum(amount) * 100)::bigint, min(\"at\")::varchar, max(\"at\")::varchar, count(distinct region), count(paid), \
                  count(*) filter (where paid)";
    let sold: i64 = (0..60_000).map(|i| i % 977 * 25).sum();
    let expected = serde_json::json!([[60_000, 1_799_970_000_i64, sold, "2001-01-15 00:00:00", "2007-11-19 23:00:00", 7, 40_000, 20_000]]);
    assert_eq!(folder.ask(totals), expected);
    let by_name = publish("adbc_driver_bigquery", columns, server.port());
    assert!(succeeded(&by_name).starts_with("nothing new"));
    let by_name = publish("adbc_driver_bigquery", &format!("{columns} /* fails after 20000 rows */"), server.port());
    refused(&by_name, 5, "of them did not come");
}
