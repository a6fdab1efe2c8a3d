use chrono::{DateTime, NaiveDateTime, NaiveTime};
use serde_json::{Value, json};
use tarn_dashboard::{DataType, Scalar};
use tarn_protocol::{ResultColumn, ResultTable, RowGroups, ViewResult, csv_field};

/// Integers beyond this are not exact as JavaScript's numbers.
const MAX_EXACT: u128 = 1 << 53;

/// `{columns: [{name, type}], rows: [[…]], totals, other, series, subtotals, snapshot}`; totals, other and series are tables too, and may
/// be absent; subtotals are a list of tables with the ends of their row groups.
pub fn result(result: &ViewResult) -> Value {
    let mut plain = table(&result.table);
    plain["snapshot"] = json!(result.snapshot);
    if let Some(totals) = &result.totals {
        plain["totals"] = table(totals);
    }
    if let Some(other) = &result.other {
        plain["other"] = table(other);
    }
    if let Some(series) = &result.series {
        plain["series"] = table(series);
    }
    if !result.subtotals.is_empty() {
        let level = |level: &RowGroups| {
            let mut plain = table(&level.table);
            plain["ends"] = json!(level.ends);
            plain
        };
        plain["subtotals"] = result.subtotals.iter().map(level).collect();
    }
    plain
}

fn table(table: &ResultTable) -> Value {
    let columns: Vec<Value> =
        table.columns.iter().map(|column| json!({ "name": column.name, "type": type_name(column.data_type) })).collect();
    let rows: Vec<Value> =
        (0..table.n_rows as usize).map(|row| table.columns.iter().map(|column| scalar(&column.scalar(row))).collect()).collect();
    json!({ "columns": columns, "rows": rows })
}

/// Numbers as numbers unless JavaScript would round them, times as ISO 8601 text.
pub fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => json!(value),
        Scalar::Int(value) if u128::from(value.unsigned_abs()) > MAX_EXACT => json!(value.to_string()),
        Scalar::Int(value) => json!(value),
        // JSON has no number for these; null is something else.
        Scalar::Float(value) if value.is_nan() => json!("NaN"),
        Scalar::Float(value) if value.is_infinite() => json!(if *value > 0.0 { "Infinity" } else { "-Infinity" }),
        Scalar::Float(value) => json!(value),
        Scalar::Decimal { unscaled, scale } if unscaled.unsigned_abs() > MAX_EXACT => json!(decimal(*unscaled, *scale)),
        Scalar::Decimal { unscaled, scale } => json!(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
        Scalar::Date(days) => json!(instant(i64::from(*days).saturating_mul(86_400_000_000)).map(|at| at.date().to_string())),
        Scalar::Timestamp(micros) => json!(instant(*micros).map(|at| format!("{at:?}"))),
        Scalar::Time(micros) => json!(time(*micros).map(|at| format!("{at:?}"))),
        Scalar::Interval { months, days, micros } => json!(format!("P{months}M{days}DT{}S", *micros as f64 / 1e6)),
        Scalar::String(text) => json!(text),
    }
}

fn instant(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
}

fn time(micros: i64) -> Option<NaiveTime> {
    let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(seconds).ok()?, rest as u32 * 1_000)
}

