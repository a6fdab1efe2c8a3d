//! A deployed folder, held in memory, so that a test can change one file of it.
use crate::{dist, root, tarn};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Files by their path below the site's folder, such as `data/flights-3m.parquet`.
#[derive(Clone)]
pub struct Site {
    pub(crate) files: BTreeMap<String, Bytes>,
}

impl Site {
    /// The release build, as it would be deployed.
    pub fn built() -> Self {
        static BUILT: OnceLock<BTreeMap<String, Bytes>> = OnceLock::new();
        let files = BUILT.get_or_init(|| {
            let mut files = BTreeMap::new();
            read_folder(&dist(), "", &mut files);
            files
        });
        Self { files: files.clone() }
    }

    /// A folder as it lies on disk.
    pub fn from_folder(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_folder(folder, "", &mut files);
        Self { files }
    }

    pub fn empty() -> Self {
        Self { files: BTreeMap::new() }
    }

    /// The same build with another dashboard, compiled from YAML as an author would do it.
    pub fn with_dashboard(mut self, yaml: &str) -> Self {
        let page = String::from_utf8(self.files["index.html"].to_vec()).unwrap();
        let link = page.find("id=\"tarn-dashboard\"").or_else(|| page.find("id=tarn-dashboard")).expect("the page links its dashboard");
        let start = page[link..].find("dashboard-").expect("a hashed name") + link;
        let end = page[start..].find(".bin").expect("a compiled dashboard") + start + ".bin".len();
        let compiled = Bytes::from(compile(yaml));
        let name = format!(
            "dashboard-test{:08x}.bin",
            compiled.iter().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(*byte)))
        );
        self.files.insert("index.html".into(), Bytes::from(format!("{}{name}{}", &page[..start], &page[end..])));
        let kept = self.text("sw.js").replace(&page[start..end], &name).replace("{\"version\":\"", &format!("{{\"version\":\"{name} "));
        self.with_file("sw.js", kept).with_file(&name, compiled)
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, content)| (path.as_str(), content.as_ref()))
    }

    /// Adds or replaces a file.
    pub fn with_file(mut self, path: &str, content: impl Into<Bytes>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }

    /// As another build: the same code, each file under another hashed name.
    pub fn under_new_names(self) -> Self {
        let hashed = |path: &str| !path.contains('/') && path.contains('-');
        let names: Vec<(String, String)> = self
            .files
            .keys()
            .filter(|path| hashed(path))
            .map(|path| {
                let (start, rest) = path.rsplit_once('-').unwrap();
                (path.clone(), format!("{start}-next{rest}"))
            })
            .collect();
        let renamed = |text: &str| names.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
        let files = self.files.into_iter().map(|(path, content)| {
            let is_text = !path.contains('/') && (path.ends_with(".js") || path.ends_with(".html"));
            let content = if is_text { Bytes::from(renamed(std::str::from_utf8(&content).unwrap())) } else { content };
            (renamed(&path), content)
        });
        let renamed = Self { files: files.collect() };
        let kept = renamed.text("sw.js").replace("{\"version\":\"", "{\"version\":\"next ");
        renamed.with_file("sw.js", kept)
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> String {
        String::from_utf8(self.files[path].to_vec()).unwrap()
    }

    /// What a deploy of the page replaces.
    pub fn files_beside_data(self) -> impl Iterator<Item = (String, Bytes)> {
        self.files.into_iter().filter(|(path, _)| !path.starts_with("data/"))
    }

    pub fn without_file(mut self, path: &str) -> Self {
        assert!(self.files.remove(path).is_some(), "{path} is not part of the site");
        self
    }
}

/// The demo's data.
pub fn flights_parquet() -> Bytes {
    static FLIGHTS: OnceLock<Bytes> = OnceLock::new();
    FLIGHTS.get_or_init(|| Bytes::from(fs::read(root().join("public/data/flights-3m.parquet")).unwrap())).clone()
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Bytes>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files);
        } else {
            let content = if name == "data/flights-3m.parquet" { flights_parquet() } else { Bytes::from(fs::read(entry.path()).unwrap()) };
            files.insert(name, content);
        }
    }
}

/// The compiled form of a dashboard file.
fn compile(yaml: &str) -> Vec<u8> {
    let folder = root().join("target/test-dashboards").join(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("dashboard.yaml");
    fs::write(&file, yaml).unwrap();
    let output = tarn().arg("compile").arg(&file).env("TRUNK_STAGING_DIR", &folder).output().unwrap();
    assert!(output.status.success(), "the test's dashboard does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    let compiled =
        fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|kind| kind == "bin"));
    let content = fs::read(compiled.expect("`tarn compile` writes a file")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    content
}
