//! `kill -9` at every change that a publication makes in a local folder, in turn: before each directory, file, write (half of it is done
//! then), sync, rename and deletion. Afterwards a reader finds the old snapshot or the new one, whole, and a rerun completes. Stores are
//! treated so in [`crate::faults`].
use crate::folder::{Folder, ORDERS, orders, succeeded};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use tarn_tests::{Objects, root};

const FIRST: u64 = 1_500;
const OLD: u64 = 2_000;
const NEW: u64 = 2_010;
const TWO_DAYS: Duration = Duration::from_secs(2 * 86_400);

/// A folder that is published to, and the library that ends publications.
struct World {
    folder: Folder,
    killer: PathBuf,
}

/// Files by their path, with when they were written.
type Content = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

impl World {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        for n in [FIRST, OLD, NEW] {
            folder.export(&format!("{n}.parquet"), &orders(n));
        }
        let killer = folder.0.join("kill_at.so");
        let compiled =
            Command::new("clang").args(["-shared", "-fPIC", "-o"]).arg(&killer).arg(root().join("tests/publish/kill_at.c")).output();
        succeeded(&compiled.unwrap());
        Self { folder, killer }
    }

    fn out(&self) -> PathBuf {
        self.folder.0.join("out")
    }

    fn command(&self, n: u64) -> Command {
        self.folder.command("publish", "out", &format!("{ORDERS}from: {{ parquet: {n}.parquet }}\n"))
    }

    fn published(&self, n: u64) {
        succeeded(&self.command(n).output().unwrap());
        assert_eq!(self.served(), Some(n));
    }

    /// Ended before a change, which is returned; `None` when the run made fewer.
    fn killed_at(&self, n: u64, at: usize) -> Option<String> {
        let mut command = self.command(n);
        // With a slash: its beginning is that of no other folder.
        command.env("LD_PRELOAD", &self.killer).env("KILLED_BELOW", self.out().join("")).env("KILLED_AT", at.to_string());
        let output = command.output().unwrap();
        if output.status.success() {
            return None;
        }
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.signal(), Some(9), "{told}");
        Some(told.lines().find_map(|line| line.strip_prefix("killed before ")).unwrap().to_owned())
    }

    /// Ended before the first change that begins so.
    fn killed_before(&self, wanted: &str) {
        let before = self.content();
        for at in 0.. {
            if self.killed_at(NEW, at).unwrap().starts_with(wanted) {
                return;
            }
            self.restore(&before);
        }
    }

    fn served(&self) -> Option<u64> {
        Objects::of_folder(&self.out()).served_rows("")
    }

    fn content(&self) -> Content {
        let with_time = |path: PathBuf| {
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            (path.clone(), (fs::read(path).unwrap(), written))
        };
        files(&self.out()).into_iter().map(with_time).collect()
    }

    /// The folder as it was.
    fn restore(&self, content: &Content) {
        let _ = fs::remove_dir_all(self.out());
        for (path, (bytes, written)) in content {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
            File::options().write(true).open(path).unwrap().set_modified(*written).unwrap();
        }
    }

    /// Everything there was written two days earlier.
    fn pass_two_days(&self) {
        self.restore(&self.content().into_iter().map(|(path, (bytes, written))| (path, (bytes, written - TWO_DAYS))).collect());
    }
}

/// All files below, at any depth.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_a_killed_run_has_half_written_is_deleted_after_a_while() {
    let world = World::new("half-written");
    world.published(OLD);
    let unfinished = || files(&world.out()).iter().filter(|path| path.to_string_lossy().contains('#')).count();
    for place in ["files/", "snapshots/", "manifest.json"] {
        world.killed_before(&format!("rename {place}"));
    }
    assert_eq!(unfinished(), 3);
    world.published(NEW);
    assert_eq!(unfinished(), 3, "they may be those of a run under way");
    world.pass_two_days();
    world.published(NEW);
    assert_eq!(unfinished(), 0);
}

#[test]
fn killed_at_any_change_in_a_folder_a_run_leaves_a_whole_snapshot_and_its_rerun_completes() {
    let world = World::new("killed-folder");
    let empty = world.content();
    for n in [FIRST, OLD] {
        world.published(n);
        world.pass_two_days();
    }
    // Its predecessor is past its period: the next run deletes that.
    let old = world.content();
    // A run that was killed before it switched: the next one writes the served snapshot's document anew.
    world.killed_before("rename manifest.json");
    let unswitched = world.content();
    let mut changes = vec![];
    for (before, served_before) in [(&empty, None), (&old, Some(OLD)), (&unswitched, Some(OLD))] {
        for at in 0.. {
            world.restore(before);
            let Some(change) = world.killed_at(NEW, at) else { break };
            // What is deleted is so after the switch.
            let expected = if change.starts_with("unlink") { Some(NEW) } else { served_before };
            assert_eq!(world.served(), expected, "before {change}");
            world.published(NEW);
            changes.push(change);
        }
        assert_eq!(world.served(), Some(NEW));
    }
    let n = |start: &str, end: &str| changes.iter().filter(|change| change.starts_with(start) && change.ends_with(end)).count();
    for (kind, end, n_least) in [
        ("mkdir", "", 2),
        ("open", "#1", 10),
        ("write", "#1", 10),
        ("fsync", "", 20),
        ("rename", ".parquet", 3),
        ("rename", ".chunks", 3),
        ("rename", ".json", 4),
        ("rename", "manifest.json", 3),
        ("unlink", ".json", 1),
        ("unlink", ".parquet", 1),
    ] {
        assert!(n(kind, end) >= n_least, "{kind} …{end}: {changes:#?}");
    }
}
