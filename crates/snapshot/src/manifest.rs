//! The manifest of a published source, and the snapshots that it names.
//!
//! `manifest.json` is the one object that changes. It names an immutable snapshot document, which lists immutable files. Every
//! byte can be verified from there: the manifest holds the digest of the snapshot document, the document those of each file's
//! footer and of its list of chunk digests, the list those of the column chunks. The list stands in an object of its own, 16
//! bytes a chunk, so that the document stays small however many row groups and columns there are.
use crate::json::{Json, parse, quoted};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Version of both documents. A reader refuses any other.
pub const MANIFEST_FORMAT: u64 = 1;

/// The first 16 bytes of a SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 16]);

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The served snapshot's id.
    pub snapshot: String,
    /// Where its document is, relative to the manifest.
    pub path: String,
    pub digest: Digest,
    /// Milliseconds since 1970.
    pub created_ms: f64,
    /// When the next snapshot is expected.
    pub next_expected_ms: Option<f64>,
}

/// `snapshots/<id>.json`: never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotDocument {
    pub id: String,
    pub created_ms: f64,
    pub rows: u64,
    /// Name and type of each column as a dashboard's `schema:` writes them, such as `int64!`.
    pub schema: Vec<(String, String)>,
    /// The calendar unit by which the publisher chose to divide files, such as `month`. The next publication keeps it.
    pub split: Option<String>,
    /// In the order of their rows.
    pub files: Vec<SnapshotFile>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotFile {
    /// Relative to the manifest.
    pub path: String,
    pub size: u64,
    pub rows: u64,
    /// Bytes of the footer: its metadata, their length and the magic, up to the end of the file.
    pub footer_size: u64,
    pub footer_digest: Digest,
    /// Where the digests of the column chunks are: for each row group, in the file's order, each column's.
    pub chunks_path: String,
    pub chunks_digest: Digest,
    /// Values that all rows share, by column; `None` is null.
    pub partition: Vec<(String, Option<String>)>,
}

/// Why a document is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestError {
    /// Not JSON, from this byte on.
    NotJson { at: usize },
    /// A newer Tarn wrote it.
    OtherFormat { found: String },
    /// A key is missing or has a value of another kind.
    Key { key: String },
}

impl Digest {
    /// Of a whole SHA-256.
    pub fn of(sha256: &[u8; 32]) -> Self {
        let mut first = [0; 16];
        first.copy_from_slice(&sha256[..16]);
        Self(first)
    }

    /// 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    pub fn text(&self) -> String {
        self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Manifest {
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        let json = document(bytes)?;
        Ok(Self {
            snapshot: text(&json, "snapshot")?,
            path: path(&json, "path")?,
            digest: digest(&json, "digest")?,
            created_ms: whole(&json, "created_ms")? as f64,
            next_expected_ms: json.get("next_expected_ms").and_then(Json::whole).map(|ms| ms as f64),
        })
    }

    pub fn write(&self) -> String {
        let mut text = format!("{{\n  \"tarn_manifest\": {MANIFEST_FORMAT},\n");
        let _ = writeln!(text, "  \"snapshot\": {},", quoted(&self.snapshot));
        let _ = writeln!(text, "  \"path\": {},", quoted(&self.path));
        let _ = writeln!(text, "  \"digest\": \"{}\",", self.digest.text());
        let next = self.next_expected_ms.map_or_else(|| "null".to_owned(), |ms| format!("{ms:.0}"));
        let _ = write!(text, "  \"created_ms\": {:.0},\n  \"next_expected_ms\": {next}\n}}\n", self.created_ms);
        text
    }
}

impl SnapshotDocument {
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        let json = document(bytes)?;
        let schema = list(&json, "schema")?.iter().map(|column| Ok((text(column, "name")?, text(column, "type")?)));
        let files = list(&json, "files")?.iter().map(SnapshotFile::read);
        Ok(Self {
            id: text(&json, "id")?,
            created_ms: whole(&json, "created_ms")? as f64,
            rows: whole(&json, "rows")?,
            schema: schema.collect::<Result<_, ManifestError>>()?,
            split: json.get("split").and_then(Json::text).map(str::to_owned),
            files: files.collect::<Result<_, ManifestError>>()?,
        })
    }

    pub fn write(&self) -> String {
        let mut text = format!("{{\n  \"tarn_manifest\": {MANIFEST_FORMAT},\n  \"id\": {},\n", quoted(&self.id));
        let _ = writeln!(text, "  \"created_ms\": {:.0},\n  \"rows\": {},", self.created_ms, self.rows);
        let columns = self.schema.iter().map(|(name, kind)| format!("    {{ \"name\": {}, \"type\": {} }}", quoted(name), quoted(kind)));
        let _ = writeln!(text, "  \"schema\": [\n{}\n  ],", columns.collect::<Vec<_>>().join(",\n"));
        if let Some(split) = &self.split {
            let _ = writeln!(text, "  \"split\": {},", quoted(split));
        }
        let files: Vec<String> = self.files.iter().map(SnapshotFile::write).collect();
        let _ = write!(text, "  \"files\": [\n{}\n  ]\n}}\n", files.join(",\n"));
        text
    }
}

