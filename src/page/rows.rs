//! Rows as text. Values stand in full, as `tarn query` writes them; a text that a spreadsheet would run is made harmless.
use super::text;
use tarn_dashboard::{Phrase, Scalar};
use tarn_protocol::{ResultTable, ViewResult, csv_comment, csv_field, harmless};

/// How rows become text.
pub struct Form {
    between: &'static str,
    end: &'static str,
    text: fn(&str) -> String,
}

/// RFC 4180.
pub const CSV: &Form = &Form { between: ",", end: "\r\n", text: csv_field };
/// For the clipboard: what would break a cell apart becomes a space.
pub const TSV: &Form = &Form { between: "\t", end: "\n", text: |text| harmless(text).replace(['\t', '\r', '\n'], " ") };

/// Notes as comment lines, a header, a line per row. Null is an empty field. With row groups, each has a line before its
/// rows, and a last column `level` tells how many keys a line is for, as in `tarn query`.
pub fn csv(result: &ViewResult, notes: &[String]) -> String {
    let mut out = String::new();
    for note in notes {
        out += &csv_comment(note);
        out += CSV.end;
    }
    lines(result, CSV, &mut out);
    out
}

pub fn tsv(result: &ViewResult) -> String {
    let mut out = String::new();
    lines(result, TSV, &mut out);
    out
}

/// More rows of the same columns.
pub fn more(table: &ResultTable, form: &Form) -> String {
    let mut out = String::new();
    for row in 0..table.n_rows as usize {
        line(&mut table.columns.iter().map(|column| field(column.scalar(row), form)), form, &mut out);
    }
    out
}

fn line(fields: &mut dyn Iterator<Item = String>, form: &Form, out: &mut String) {
    for (i, field) in fields.enumerate() {
        if i > 0 {
            out.push_str(form.between);
        }
        out.push_str(&field);
    }
    out.push_str(form.end);
}

fn field(value: Scalar, form: &Form) -> String {
    match value {
        Scalar::String(text) => (form.text)(&text),
        other => plain(&other),
    }
}

fn lines(result: &ViewResult, form: &Form, out: &mut String) {
    let deepest = result.subtotals.len();
    let level_header = (deepest > 0).then(|| "level".to_owned());
    line(&mut result.table.columns.iter().map(|column| (form.text)(&column.name)).chain(level_header), form, out);
    for (level, row) in result.lines() {
        let table = result.subtotals.get(level).map_or(&result.table, |level| &level.table);
        // Keys that a row group has not are empty.
        let missing = deepest - level;
        let fields = (0..result.table.columns.len()).map(|at| {
            let at = if at > level { at.checked_sub(missing).filter(|at| *at > level) } else { Some(at) };
            field(at.and_then(|at| table.columns.get(at)).map_or(Scalar::Null, |column| column.scalar(row)), form)
        });
        line(&mut fields.chain((deepest > 0).then(|| (level + 1).to_string())), form, out);
    }
    // What is shown together, under the keys that it has: the first of the others says so.
    for (other, row) in
        result.other.iter().filter(|_| deepest == 0).flat_map(|other| (0..other.n_rows as usize).map(move |row| (other, row)))
    {
        let mut name = super::strings::say(Phrase::Other);
        let fields = result.table.columns.iter().map(|column| match other.column(&column.name) {
            Some(column) => field(column.scalar(row), form),
            None => (form.text)(std::mem::take(&mut name)),
        });
        line(&mut fields.collect::<Vec<_>>().into_iter(), form, out);
    }
}

/// A value in full.
pub fn plain(value: &Scalar) -> String {
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
    use tarn_protocol::{ResultColumn, RowGroups, Values};

    fn result() -> ViewResult {
        let column = |name: &str, data_type, values, validity| ResultColumn { name: name.into(), data_type, values, validity };
        let texts = ["=1+1", "a \"b\", c", "tab\there", "x"].map(String::from).to_vec();
        of(ResultTable {
            columns: vec![
                column("name", DataType::String, Values::String(texts), Some(vec![true, true, true, false])),
                column("n", DataType::Int64, Values::Int(vec![-5, 9_007_199_254_740_993, 0, 1]), None),
                column("at", DataType::Timestamp, Values::Int(vec![0, 1_500_000, 0, 993_945_600_000_000]), None),
            ],
            n_rows: 4,
        })
    }

    fn of(table: ResultTable) -> ViewResult {
        ViewResult { table, ..ViewResult::default() }
    }

    #[test]
    fn row_groups_come_before_their_rows() {
        let ints = |name: &str, values: &[i64]| ResultColumn {
            name: name.into(),
            data_type: DataType::Int64,
            values: Values::Int(values.to_vec()),
            validity: None,
        };
        let table = |columns: Vec<ResultColumn>, n_rows| ResultTable { columns, n_rows };
        let mut result = of(table(vec![ints("a", &[1, 1, 2]), ints("b", &[5, 6, 5]), ints("c", &[0, 0, 0]), ints("n", &[7, 8, 9])], 3));
        result.subtotals = vec![
            RowGroups { table: table(vec![ints("a", &[1, 2]), ints("n", &[15, 9])], 2), ends: vec![2, 3] },
            RowGroups { table: table(vec![ints("a", &[1, 1, 2]), ints("b", &[5, 6, 5]), ints("n", &[7, 8, 9])], 3), ends: vec![1, 2, 3] },
        ];
        let expected = "a,b,c,n,level|1,,,15,1|1,5,,7,2|1,5,0,7,3|1,6,,8,2|1,6,0,8,3|2,,,9,1|2,5,,9,2|2,5,0,9,3|";
        assert_eq!(csv(&result, &[]).replace("\r\n", "|"), expected);
    }

    #[test]
    fn csv_is_exact_and_harmless() {
        let expected = "# Flights\r\nname,n,at\r\n'=1+1,-5,1970-01-01T00:00:00\r\n\"a \"\"b\"\", c\",9007199254740993,1970-01-01T00:00:01.500\r\n\
            \"tab\there\",0,1970-01-01T00:00:00\r\n,1,2001-07-01T00:00:00\r\n";
        assert_eq!(csv(&result(), &["Flights".into()]), expected);
    }

    #[test]
    fn tsv_keeps_cells_in_one_piece() {
        assert_eq!(tsv(&result()).lines().nth(3), Some("tab here\t0\t1970-01-01T00:00:00"));
    }

    #[test]
    fn others_together_are_rows_too() {
        let column = |name: &str, values| ResultColumn {
            name: name.into(),
            data_type: DataType::Int64,
            values: Values::Int(values),
            validity: None,
        };
        let mut of_series =
            of(ResultTable { columns: vec![column("t", vec![1, 2]), column("s", vec![7, 7]), column("n", vec![3, 4])], n_rows: 2 });
        of_series.other = Some(ResultTable { columns: vec![column("t", vec![1, 2]), column("n", vec![30, 40])], n_rows: 2 });
        assert_eq!(tsv(&of_series), "t\ts\tn\n1\t7\t3\n2\t7\t4\n1\tOther\t30\n2\tOther\t40\n");
        let mut of_groups = of(ResultTable { columns: vec![column("s", vec![7]), column("n", vec![3])], n_rows: 1 });
        of_groups.other = Some(ResultTable { columns: vec![column("n", vec![30])], n_rows: 1 });
        assert_eq!(tsv(&of_groups), "s\tn\n7\t3\nOther\t30\n");
    }
}
