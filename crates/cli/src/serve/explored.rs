//! Data that is looked at without a dashboard file: a page to drop a file on, the drafted dashboard, and its text to save.
use super::answer;
use super::server::{Shared, is_local};
use crate::init::{Data, Shape};
use crate::site::Content;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode, header};
use futures_util::StreamExt as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const PAGE: &str = include_str!("explore.html");
const SCRIPT: &str = include_str!("explore.js");
const STYLE: &str = include_str!("explore.css");

/// Only pages of this server can send it: browsers ask before they send a header like this to another origin, and get a no.
const HEADER: &str = "x-tarn-explore";

/// Begins the name of a program's folder; its process follows.
const FOLDER: &str = "tarn-explore-";
const LOCK: &str = "lock";

/// How long the page of a new dashboard may take to be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder for as long as the program runs.
pub struct Explored {
    folder: PathBuf,
    /// Held by a program that runs; the system lets go of it however the program ends.
    _lock: fs::File,
    /// Whether pages may name an address to open.
    addresses: bool,
    shown: Mutex<Option<Saved>>,
}

/// What is shown, as a file of the author's.
struct Saved {
    name: String,
    yaml: String,
    /// A copy of what was dropped, which goes when something else comes.
    copy: Option<PathBuf>,
}

impl Explored {
    pub fn new(addresses: bool) -> Result<Self, String> {
        let all = std::env::temp_dir();
        remove_forsaken(&all);
        let folder = all.join(format!("{FOLDER}{}", std::process::id()));
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(failed)?;
        let lock = fs::File::create(folder.join(LOCK)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self { folder, _lock: lock, addresses, shown: Mutex::new(None) })
    }

    /// The file that the server shows.
    pub fn dashboard(&self) -> PathBuf {
        self.folder.join("dashboard.yaml")
    }

    /// In words, what is explored.
    pub fn name(&self) -> String {
        self.lock().as_ref().map_or_else(|| "drop a Parquet file".to_owned(), |saved| saved.name.clone())
    }

    /// The file name to save the dashboard by, as soon as there is one.
    pub fn saved_name(&self) -> Option<String> {
        self.lock().as_ref().map(|saved| format!("{}.yaml", saved.name))
    }

    /// Drafts a dashboard for the data and shows it. The saved one finds the data from the present folder.
    pub fn open(&self, data: &Path) -> Result<(), String> {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        self.show(data, &here.join("dashboard.yaml"), None)
    }

    /// The same for a copy of a file whose place nobody knows: the saved dashboard looks for it beside itself.
    fn open_copy(&self, copy: PathBuf) -> Result<(), String> {
        let beside = copy.with_file_name("dashboard.yaml");
        self.show(&copy.clone(), &beside, Some(copy))
    }

    fn show(&self, data: &Path, saved: &Path, copy: Option<PathBuf>) -> Result<(), String> {
        let data = Data::read(data)?;
        let (shown, yaml) = (data.dashboard(Shape::Explore, &self.dashboard())?, data.dashboard(Shape::Explore, saved)?);
        let former = self.lock().replace(Saved { name: data.name().to_owned(), yaml, copy });
        let file = self.dashboard();
        fs::write(&file, shown).map_err(|error| format!("{}: {error}", file.display()))?;
        if let Some(folder) = former.and_then(|former| former.copy).and_then(|copy| copy.parent().map(Path::to_owned)) {
            let _ = fs::remove_dir_all(folder);
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Saved>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Explored {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Programs that were killed could not remove what was dropped on their pages. Somebody else's folders stay: they cannot be opened.
fn remove_forsaken(all: &Path) {
    let folders = fs::read_dir(all).into_iter().flatten().flatten().map(|entry| entry.path());
    for folder in folders.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FOLDER))) {
        if fs::File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

/// The page to drop a file on, and what belongs to it.
pub fn file(path: &str, explored: &Explored) -> Option<Content> {
    let address = if explored.addresses { "" } else { "hidden" };
    let content = match path {
        "explore" | "explore/" => PAGE.replace("ADDRESSES", address),
        "tarn-serve/explore.js" => SCRIPT.to_owned(),
        "tarn-serve/explore.css" => STYLE.to_owned(),
        _ => return None,
    };
    Some(Content::Bytes(content.into_bytes()))
}

/// Takes a file, or with `addresses` the address of one, and answers when its dashboard is there.
pub async fn take(State(Shared { mut shown, explored }): State<Shared>, request: Request<Body>) -> Response<Body> {
    let Some(explored) = explored.filter(|_| is_local(&request) && request.headers().contains_key(HEADER)) else {
        return answer::text(StatusCode::FORBIDDEN, "this server answers its own pages only");
    };
    let query = request.uri().query().unwrap_or_default().to_owned();
    let named =
        |key: &str| url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
    shown.mark_unchanged();
    let opened = match named("url") {
        Some(_) if !explored.addresses => Err("addresses are opened with `tarn explore --addresses` only".to_owned()),
        Some(url) => in_background(move || explored.open(Path::new(&url))).await,
        None => match receive(&explored, &named("name").unwrap_or_default(), request.into_body()).await {
            Ok(copy) => in_background(move || explored.open_copy(copy)).await,
            Err(message) => Err(message),
        },
    };
    if let Err(message) = opened {
        return answer::text(StatusCode::UNPROCESSABLE_ENTITY, &message);
    }
    match tokio::time::timeout(PATIENCE, shown.changed()).await {
        Ok(Ok(())) => answer::text(StatusCode::OK, "shown"),
        _ => answer::text(StatusCode::INTERNAL_SERVER_ERROR, "the dashboard was written and is not shown: reload the page"),
    }
}

/// The dashboard as a file.
pub async fn save(State(Shared { explored, .. }): State<Shared>) -> Response<Body> {
    let saved = explored.and_then(|explored| explored.lock().as_ref().map(|saved| saved.yaml.clone()));
    let Some(yaml) = saved else { return answer::text(StatusCode::NOT_FOUND, "nothing is explored") };
    let mut answer = Response::new(Body::from(yaml));
    answer::set(&mut answer, header::CONTENT_TYPE, "application/yaml; charset=utf-8");
    answer
}

/// Reading may take seconds: the page is answered meanwhile.
async fn in_background(work: impl FnOnce() -> Result<(), String> + Send + 'static) -> Result<(), String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err("reading this data failed: please report it".into()))
}

/// Writes what comes to a folder of its own, under the file's own name.
async fn receive(explored: &Arc<Explored>, name: &str, body: Body) -> Result<PathBuf, String> {
    let name = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| "data.parquet".into());
    let n = explored.folder.read_dir().map_or(0, Iterator::count);
    let folder = explored.folder.join(format!("dropped-{n}"));
    let copy = folder.join(name);
    let received = async {
        let failed = |error: std::io::Error| format!("the file cannot be put aside: {error}");
        fs::create_dir_all(&folder).map_err(failed)?;
        let mut file = fs::File::create(&copy).map_err(failed)?;
        let mut parts = body.into_data_stream();
        while let Some(part) = parts.next().await {
            let part = part.map_err(|error| format!("the file did not come whole: {error}"))?;
            file.write_all(&part).map_err(failed)?;
        }
        Ok(())
    };
    match received.await {
        Ok(()) => Ok(copy),
        Err(message) => {
            let _ = fs::remove_dir_all(&folder);
            Err(message)
        }
    }
}
