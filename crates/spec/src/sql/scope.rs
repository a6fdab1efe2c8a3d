use crate::{dashboard::Calendar, diagnostic::Diagnostic, suggest};
use std::collections::BTreeMap;
use tarn_dashboard::{Column, DataType, Filter, Measure};

/// The names that an expression may use.
pub(crate) struct Scope<'a> {
    pub source: &'a str,
    pub columns: &'a [Column],
    pub dimensions: &'a [String],
    /// Columns whose declaration has errors: what uses them is not reported again.
    pub broken: &'a [String],
    /// `first` and `last` need to know what comes first.
    pub time: Option<&'a str>,
    pub calendar: &'a Calendar,
    /// Among the dashboard's filters.
    pub parameters: &'a [(String, Option<Filter>)],
    /// `None`: known, but it has errors of its own.
    pub measures: &'a BTreeMap<String, Option<Measure>>,
}

impl Scope<'_> {
    /// As in DuckDB, names are found without regard to case.
    pub fn column(&self, name: &str) -> Option<&Column> {
        let exact = self.columns.iter().find(|column| column.name == name);
        exact.or_else(|| self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    }

    pub fn explain_unknown_column(&self, name: &str, diagnostic: &mut Diagnostic) {
        if self.measures.contains_key(name) {
            diagnostic.hint(format!("`{name}` is a measure: write {{{name}}} in the expression of another measure"));
        } else if self.dimensions.iter().any(|dimension| dimension == name) {
            diagnostic.hint(format!("`{name}` is a dimension: repeat its expression here"));
        } else {
            let columns = self.columns.iter().map(|column| &column.name).chain(self.broken).map(String::as_str);
            diagnostic.hint(suggest::hint(name, &format!("columns of `{}`", self.source), columns));
        }
    }
}

impl Scope<'_> {
    pub fn hint_measure(&self, name: &str) -> String {
        match self.column(name) {
            Some(column) => format!("`{0}` is a column: write sum({0}) or another aggregate", column.name),
            None => suggest::hint(name, &format!("measures of `{}`", self.source), self.measures.keys().map(String::as_str)),
        }
    }
}

/// The name of a type as authors write it.
pub(crate) fn type_name(data_type: DataType) -> String {
    match data_type {
        DataType::Null => "null".into(),
        DataType::Boolean => "boolean".into(),
        DataType::Int64 => "int64".into(),
        DataType::Float64 => "double".into(),
        DataType::Decimal { precision, scale } => format!("decimal({precision}, {scale})"),
        DataType::Date => "date".into(),
        DataType::Time => "time".into(),
        DataType::Timestamp => "timestamp".into(),
        DataType::TimestampTz => "timestamptz".into(),
        DataType::Interval => "interval".into(),
        DataType::String => "string".into(),
        DataType::Binary => "binary".into(),
    }
}
