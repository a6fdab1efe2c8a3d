use crate::column::{Column, Kind};
use tarn_protocol::{Description, LoadErrorKind};

/// What is known of the data.
pub struct Profile {
    pub n_rows: u64,
    pub n_files: usize,
    pub bytes: u64,
    /// In the file's order.
    pub columns: Vec<Column>,
}

/// No column can be shown.
#[derive(Debug)]
pub struct Nothing {
    /// Names and types.
    pub columns: Vec<(String, String)>,
    /// Why the first of them cannot be read, where that is the reason.
    pub unreadable: Option<LoadErrorKind>,
}

impl Profile {
    /// What the files say of themselves, before their values are looked at.
    pub fn of(description: &Description) -> Result<Self, Nothing> {
        let columns: Vec<Column> = description
            .columns
            .iter()
            .map(|column| {
                let readable = column.unreadable.is_none() && !column.name.contains('.') && !column.name.is_empty();
                let kind = if readable { kind(&column.type_name) } else { Kind::Other };
                Column { name: column.name.clone(), type_name: column.type_name.clone(), kind, required: !column.nullable, facts: None }
            })
            .collect();
        if columns.iter().all(|column| column.kind == Kind::Other) {
            let columns = columns.into_iter().map(|column| (column.name, column.type_name)).collect();
            let unreadable = description.columns.iter().find_map(|column| column.unreadable.clone());
            return Err(Nothing { columns, unreadable });
        }
        Ok(Self { n_rows: description.n_rows, n_files: description.n_files as usize, bytes: description.bytes, columns })
    }
}

impl Nothing {
    /// "a is list, b is struct".
    pub fn list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, type_name)| format!("{name} is {type_name}")).collect();
        names.join(", ")
    }
}

fn kind(type_name: &str) -> Kind {
    match type_name {
        "date" => Kind::Date,
        "timestamp" | "timestamptz" => Kind::Timestamp,
        "float" | "double" => Kind::Fraction,
        "string" => Kind::Text,
        "boolean" => Kind::Boolean,
        name if name.starts_with("int") && name != "interval" || name.starts_with("uint") => Kind::Integer,
        name if name.starts_with("decimal") => Kind::Fraction,
        _ => Kind::Other,
    }
}
