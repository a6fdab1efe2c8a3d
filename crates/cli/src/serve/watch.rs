use super::shown::Shown;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};
use tokio::sync::watch::Sender;

/// How often the files are looked at. Their metadata is in memory: a look costs microseconds, works on every file system and
/// sees editors that replace a file as well as those that write into it.
const EVERY: Duration = Duration::from_millis(25);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// Brings what is shown up to date until nobody listens any more.
pub fn run(dashboard: &Path, data_dir: Option<&Path>, sender: &Sender<Arc<Shown>>) {
    let mut author = written(&sender.borrow());
    let mut data = stamps(&sender.borrow());
    while !sender.is_closed() {
        thread::sleep(EVERY);
        let former = sender.borrow().clone();
        let now = written(&former);
        if now != author {
            let shown = Shown::read(dashboard, data_dir, Some(&former));
            let now = if shown.written == former.written { now } else { written(&shown) };
            // An editor may be in the middle of writing: an error counts when the files rest.
            if shown.problem.is_some() && !shown.written.iter().all(|path| rests(path)) {
                continue;
            }
            author = now;
            tell(&shown);
            data = stamps(&shown);
            sender.send_replace(Arc::new(shown));
            continue;
        }
        let current = sender.borrow().clone();
        let newer = stamps(&current);
        if newer != data {
            // Missing for a moment, or still being written: the next look tells.
            if newer.values().any(Option::is_none) || !newer.keys().all(|path| rests(path)) {
                continue;
            }
            data = newer;
            eprintln!("the data changed");
            sender.send_replace(Arc::new(current.with_new_data()));
        }
    }
}

fn tell(shown: &Shown) {
    match &shown.problem {
        Some(problem) => crate::terminal::tell(&format!("\n{problem}\n")),
        None => eprintln!("the page is up to date"),
    }
}

fn rests(path: &Path) -> bool {
    let before = stamp(path);
    thread::sleep(EVERY);
    stamp(path) == before
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some(Stamp { modified: metadata.modified().ok(), length: metadata.len() })
}

/// Of what the author writes.
fn written(shown: &Shown) -> Vec<Option<Stamp>> {
    shown.written.iter().map(|path| stamp(path)).collect()
}

fn stamps(shown: &Shown) -> BTreeMap<PathBuf, Option<Stamp>> {
    let files = shown.site.iter().flat_map(|site| site.local_files());
    files.map(|path| (path.clone(), stamp(path))).collect()
}