fn decimal(unscaled: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn type_name(data_type: DataType) -> String {
    match data_type {
        DataType::Null => "null".into(),
        DataType::Boolean => "boolean".into(),
        DataType::Int64 => "int64".into(),
        DataType::Float64 => "double".into(),
        DataType::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        DataType::Date => "date".into(),
        DataType::Time => "time".into(),
        DataType::Timestamp => "timestamp".into(),
        DataType::TimestampTz => "timestamptz".into(),
        DataType::Interval => "interval".into(),
        DataType::String => "string".into(),
        DataType::Binary => "binary".into(),
    }
}

/// RFC 4180: a header, then a line for each row; null is an empty field, an empty text is `""`, one that a spreadsheet would run
/// is made harmless. With row groups, each has a line before
/// its rows, and a last column `level` tells how many keys a line is for.
pub fn csv(result: &ViewResult) -> String {
    let header = result.table.columns.iter().map(|column| csv_field(&column.name));
    if result.subtotals.is_empty() {
        let rows = (0..result.table.n_rows as usize).map(|row| line(result.table.columns.iter().map(|column| cell(column, row))));
        return line(header) + &rows.collect::<String>();
    }
    let lines = result.lines().map(|(level, row)| {
        let (n_keys, deepest) = (level + 1, result.subtotals.len());
        let table = result.subtotals.get(level).map_or(&result.table, |level| &level.table);
        let keys = (0..=deepest).map(|key| if key < n_keys { cell(&table.columns[key], row) } else { String::new() });
        let measures = table.columns.iter().skip(n_keys).map(|column| cell(column, row));
        line(keys.chain(measures).chain([n_keys.to_string()]))
    });
    let lines: String = lines.collect();
    line(header.chain(["level".to_owned()])) + &lines
}

fn cell(column: &ResultColumn, row: usize) -> String {
    match column.scalar(row) {
        Scalar::String(text) => csv_field(&text),
        other => match scalar(&other) {
            Value::Null => String::new(),
            Value::String(text) => text,
            number => number.to_string(),
        },
    }
}

fn line(fields: impl Iterator<Item = String>) -> String {
    fields.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use tarn_protocol::{ResultColumn, Values};

    fn column(name: &str, data_type: DataType, values: Values, validity: Option<Vec<bool>>) -> ResultColumn {
        ResultColumn { name: name.into(), data_type, values, validity }
    }

    fn sample() -> ResultTable {
        let texts = ["ATL", "a \"b\", c", ""].map(String::from).to_vec();
        let columns = vec![
            column("origin", DataType::String, Values::String(texts), Some(vec![true, true, false])),
            column("at", DataType::Timestamp, Values::Int(vec![0, 1_500_000, 993_945_600_000_000]), None),
            column("n", DataType::Int64, Values::Int(vec![1, -2, 9_007_199_254_740_993]), None),
            column("m", DataType::Decimal { precision: 10, scale: 2 }, Values::Decimal(vec![150, -5, 0]), None),
        ];
        ResultTable { columns, n_rows: 3 }
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let expected = "origin,at,n,m\r\n\
            ATL,1970-01-01T00:00:00,1,1.5\r\n\
            \"a \"\"b\"\", c\",1970-01-01T00:00:01.500,-2,-0.05\r\n\
            ,2001-07-01T00:00:00,9007199254740993,0.0\r\n";
        assert_eq!(csv(&of(sample(), vec![])), expected);
    }

    fn of(table: ResultTable, subtotals: Vec<RowGroups>) -> ViewResult {
        let (n_groups, rows_matched, rows_total, snapshot) = (u64::from(table.n_rows), 3, 3, String::new());
        ViewResult { table, subtotals, n_groups, rows_matched, rows_total, snapshot, ..ViewResult::default() }
    }

    #[test]
    fn row_groups_come_before_their_rows() {
        let texts = |texts: &[&str]| Values::String(texts.iter().map(|text| (*text).to_owned()).collect());
        let int = |name: &str, values: &[i64]| column(name, DataType::Int64, Values::Int(values.to_vec()), None);
        let (a, b) = (texts(&["x", "x", "y"]), texts(&["1", "2", "1"]));
        let rows = [column("a", DataType::String, a, None), column("b", DataType::String, b, None), int("n", &[5, 4, 3])];
        let groups = [column("a", DataType::String, texts(&["x", "y"]), None), int("n", &[9, 3])];
        let level = RowGroups { table: ResultTable { columns: groups.into(), n_rows: 2 }, ends: vec![2, 3] };
        let result = of(ResultTable { columns: rows.into(), n_rows: 3 }, vec![level]);
        assert_eq!(csv(&result), "a,b,n,level\r\nx,,9,1\r\nx,1,5,2\r\nx,2,4,2\r\ny,,3,1\r\ny,1,3,2\r\n");
        assert_eq!(super::result(&result)["subtotals"][0]["ends"], json!([2, 3]));
    }

    #[test]
    fn json_keeps_what_javascript_would_round() {
        let rows = &table(&sample())["rows"];
        assert_eq!(rows[2], json!([null, "2001-07-01T00:00:00", "9007199254740993", 0.0]));
        assert_eq!(scalar(&Scalar::Date(11_504)), json!("2001-07-01"));
        assert_eq!(scalar(&Scalar::Time(5_400_000_000)), json!("01:30:00"));
        assert_eq!(decimal(-100_000_000_000_000_000_005, 2), "-1000000000000000000.05");
        assert_eq!(scalar(&Scalar::Float(f64::NAN)), json!("NaN"));
        assert_eq!(scalar(&Scalar::Float(f64::NEG_INFINITY)), json!("-Infinity"));
    }
}
