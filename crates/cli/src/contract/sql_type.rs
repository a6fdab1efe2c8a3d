//! The types of warehouses as contracts write them.

/// The type of a contract that holds what a column of this type is exported as; `None` where there is none, or where it
/// depends on more than the name. `adapter` is dbt's name of the warehouse: several words mean different things in two of them.
pub fn of_contract(sql: &str, adapter: &str) -> Option<String> {
    let text = sql.trim().to_ascii_lowercase();
    if text.ends_with(']') || text.contains('<') || text.starts_with("struct") || text.starts_with("map") || text.starts_with("row(") {
        return None;
    }
    // `timestamp(6) with time zone` has its digits in the middle.
    let (name, digits) = match text.split_once('(').and_then(|(name, rest)| Some((name, rest.split_once(')')?))) {
        Some((name, (digits, rest))) => (format!("{} {}", name.trim(), rest.trim()), Some(digits)),
        None => (text.clone(), None),
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = match name.as_str() {
        "number" | "numeric" | "decimal" | "dec" | "bignumeric" | "bigdecimal" => return decimal(&name, digits, adapter),
        "hugeint" | "uhugeint" => "decimal(38, 0)",
        // Snowflake keeps all of them as NUMBER(38, 0).
        "tinyint" | "smallint" | "int" | "integer" | "byteint" if adapter == "snowflake" => "int64",
        "boolean" | "bool" | "bit" | "logical" => "boolean",
        // Unsigned in SQL Server.
        "tinyint" if matches!(adapter, "sqlserver" | "fabric" | "synapse") => "uint8",
        "tinyint" | "int1" | "byte" => "int8",
        "smallint" | "int2" | "short" | "smallserial" => "int16",
        "integer" | "int4" | "mediumint" | "signed" | "serial" => "int32",
        // Of 64 bits there.
        "int" if adapter == "bigquery" => "int64",
        "int" | "int32" => "int32",
        "bigint" | "int8" | "long" | "int64" | "bigserial" => "int64",
        "int16" => "int16",
        "utinyint" | "uint8" => "uint8",
        "usmallint" | "uint16" => "uint16",
        "uinteger" | "uint32" => "uint32",
        "ubigint" | "uint64" => "uint64",
        "real" | "float4" | "float32" => "float",
        "float" if matches!(adapter, "duckdb" | "spark" | "databricks" | "clickhouse") => "float",
        "float" | "double" | "double precision" | "float8" | "float64" => "double",
        "varchar" | "text" | "string" | "char" | "character" | "character varying" | "bpchar" | "nvarchar" | "nchar" | "name"
        | "citext" => "string",
        "date" => "date",
        "time" | "time without time zone" => "time",
        // Instants there.
        "timestamp" if matches!(adapter, "bigquery" | "spark" | "databricks") => "timestamptz",
        "timestamp"
        | "datetime"
        | "datetime2"
        | "smalldatetime"
        | "timestamp_ntz"
        | "timestamp without time zone"
        | "timestamp_s"
        | "timestamp_ms"
        | "timestamp_us"
        | "timestamp_ns" => "timestamp",
        "timestamptz"
        | "timestamp with time zone"
        | "timestamp_tz"
        | "timestamp_ltz"
        | "timestamp with local time zone"
        | "datetimeoffset" => "timestamptz",
        "bytea" | "blob" | "binary" | "varbinary" | "binary varying" | "bytes" => "binary",
        "uuid" => "uuid",
        _ => return None,
    };
    Some(known.to_owned())
}

/// Decimals without digits have those that the warehouse gives them.
fn decimal(name: &str, digits: Option<&str>, adapter: &str) -> Option<String> {
    let (precision, scale) = match digits {
        Some(digits) => {
            let (precision, scale) = digits.split_once(',').unwrap_or((digits, "0"));
            (precision.trim().parse::<u8>().ok()?, scale.trim().parse::<u8>().ok()?)
        }
        None => match (adapter, name) {
            ("snowflake" | "trino" | "athena" | "starburst", _) => (38, 0),
            ("bigquery", "numeric" | "decimal") => (38, 9),
            ("duckdb", _) => (18, 3),
            ("spark" | "databricks", _) => (10, 0),
            ("redshift" | "sqlserver" | "fabric" | "synapse", _) => (18, 0),
            // PostgreSQL's have as many as each value needs.
            _ => return None,
        },
    };
    // Snowflake's integers.
    if adapter == "snowflake" && scale == 0 {
        return Some("int64".to_owned());
    }
    ((1..=38).contains(&precision) && scale <= precision).then(|| format!("decimal({precision}, {scale})"))
}

#[cfg(test)]
mod tests {
    use super::of_contract;

    #[test]
    fn words_mean_what_their_warehouse_means_by_them() {
        for (adapter, sql, expected) in [
            ("duckdb", "BIGINT", Some("int64")),
            ("duckdb", "INT8", Some("int64")),
            ("duckdb", "DECIMAL(12,2)", Some("decimal(12, 2)")),
            ("duckdb", "DECIMAL", Some("decimal(18, 3)")),
            ("duckdb", "FLOAT", Some("float")),
            ("duckdb", "TIMESTAMP WITH TIME ZONE", Some("timestamptz")),
            ("duckdb", "BIGINT[]", None),
            ("duckdb", "STRUCT(a INTEGER)", None),
            ("duckdb", "ENUM('a', 'b')", None),
            ("postgres", "character varying(256)", Some("string")),
            ("postgres", "timestamp(6) with time zone", Some("timestamptz")),
            ("postgres", "timestamp without time zone", Some("timestamp")),
            ("postgres", "numeric", None),
            ("postgres", "double precision", Some("double")),
            ("snowflake", "NUMBER(38,0)", Some("int64")),
            ("snowflake", "NUMBER(12,2)", Some("decimal(12, 2)")),
            ("snowflake", "FLOAT", Some("double")),
            ("snowflake", "INTEGER", Some("int64")),
            ("snowflake", "TIMESTAMP_NTZ(9)", Some("timestamp")),
            ("snowflake", "VARIANT", None),
            ("bigquery", "INT64", Some("int64")),
            ("bigquery", "TIMESTAMP", Some("timestamptz")),
            ("bigquery", "DATETIME", Some("timestamp")),
            ("bigquery", "NUMERIC", Some("decimal(38, 9)")),
            ("bigquery", "BIGNUMERIC", None),
            ("bigquery", "ARRAY<STRING>", None),
            ("databricks", "timestamp", Some("timestamptz")),
            ("databricks", "timestamp_ntz", Some("timestamp")),
            ("redshift", "numeric", Some("decimal(18, 0)")),
            ("sqlserver", "tinyint", Some("uint8")),
            ("duckdb", "DECIMAL(39,2)", None),
            ("duckdb", "decimal(x)", None),
            ("", "", None),
        ] {
            assert_eq!(of_contract(sql, adapter).as_deref(), expected, "{adapter} {sql}");
        }
    }

    #[test]
    fn every_type_is_one_that_a_dashboard_knows() {
        let sqls = ["boolean", "tinyint", "smallint", "int", "bigint", "utinyint", "real", "double", "decimal(9, 2)", "hugeint", "date"];
        for sql in
            sqls.into_iter().chain(["time", "timestamp", "timestamptz", "varchar", "blob", "uuid", "usmallint", "uinteger", "ubigint"])
        {
            let found = of_contract(sql, "duckdb").unwrap_or_default();
            let dashboard = format!(
                "title: T\ndata: {{ t: {{ source: t.parquet, ttl: 5m, schema: {{ c: '{found}' }}, measures: {{ total: count(*) }} }} }}\n\
                 pages: [{{ title: P, rows: [[kpi: total]] }}]\n"
            );
            let compiled = tarn_spec::compile("t.yaml", dashboard.as_bytes());
            assert!(compiled.dashboard.is_some(), "{sql} {found} {:?}", compiled.diagnostics);
        }
    }
}
