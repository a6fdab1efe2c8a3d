//! Rows as text. Values stand in full, as `tarn query` writes them; a text that a spreadsheet would run is made harmless.
use crate::text;
use tarn_dashboard::Scalar;
use tarn_protocol::ResultTable;

/// RFC 4180: notes as comment lines, a header, a line per row. Null is an empty field.
pub fn csv(table: &ResultTable, notes: &[String]) -> String {
    let mut out = String::new();
    for note in notes {
        out += "# ";
        out += &note.replace(['\r', '\n'], " ");
        out += "\r\n";
    }
    lines(table, ",", "\r\n", quoted, &mut out);
    out
}

/// For the clipboard: what would break a cell apart becomes a space.
pub fn tsv(table: &ResultTable) -> String {
    let mut out = String::new();
    lines(table, "\t", "\n", |text| text.replace(['\t', '\r', '\n'], " "), &mut out);
    out
}

fn lines(table: &ResultTable, between: &str, end: &str, written: fn(&str) -> String, out: &mut String) {
    let mut line = |fields: &mut dyn Iterator<Item = String>| {
        for (i, field) in fields.enumerate() {
            if i > 0 {
                out.push_str(between);
            }
            out.push_str(&field);
        }
        out.push_str(end);
    };
    line(&mut table.columns.iter().map(|column| written(&guarded(&column.name))));
    for row in 0..table.n_rows as usize {
        line(&mut table.columns.iter().map(|column| match column.scalar(row) {
            Scalar::String(text) => written(&guarded(&text)),
            other => plain(&other),
        }));
    }
}

/// Spreadsheets run what begins so; an apostrophe makes it a text.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains(['"', ',', '\r', '\n']) || text.starts_with('#') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn plain(value: &Scalar) -> String {
    match value {
        Scalar::Null => String::new(),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Decimal { unscaled, scale } => text::decimal(*unscaled, *scale),
        Scalar::Date(days) => text::iso_date(i64::from(*days) * 86_400_000_000),
        Scalar::Timestamp(at) => text::iso_instant(*at),
        Scalar::Time(at) => text::iso_time(*at),
        Scalar::Interval { months, days, micros } => format!("P{months}M{days}DT{}S", *micros as f64 / 1e6),
        Scalar::String(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tarn_dashboard::DataType;
    use tarn_protocol::{ResultColumn, Values};

    fn table() -> ResultTable {
        let column = |name: &str, data_type, values, validity| ResultColumn { name: name.into(), data_type, values, validity };
        let texts = ["=1+1", "a \"b\", c", "tab\there", "x"].map(String::from).to_vec();
        ResultTable {
            columns: vec![
                column("name", DataType::String, Values::String(texts), Some(vec![true, true, true, false])),
                column("n", DataType::Int64, Values::Int(vec![-5, 9_007_199_254_740_993, 0, 1]), None),
                column("at", DataType::Timestamp, Values::Int(vec![0, 1_500_000, 0, 993_945_600_000_000]), None),
            ],
            n_rows: 4,
        }
    }

    #[test]
    fn csv_is_exact_and_harmless() {
        let expected = "# Flights\r\nname,n,at\r\n'=1+1,-5,1970-01-01T00:00:00\r\n\"a \"\"b\"\", c\",9007199254740993,1970-01-01T00:00:01.500\r\n\
            tab\there,0,1970-01-01T00:00:00\r\n,1,2001-07-01T00:00:00\r\n";
        assert_eq!(csv(&table(), &["Flights".into()]), expected);
    }

    #[test]
    fn tsv_keeps_cells_in_one_piece() {
        assert_eq!(tsv(&table()).lines().nth(3), Some("tab here\t0\t1970-01-01T00:00:00"));
    }
}