impl SnapshotFile {
    fn read(json: &Json) -> Result<Self, ManifestError> {
        let partition = match json.get("partition") {
            Some(Json::Object(entries)) => entries.iter().map(|(name, value)| (name.clone(), value.text().map(str::to_owned))).collect(),
            _ => vec![],
        };
        let (size, footer_size) = (whole(json, "size")?, whole(json, "footer_size")?);
        if footer_size > size {
            return Err(ManifestError::Key { key: "footer_size".to_owned() });
        }
        Ok(Self {
            path: path(json, "path")?,
            size,
            rows: whole(json, "rows")?,
            footer_size,
            footer_digest: digest(json, "footer_digest")?,
            chunks_path: path(json, "chunks_path")?,
            chunks_digest: digest(json, "chunks_digest")?,
            partition,
        })
    }

    fn write(&self) -> String {
        let mut text = format!("    {{ \"path\": {}, \"size\": {}, \"rows\": {}, ", quoted(&self.path), self.size, self.rows);
        let _ = write!(text, "\"footer_size\": {}, \"footer_digest\": \"{}\", ", self.footer_size, self.footer_digest.text());
        let _ = write!(text, "\"chunks_path\": {}, \"chunks_digest\": \"{}\"", quoted(&self.chunks_path), self.chunks_digest.text());
        if !self.partition.is_empty() {
            let value = |value: &Option<String>| value.as_ref().map_or_else(|| "null".to_owned(), |value| quoted(value));
            let values: Vec<String> = self.partition.iter().map(|(name, of)| format!("{}: {}", quoted(name), value(of))).collect();
            let _ = write!(text, ", \"partition\": {{ {} }}", values.join(", "));
        }
        text + " }"
    }
}

/// The digests of a file's column chunks; `None` when their number is not what the file's footer says.
pub fn read_chunk_digests(bytes: &[u8], n_chunks: usize) -> Option<Vec<Digest>> {
    let (digests, rest) = bytes.as_chunks::<16>();
    (rest.is_empty() && digests.len() == n_chunks).then(|| digests.iter().copied().map(Digest).collect())
}

fn document(bytes: &[u8]) -> Result<Json, ManifestError> {
    let text = std::str::from_utf8(bytes).map_err(|error| ManifestError::NotJson { at: error.valid_up_to() })?;
    let json = parse(text).map_err(|at| ManifestError::NotJson { at })?;
    match json.get("tarn_manifest") {
        Some(Json::Number(found)) if *found == MANIFEST_FORMAT as f64 => Ok(json),
        Some(Json::Number(found)) => Err(ManifestError::OtherFormat { found: found.to_string() }),
        _ => Err(key("tarn_manifest")),
    }
}

fn key(key: &str) -> ManifestError {
    ManifestError::Key { key: key.to_owned() }
}

fn text(json: &Json, name: &str) -> Result<String, ManifestError> {
    json.get(name).and_then(Json::text).map(str::to_owned).ok_or_else(|| key(name))
}

fn whole(json: &Json, name: &str) -> Result<u64, ManifestError> {
    json.get(name).and_then(Json::whole).ok_or_else(|| key(name))
}

fn digest(json: &Json, name: &str) -> Result<Digest, ManifestError> {
    json.get(name).and_then(Json::text).and_then(Digest::parse).ok_or_else(|| key(name))
}

fn list<'a>(json: &'a Json, name: &str) -> Result<&'a [Json], ManifestError> {
    json.get(name).and_then(Json::list).ok_or_else(|| key(name))
}

/// A path below the manifest: what a manifest names cannot lead elsewhere.
fn path(json: &Json, name: &str) -> Result<String, ManifestError> {
    let path = text(json, name)?;
    let inside = !path.is_empty()
        && !path.starts_with('/')
        && !path.contains([':', '\\', '?', '#'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if inside { Ok(path) } else { Err(key(name)) }
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
