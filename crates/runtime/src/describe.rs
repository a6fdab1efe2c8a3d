//! What files are made of, before anybody has written a contract for them.
use crate::ensure::loader;
use crate::host::Host;
use crate::open::decode_failure;
use crate::runtime::Shared;
use crate::source::SourceSlot;
use tarn_decode::Footer;
use tarn_protocol::{DescribedColumn, Description, LoadError};
use tarn_snapshot::type_name;

/// What the footers of a source's files say.
pub fn describe(footers: &[Footer]) -> Description {
    let nullable = |name: &str| footers.iter().any(|footer| footer.fields().any(|field| field.name == name && field.nullable));
    let columns = footers.iter().take(1).flat_map(|footer| {
        footer.fields().map(|field| DescribedColumn {
            name: field.name.clone(),
            type_name: type_name(field.field_type),
            nullable: nullable(&field.name),
            unreadable: footer.projection(&[&field.name]).err().map(decode_failure),
        })
    });
    Description {
        n_files: footers.len() as u32,
        n_rows: footers.iter().map(Footer::n_rows).sum(),
        bytes: footers.iter().map(Footer::file_length).sum(),
        columns: columns.collect(),
    }
}

/// Reads the footers, and nothing else.
pub(crate) async fn describe_source<H: Host>(shared: &Shared<H>, slot: &SourceSlot) -> Result<Description, LoadError> {
    let opened = loader(shared, slot, &|_| {}).open(&slot.urls).await?;
    let footers: Vec<Footer> = opened.into_iter().map(|(file, _)| file.footer).collect();
    Ok(describe(&footers))
}
