//! How rows are laid out: in few bytes that say the same, in files that later rows leave as they are.
use crate::folder::{Folder, ORDERS, orders, succeeded};
use serde_json::{Value, json};
use std::fs;
use tarn_tests::{python, tarn};

/// The file as [`Folder::command`] writes it with another layout.
fn with_layout(folder: &Folder, layout: &str) {
    let file = folder.0.join("publish.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("layout: { split: month }", &format!("layout: {{ {layout} }}"))).unwrap();
}

/// Of each column: its name, a type of the contract, what DuckDB selects for it, how it lies in a file, and how values of it are written
/// that hardly repeat.
const COLUMNS: [(&str, &str, &str, &str, &str); 22] = [
    ("placed", "timestamp!", "timestamp '2001-01-15' + to_seconds(i * 7)", "INT64", "DELTA_BINARY_PACKED"),
    ("tiny", "int8", "(hash(i) % 100)::tinyint", "INT32", "RLE_DICTIONARY"),
    ("small", "int16", "(i * 31 % 30000)::bigint", "INT32", "DELTA_BINARY_PACKED"),
    ("whole", "int32", "(i * 7919 % 1000003)::bigint", "INT32", "DELTA_BINARY_PACKED"),
    ("long", "int64!", "i * 1000003", "INT64", "DELTA_BINARY_PACKED"),
    ("few", "int64", "(hash(i) % 10)::bigint * 1000000007", "INT64", "RLE_DICTIONARY"),
    ("unsigned", "uint32", "(4294967295 - i)::uinteger", "INT32", "DELTA_BINARY_PACKED"),
    ("ratio", "double", "sqrt(i)", "DOUBLE", "BYTE_STREAM_SPLIT"),
    ("half", "float", "(i / 7.0)::float", "FLOAT", "BYTE_STREAM_SPLIT"),
    ("cents", "decimal(9, 2)", "(i * 13 % 9999991 / 100.0)::decimal(9, 2)", "INT32", "DELTA_BINARY_PACKED"),
    ("amount", "decimal(18, 4)", "(i * 10007 / 10000.0)::decimal(18, 4)", "INT64", "DELTA_BINARY_PACKED"),
    ("wide", "decimal(30, 2)", "(hash(i) % 50)::decimal(30, 2)", "FIXED_LEN_BYTE_ARRAY", "RLE_DICTIONARY"),
    ("day", "date", "date '2001-01-15' + (i // 4000)::int", "INT32", "RLE_DICTIONARY"),
    ("instant", "timestamptz", "timestamptz '2001-01-15 00:00:00+00' + to_milliseconds(i * 977)", "INT64", "DELTA_BINARY_PACKED"),
    ("region", "string", "'region ' || i % 7", "BYTE_ARRAY", "RLE_DICTIONARY"),
    ("token", "string!", "md5(i::varchar)", "BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"),
    ("key", "uuid", "md5(i::varchar)::uuid", "FIXED_LEN_BYTE_ARRAY", "PLAIN"),
    ("byte", "uint8", "(hash(i) % 200)::utinyint", "INT32", "RLE_DICTIONARY"),
    ("huge", "uint64", "i::ubigint * 1000000007", "INT64", "DELTA_BINARY_PACKED"),
    ("clock", "time", "time '00:00:00' + to_microseconds(i * 7919 % 86400000000)", "INT64", "DELTA_BINARY_PACKED"),
    ("blob", "binary", "md5(i::varchar)::blob", "BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"),
    ("paid", "boolean", "case when i % 3 > 0 then i % 2 = 0 end", "BOOLEAN", "PLAIN"),
];

/// Types are the contract's, whatever the values; the encoding goes by the values. DuckDB reads the same rows, from fewer bytes
/// than it writes itself, and so does the engine of the browser.
#[test]
fn columns_are_written_in_few_bytes_and_say_the_same() {
    let folder = Folder::new("narrow");
    let schema: Vec<String> = COLUMNS.iter().map(|(name, kind, ..)| format!("{name}: '{kind}'")).collect();
    let sums = COLUMNS.iter().filter(|(_, kind, ..)| ["int", "dec", "uint"].iter().any(|number| kind.starts_with(number)));
    let mut measures: Vec<String> = sums.map(|(name, ..)| format!("sum({name})")).collect();
    measures.extend(["placed", "instant", "ratio", "half"].map(|name| format!("max({name})")));
    measures.extend(["day", "token"].map(|name| format!("count(distinct {name})")));
    measures.push("count(*) filter (where paid)".into());
    let named: Vec<String> = measures.iter().enumerate().map(|(at, sql)| format!("m{at}: {sql}")).collect();
    let shown: Vec<String> = (0..measures.len()).map(|at| format!("m{at}")).collect();
    fs::write(
        folder.0.join("dashboard.yaml"),
        format!(
            "title: Narrow\ndata:\n  rows:\n    source: out/manifest.json\n    ttl: 5m\n    schema: {{ {} }}\n    time: placed\n    measures: {{ {} }}\npages:\n  \
             - title: All\n    rows: [[{{ table: [{}], by: region, id: all }}]]\n",
            schema.join(", "),
            named.join(", "),
            shown.join(", ")
        ),
    )
    .unwrap();
    let columns: Vec<String> = COLUMNS.iter().map(|(name, _, sql, ..)| format!("{sql} as {name}")).collect();
    let select = format!("select {} from range(150_000) t(i)", columns.join(", "));
    folder.export("export.parquet", &select);
    let mut publish = folder.command("publish", "out", "from: { parquet: export.parquet }\n");
    with_layout(&folder, "split: never, row_group_rows: 65536");
    succeeded(&publish.output().unwrap());

    let names: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    let script = "import duckdb, glob, json, os, sys
base, names = sys.argv[1], sys.argv[2]
duckdb.sql(\"set timezone = 'UTC'\")
[ours] = glob.glob(f'{base}/out/files/*.parquet')
theirs = f'{base}/duckdb.parquet'
duckdb.sql(f\"copy (select {names} from '{base}/export.parquet' order by all) to '{theirs}' (format parquet, compression zstd, row_group_size 65536)\")
other = [duckdb.sql(f\"select count(*) from (select {names} from '{a}' except all select {names} from '{b}')\").fetchall()[0][0] for a, b in [(ours, theirs), (theirs, ours)]]
types = dict(duckdb.sql(f\"select name, type from parquet_schema('{ours}') where type is not null\").fetchall())
encodings = duckdb.sql(f\"select path_in_schema, list(distinct encodings) from parquet_metadata('{ours}') group by all\").fetchall()
print(json.dumps({'other': other, 'types': types, 'encodings': dict(encodings), 'bytes': [os.path.getsize(ours), os.path.getsize(theirs)]}))";
    let found = succeeded(&python().args(["-c", script]).arg(&folder.0).arg(names.join(", ")).output().unwrap());
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["other"], json!([0, 0]), "no row differs");
    for (name, _, _, kind, encoding) in COLUMNS {
        assert_eq!(found["types"][name], kind, "{name}");
        let written = found["encodings"][name].as_array().unwrap();
        assert!(written.iter().all(|of| of.as_str().unwrap().contains(encoding)), "{name}: {written:?}");
        // What has differences has no dictionary beside them.
        let has_dictionary = written.iter().any(|of| of.as_str().unwrap().contains("DICTIONARY"));
        assert_eq!(has_dictionary, encoding.contains("DICTIONARY"), "{name}: {written:?}");
    }
    let bytes = |at: usize| found["bytes"][at].as_u64().unwrap();
    assert!(bytes(0) * 10 < bytes(1) * 9, "{found}");

    // The same numbers by the engine of the browser.
    let query = tarn().arg("query").arg(folder.0.join("dashboard.yaml")).args(["--view", "all", "--format", "json"]).output().unwrap();
    let script = "import duckdb, json, math, sys
base, sql, answer = sys.argv[1:]
duckdb.sql(\"set timezone = 'UTC'\")
found = sorted(json.loads(answer)['rows'])
expected = duckdb.sql(f\"select region, {sql} from '{base}/duckdb.parquet' group by region order by region\").fetchall()
assert len(found) == len(expected) == 7, found
def same(a, b):
    if hasattr(b, 'isoformat'):
        return a[:19] == b.isoformat()[:19]
    return a == b if isinstance(b, str) else math.isclose(float(a), float(b), rel_tol=1e-9)
for row, other in zip(found, expected):
    assert len(row) == len(other) and all(map(same, row, other)), (row, other)";
    succeeded(&python().args(["-c", script]).arg(&folder.0).args([&measures.join(", "), &succeeded(&query)]).output().unwrap());
}

/// A refresh that takes a year's rows past a million leaves the files of its months as they are.
#[test]
fn rows_that_come_leave_the_unit_of_the_files_as_it_is() {
    let folder = Folder::new("unit");
    let publish = |n: u64, layout: &str| -> Value {
        folder.export(
            "export.parquet",
            &format!("select i as id, timestamp '2000-01-01' + to_seconds(i * 30) as at, 1::decimal(12, 2) as amount, 'r' as region, true as paid from range({n}) t(i)"),
        );
        let mut command = folder.command("publish", "out", &format!("{ORDERS}from: {{ parquet: export.parquet }}\n"));
        with_layout(&folder, layout);
        serde_json::from_str(&succeeded(&command.args(["--log", "json"]).output().unwrap())).unwrap()
    };
    let first = publish(992_000, "split: auto");
    assert_eq!((&first["files"], &first["files_written"]), (&json!(12), &json!(12)), "{first}");
    let second = publish(1_001_920, "split: auto");
    assert_eq!((&second["files"], &second["files_written"]), (&json!(12), &json!(1)), "a year of more than a million rows: {second}");
    // What is asked for is done.
    let third = publish(1_001_920, "split: quarter");
    assert_eq!((&third["files"], &third["files_written"]), (&json!(4), &json!(4)), "{third}");
}

/// One file a region, in row groups of so many rows; a region whose rows stay keeps its file.
#[test]
fn partitions_have_files_of_their_own_in_row_groups_of_the_size_that_was_asked_for() {
    let folder = Folder::new("partitions");
    let publish = |n: u64| -> Value {
        folder.export("export.parquet", &format!("from ({}) order by hash(id)", orders(n)));
        let mut command = folder.command("publish", "out", &format!("{ORDERS}from: {{ parquet: export.parquet }}\n"));
        with_layout(&folder, "split: never, partition_by: region, row_group_rows: 1000");
        serde_json::from_str(&succeeded(&command.args(["--log", "json"]).output().unwrap())).unwrap()
    };
    let first = publish(21_000);
    assert_eq!((&first["files"], &first["row_groups"]), (&json!(7), &json!(21)), "{first}");
    let script = "import duckdb, glob, json, sys
def of(file):
    rows = f\"(select region, \\\"at\\\" as moment, lag(\\\"at\\\") over (order by file_row_number) as before from read_parquet('{file}', file_row_number = true))\"
    groups = f\"(select distinct row_group_num_rows as n, compression, stats_min_value is not null as known from parquet_metadata('{file}'))\"
    return duckdb.sql(f'select count(distinct region), count(*) filter (where moment < before) from {rows}').fetchall() + duckdb.sql(f'from {groups}').fetchall()
print(json.dumps([of(file) for file in glob.glob(sys.argv[1] + '/out/files/*.parquet')]))";
    let found = succeeded(&python().args(["-c", script]).arg(&folder.0).output().unwrap());
    let one = json!([[1, 0], [1_000, "ZSTD", true]]);
    assert_eq!(serde_json::from_str::<Value>(&found).unwrap(), json!(vec![one; 7]), "region, order, and row groups");

    let second = publish(21_001);
    assert_eq!((&second["files"], &second["files_written"]), (&json!(7), &json!(1)), "{second}");
}
