//! What files are made of, before anybody has written a contract for them.
use crate::ensure::loader;
use crate::host::Host;
use crate::open::decode_failure;
use crate::runtime::Shared;
use crate::source::SourceSlot;
use tarn_dashboard::DataType;
use tarn_decode::Footer;
use tarn_protocol::{DescribedColumn, Description, LoadError};
use tarn_snapshot::{folder_scalar, folder_value, folder_values, type_name};

/// What a source's files say: their footers, and the folders of their addresses.
pub fn describe(urls: &[String], footers: &[Footer]) -> Description {
    let nullable = |name: &str| footers.iter().any(|footer| footer.fields().any(|field| field.name == name && field.nullable));
    let columns = footers.iter().take(1).flat_map(|footer| {
        footer.fields().map(|field| DescribedColumn {
            name: field.name.clone(),
            type_name: type_name(field.field_type),
            nullable: nullable(&field.name),
            unreadable: footer.projection(&[&field.name]).err().map(decode_failure),
        })
    });
    let mut columns: Vec<DescribedColumn> = columns.collect();
    for (name, _) in urls.first().map_or_else(Vec::new, |url| folder_values(url)) {
        if columns.iter().all(|column| column.name != name) {
            columns.push(of_folders(urls, name));
        }
    }
    Description {
        n_files: footers.len() as u32,
        n_rows: footers.iter().map(Footer::n_rows).sum(),
        bytes: footers.iter().map(Footer::file_length).sum(),
        columns,
    }
}

/// A column that the names of folders hold: of the narrowest of DuckDB's types for them that has all values.
fn of_folders(urls: &[String], name: String) -> DescribedColumn {
    let values: Vec<Option<String>> = urls.iter().map(|url| folder_value(url, &name).flatten()).collect();
    let all = |data_type| values.iter().flatten().all(|value| folder_scalar(value, data_type).is_some());
    let types = [(DataType::Int64, "int64"), (DataType::Date, "date"), (DataType::Timestamp, "timestamp")];
    let found = types.into_iter().find(|(data_type, _)| values.iter().any(Option::is_some) && all(*data_type));
    let type_name = found.map_or("string", |(_, type_name)| type_name).to_owned();
    DescribedColumn { name, type_name, nullable: values.contains(&None), unreadable: None }
}

/// Reads the footers, and nothing else.
pub(crate) async fn describe_source<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> Result<Description, LoadError> {
    let opened = loader(shared, slot, &|_| {}).open(&slot.urls).await?;
    let footers: Vec<Footer> = opened.into_iter().map(|(file, _)| file.footer).collect();
    Ok(describe(&slot.urls, &footers))
}
