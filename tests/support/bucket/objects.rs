//! What the bucket holds, and how it changes.
use super::wire::{Asked, Reply};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// 2020-01-01: the publishers' clocks are years ahead of the store's.
const START_SECS: u64 = 1_577_836_800;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objects {
    by_name: BTreeMap<String, Object>,
    /// Seconds since the start.
    pub clock: u64,
    n_versions: u64,
    /// Parts of uploads that are not complete.
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Object {
    content: Vec<u8>,
    written: u64,
    version: u64,
}

impl Objects {
    /// What lies below a local folder, as if it had been put here; nothing where there is none.
    pub fn of_folder(folder: &Path) -> Self {
        let mut objects = Self::default();
        objects.put_folder(folder, "");
        objects
    }

    fn put_folder(&mut self, folder: &Path, name: &str) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() {
                self.put_folder(&path, &name);
            } else {
                self.store(&name, fs::read(path).unwrap());
            }
        }
    }

    pub fn names(&self) -> Vec<&str> {
        self.by_name.keys().map(String::as_str).collect()
    }

    /// The rows of the snapshot that is served below the folder, after everything that it names was found and held to its digest.
    /// `None` without a manifest.
    pub fn served_rows(&self, folder: &str) -> Option<u64> {
        let manifest = self.by_name.get(&format!("{folder}/manifest.json"))?;
        let manifest: Value = serde_json::from_slice(&manifest.content).unwrap();
        let document = self.held(folder, &manifest["path"], &manifest["digest"], None);
        let document: Value = serde_json::from_slice(document).unwrap();
        for file in document["files"].as_array().unwrap() {
            let footer = file["footer_size"].as_u64().unwrap() as usize;
            let content = self.held(folder, &file["path"], &file["footer_digest"], Some(footer));
            assert_eq!(content.len() as u64, file["size"].as_u64().unwrap(), "{}", file["path"]);
            self.held(folder, &file["chunks_path"], &file["chunks_digest"], None);
        }
        document["rows"].as_u64()
    }

    /// An object whose last `tail` bytes have the digest.
    fn held(&self, folder: &str, path: &Value, digest: &Value, tail: Option<usize>) -> &[u8] {
        let name = format!("{folder}/{}", path.as_str().unwrap());
        let object = self.by_name.get(&name).unwrap_or_else(|| panic!("{name} is named and not there"));
        let content = &object.content;
        let part = &content[content.len() - tail.unwrap_or(content.len())..];
        let found: String = Sha256::digest(part).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, digest.as_str().unwrap(), "{name}");
        content
    }

    pub fn answer(&mut self, asked: &Asked) -> Reply {
        let has = |key: &str| asked.query.contains_key(key);
        match asked.method.as_str() {
            "GET" if asked.name.is_empty() => self.listed(asked.query.get("prefix").map_or("", String::as_str)),
            "GET" | "HEAD" => match self.by_name.get(&asked.name) {
                Some(object) => object.described(Reply::new(200, object.content.clone())),
                None => Reply::refused(404, "NoSuchKey"),
            },
            "PUT" if has("partNumber") => {
                let number = asked.query["partNumber"].parse().unwrap();
                self.uploads.entry(asked.query["uploadId"].clone()).or_default().insert(number, asked.body.clone());
                Reply::new(200, "").with("etag", format!("\"part-{number}\""))
            }
            "PUT" => self.put(asked),
            "POST" if has("uploads") => {
                self.n_versions += 1;
                let id = format!("upload-{}", self.n_versions);
                let names = format!("<Bucket>bucket</Bucket><Key>{}</Key>", asked.name);
                Reply::new(200, format!("<InitiateMultipartUploadResult>{names}<UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
            }
            "POST" if has("uploadId") => {
                let parts = self.uploads.remove(&asked.query["uploadId"]).unwrap_or_default();
                let stored = self.store(&asked.name, parts.into_values().flatten().collect());
                let names = format!("<Location>-</Location><Bucket>bucket</Bucket><Key>{}</Key>", asked.name);
                Reply::new(200, format!("<CompleteMultipartUploadResult>{names}<ETag>{stored}</ETag></CompleteMultipartUploadResult>"))
            }
            "POST" if has("delete") => {
                let body = String::from_utf8_lossy(&asked.body).into_owned();
                let keys = body.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>")).map(|(key, _)| key);
                let deleted = keys.map(|key| {
                    self.by_name.remove(key);
                    format!("<Deleted><Key>{key}</Key></Deleted>")
                });
                Reply::new(200, format!("<DeleteResult>{}</DeleteResult>", deleted.collect::<String>()))
            }
            "DELETE" => {
                self.by_name.remove(&asked.name);
                Reply::new(204, "")
            }
            _ => Reply::refused(501, "NotImplemented"),
        }
    }

    /// On the conditions of S3 (`If-Match`, `If-None-Match`) or Google (a generation).
    fn put(&mut self, asked: &Asked) -> Reply {
        let now = self.by_name.get(&asked.name);
        let generation = asked.headers.get("x-goog-if-generation-match");
        let holds = match (asked.headers.get("if-match"), generation) {
            (Some(seen), _) => now.is_some_and(|object| object.etag() == *seen),
            (None, Some(seen)) => now.map_or(0, |object| object.version).to_string() == *seen,
            (None, None) => !asked.headers.contains_key("if-none-match") || now.is_none(),
        };
        if !holds {
            return Reply::refused(412, "PreconditionFailed");
        }
        let etag = self.store(&asked.name, asked.body.clone());
        Reply::new(200, "").with("etag", etag).with("x-goog-generation", self.n_versions.to_string())
    }

    fn store(&mut self, name: &str, content: Vec<u8>) -> String {
        self.n_versions += 1;
        let object = Object { content, written: self.clock, version: self.n_versions };
        let etag = object.etag();
        self.by_name.insert(name.to_owned(), object);
        etag
    }

    fn listed(&self, prefix: &str) -> Reply {
        let found = self.by_name.iter().filter(|(name, _)| name.starts_with(prefix));
        let contents = found.map(|(name, object)| {
            // In the first month, as tests never go beyond it.
            let (day, second) = (object.written / 86_400 + 1, object.written % 86_400);
            let time = format!("2020-01-{day:02}T{:02}:{:02}:{:02}.000Z", second / 3_600, second / 60 % 60, second % 60);
            let size = object.content.len();
            format!("<Contents><Key>{name}</Key><LastModified>{time}</LastModified><ETag>x</ETag><Size>{size}</Size></Contents>")
        });
        Reply::new(200, format!("<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>", contents.collect::<String>()))
    }
}

impl Object {
    fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    fn described(&self, reply: Reply) -> Reply {
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(START_SECS + self.written);
        let reply = reply.with("etag", self.etag()).with("last-modified", httpdate::fmt_http_date(written));
        reply.with("x-goog-generation", self.version.to_string())
    }
}
