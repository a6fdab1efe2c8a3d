use crate::{Agreement, Validators};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

/// One version of one file, as far as a plain URL can name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    pub url: String,
    pub validators: Validators,
    pub length: u64,
}

impl FileIdentity {
    /// `length` is `None` where the answer does not tell it.
    pub fn agreement(&self, validators: &Validators, length: Option<u64>) -> Agreement {
        if length.is_some_and(|length| length != self.length) {
            return Agreement::Different;
        }
        self.validators.agreement(validators)
    }
}

/// The short, stable name of a snapshot that consists of these files, in this order: 16 hexadecimal digits. Beside each file
/// stands a checksum of its footer: a store that sends no validators would otherwise give two versions of one length one name.
pub fn snapshot_id<'a>(files: impl IntoIterator<Item = (&'a FileIdentity, u64)>) -> String {
    let mut hash = Xxh3::new();
    for (file, footer_checksum) in files {
        for text in [Some(&file.url), file.validators.etag.as_ref(), file.validators.last_modified.as_ref()] {
            // With its length in front, so that no two lists of texts run together.
            hash.update(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            hash.update(text.map_or(&[], |text| text.as_bytes()));
        }
        hash.update(&file.length.to_le_bytes());
        hash.update(&footer_checksum.to_le_bytes());
    }
    let digits = hash.digest();
    (0..16).rev().map(|nibble| char::from_digit((digits >> (nibble * 4)) as u32 & 15, 16).unwrap_or('0')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str, etag: Option<&str>, length: u64) -> FileIdentity {
        FileIdentity { url: url.into(), validators: Validators { etag: etag.map(str::to_owned), last_modified: None }, length }
    }

    #[test]
    fn every_part_of_the_identity_changes_the_id() {
        let id = |files: &[(FileIdentity, u64)]| snapshot_id(files.iter().map(|(file, checksum)| (file, *checksum)));
        let first = id(&[(file("a", Some("1"), 10), 7)]);
        assert_eq!(first.len(), 16);
        assert_eq!(first, id(&[(file("a", Some("1"), 10), 7)]));
        for other in [file("b", Some("1"), 10), file("a", Some("2"), 10), file("a", None, 10), file("a", Some("1"), 11)] {
            assert_ne!(first, id(&[(other, 7)]));
        }
        assert_ne!(first, id(&[(file("a", Some("1"), 10), 8)]));
        let [a, b] = ["a", "b"].map(|url| (file(url, None, 1), 7));
        assert_ne!(id(&[a.clone(), b.clone()]), id(&[b, a]));
    }

    #[test]
    fn other_length_is_another_version_whatever_the_validators_say() {
        let known = file("a", Some("1"), 10);
        assert_eq!(known.agreement(&known.validators, Some(11)), Agreement::Different);
        assert_eq!(known.agreement(&known.validators, None), Agreement::Same);
        assert_eq!(known.agreement(&Validators::default(), Some(10)), Agreement::Unknown);
    }
}
