//! What can go wrong between a publisher and its store: afterwards a reader finds the old snapshot or the new one, whole, and a
//! rerun completes.
use crate::folder::{Folder, ORDERS, orders};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use tarn_tests::{Bucket, Operation, Turn, python, root};

const TO: &str = "s3://bucket/data/orders";
/// Below the bucket.
const SERVED: &str = "data/orders";
const DAY: u64 = 86_400;

/// A bucket whose served snapshot has a predecessor that the next run will delete, and a folder with what comes next.
struct World {
    folder: Folder,
    bucket: Bucket,
}

const FIRST: u64 = 1_500;
const OLD: u64 = 2_000;
const NEW: u64 = 2_010;

impl World {
    fn new(name: &str) -> Self {
        let world = Self { folder: Folder::new(name), bucket: Bucket::start() };
        for n in [FIRST, OLD, NEW] {
            world.folder.export(&format!("{n}.parquet"), &orders(n));
        }
        for n in [FIRST, OLD] {
            world.published(n);
            world.bucket.pass(2 * DAY);
        }
        world
    }

    /// The publication of so many rows. Each has a file of its own: several may run at once.
    fn command(&self, n: u64) -> Command {
        let mut command =
            self.folder.command_in(&format!("{n}.yaml"), "publish", TO, &format!("{ORDERS}from: {{ parquet: {n}.parquet }}\n"));
        command.env("AWS_TIMEOUT", "20 seconds").envs(self.bucket.environment());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn published(&self, n: u64) {
        let output = self.command(n).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
        assert_eq!(self.served(), Some(n));
    }

    /// Rows of the served snapshot, which was found whole.
    fn served(&self) -> Option<u64> {
        self.bucket.objects().served_rows(SERVED)
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn is_manifest(operation: &Operation) -> bool {
    operation.writes && operation.name.ends_with("manifest.json")
}

/// Counts what would change something; the `at`th, from 0, is taken aside.
fn nth_write(at: usize) -> impl Fn(&Operation) -> bool {
    let n = AtomicUsize::new(0);
    move |operation| operation.writes && n.fetch_add(1, Ordering::SeqCst) == at
}

#[test]
fn killed_at_any_put_or_deletion_a_run_leaves_a_whole_snapshot_and_its_rerun_completes() {
    let world = World::new("killed");
    let before = world.bucket.objects();
    let mut n_killed = 0;
    for done in [false, true] {
        for at in 0.. {
            world.bucket.set_objects(before.clone());
            let victim: Arc<Mutex<u32>> = Arc::default();
            let (known, is_the_one) = (Arc::clone(&victim), nth_write(at));
            // Held until the process is known.
            let mut guard = victim.lock().unwrap();
            world.bucket.judge(move |operation| {
                if !is_the_one(operation) {
                    return Turn::Served;
                }
                let id = known.lock().unwrap().to_string();
                assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
                if done { Turn::AnswerLost } else { Turn::Cut }
            });
            let mut child = world.command(NEW).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            *guard = child.id();
            drop(guard);
            let status = child.wait().unwrap();
            world.bucket.judge(|_| Turn::Served);
            if status.success() {
                assert!(at >= 6, "a file, its digests, the document, the manifest, and what is deleted: {at}");
                break;
            }
            n_killed += 1;
            let served = world.served();
            assert!(served == Some(OLD) || served == Some(NEW), "{served:?} after {at}");
            world.published(NEW);
            let names = world.bucket.objects();
            let n_documents = names.names().iter().filter(|name| name.contains("/snapshots/")).count();
            // The two before, what the killed run wrote, and what its rerun wrote.
            assert!(n_documents <= 4, "{:?}", names.names());
        }
    }
    assert!(n_killed >= 12, "{n_killed}");
}

#[test]
fn of_two_publishers_at_once_one_loses_and_says_so() {
    let world = World::new("two");
    let other = Mutex::new(Some(world.command(FIRST)));
    world.bucket.judge(move |operation| {
        // The first to switch waits until the other has.
        let other = if is_manifest(operation) { other.lock().unwrap().take() } else { None };
        if let Some(mut other) = other {
            let output = other.output().unwrap();
            assert!(output.status.success(), "{}", told(&output));
        }
        Turn::Served
    });
    let late = world.command(NEW).output().unwrap();
    assert_eq!(late.status.code(), Some(4), "{}", told(&late));
    assert!(told(&late).contains("another publication finished first"), "{}", told(&late));
    assert_eq!(world.served(), Some(FIRST));
    world.published(NEW);
}

#[test]
fn a_switch_whose_answer_is_lost_is_a_switch() {
    let world = World::new("lost");
    let lost = AtomicUsize::new(0);
    world.bucket.judge(
        move |operation| {
            if is_manifest(operation) && lost.fetch_add(1, Ordering::SeqCst) == 0 { Turn::AnswerLost } else { Turn::Served }
        },
    );
    world.published(NEW);
}

#[test]
fn what_another_publisher_is_about_to_serve_is_never_swept() {
    let world = World::new("swept");
    let (hold, held) = mpsc::channel::<()>();
    let (release, released) = mpsc::channel::<()>();
    let (hold, released) = (Mutex::new(Some(hold)), Mutex::new(released));
    world.bucket.judge(move |operation| {
        let deletes = operation.method == "DELETE" || operation.method == "POST" && operation.name.is_empty();
        let hold = if deletes { hold.lock().unwrap().take() } else { None };
        if let Some(hold) = hold {
            hold.send(()).unwrap();
            let _ = released.lock().unwrap().recv();
        }
        Turn::Served
    });
    let sweeping = world.command(NEW).spawn().unwrap();
    held.recv().unwrap();
    // The sweeper has chosen the files of the first snapshot; now they are wanted again.
    world.published(FIRST);
    release.send(()).unwrap();
    let output = sweeping.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(world.served(), Some(FIRST));
}

#[test]
fn a_store_that_is_busy_cut_or_slow_is_asked_again_and_in_the_end_given_up() {
    let world = World::new("busy");
    let before = world.bucket.objects();
    let turns = [Turn::Refused(503, "SlowDown"), Turn::Refused(429, "TooManyRequests"), Turn::Cut, Turn::AnswerLost, Turn::Stalled];
    for turn in turns {
        for at in [0, 2] {
            // A put of a file or of the document.
            world.bucket.set_objects(before.clone());
            let is_the_one = nth_write(at);
            world.bucket.judge(move |operation| if is_the_one(operation) { turn } else { Turn::Served });
            let output = world.command(NEW).env("AWS_TIMEOUT", "1 seconds").output().unwrap();
            assert!(output.status.success(), "{turn:?} {}", told(&output));
            assert_eq!(world.served(), Some(NEW), "{turn:?}");
        }
    }
    world.bucket.set_objects(before);
    world.bucket.judge(|operation| if is_manifest(operation) { Turn::Refused(503, "SlowDown") } else { Turn::Served });
    let output = world.command(NEW).args(["--retry-for", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    assert_eq!(world.served(), Some(OLD));
    world.bucket.judge(|_| Turn::Served);
    world.published(NEW);
}

#[test]
fn credentials_that_expire_half_way_stop_the_run() {
    let world = World::new("expired");
    let before = world.bucket.objects();
    // S3 says 400 of a token of its own that has expired; others say 401 or 403.
    for (status, code) in [(400, "ExpiredToken"), (401, "InvalidAuthenticationInfo"), (403, "ExpiredToken")] {
        world.bucket.set_objects(before.clone());
        let n = AtomicUsize::new(0);
        world.bucket.judge(move |operation| {
            let passes = !operation.writes || n.fetch_add(1, Ordering::SeqCst) < 2;
            if passes { Turn::Served } else { Turn::Refused(status, code) }
        });
        let output = world.command(NEW).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{}", told(&output));
        assert!(told(&output).contains(code) && told(&output).contains("hint: the credentials"), "{}", told(&output));
        assert_eq!(world.served(), Some(OLD));
        world.bucket.judge(|_| Turn::Served);
        world.published(NEW);
    }
}

/// The store's clock is six years behind this machine's.
#[test]
fn a_publisher_whose_clock_is_wrong_is_told_so_and_serves_what_it_read() {
    let world = World::new("clock");
    let output = world.command(NEW).output().unwrap();
    let told_of = told(&output);
    assert!(
        output.status.success() && told_of.contains("warning: this machine's clock is ") && told_of.contains(" s ahead of the store's"),
        "{told_of}"
    );
    // The first was superseded two days ago, by the store's clock.
    assert_eq!((told_of.matches("delete snapshots/").count(), world.served()), (1, Some(NEW)), "{told_of}");
}

#[test]
fn google_stores_are_switched_by_generation() {
    let world = World::new("google");
    let rest = format!("{ORDERS}from: {{ parquet: {NEW}.parquet }}\n");
    let google = |to: &str| {
        let mut command = world.folder.command_in("google.yaml", "publish", to, &rest);
        command.env("GOOGLE_SERVICE_ACCOUNT_KEY", world.bucket.google_key());
        command
    };
    let output = google("gs://bucket/data/google").output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(world.bucket.objects().served_rows("data/google"), Some(NEW));
    let other = Mutex::new(Some(world.command(FIRST)));
    world.bucket.judge(move |operation| {
        let other = if is_manifest(operation) { other.lock().unwrap().take() } else { None };
        if let Some(mut other) = other {
            assert!(other.output().unwrap().status.success());
        }
        Turn::Served
    });
    let late = google(&TO.replace("s3:", "gs:")).output().unwrap();
    assert_eq!(late.status.code(), Some(4), "{}", told(&late));
    assert_eq!(world.served(), Some(FIRST));
}

#[cfg(unix)]
#[test]
fn a_full_disk_publishes_nothing() {
    let world = World::new("full");
    let command = world.command(NEW);
    // Writing beyond the limit fails, as on a full disk.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    assert!(told(&output).contains("hint: free space"), "{}", told(&output));
    assert_eq!(world.served(), Some(OLD));
    world.published(NEW);
}

/// The target's disk has room for the snapshot before and for so many more pages, from none on: a run stops at each step in turn. The
/// disk is one in memory, in a mount namespace of its own, for which Linux wants root or allows user namespaces.
#[cfg(target_os = "linux")]
#[test]
fn a_target_without_space_keeps_its_snapshot_and_a_rerun_completes() {
    let folder = Folder::new("no-space");
    let publish = |n: u64| {
        folder.export(&format!("{n}.parquet"), &orders(n));
        folder.command_in(&format!("{n}.yaml"), "publish", "disk", &format!("{ORDERS}from: {{ parquet: {n}.parquet }}\n"))
    };
    let (old, new) = (publish(OLD), publish(NEW));
    let command = |command: &Command| {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        words.map(|word| format!("'{}'", word.to_string_lossy())).collect::<Vec<_>>().join(" ")
    };
    let script = "set -e
mkdir disk before
mount -t tmpfs -o size=64m tmpfs disk
OLD
cp -a disk/. before
for pages in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
  umount disk
  mount -t tmpfs -o size=64m tmpfs disk
  cp -a before/. disk
  free=$(df -B4096 --output=avail disk | tail -1)
  head -c $(((free - pages) * 4096)) /dev/zero > disk/other
  code=0
  NEW 2> told || code=$?
  served=$(READ)
  rm disk/other
  NEW 2> again
  echo \"$pages $code $served $(READ) $(find disk -name '*#*' | wc -l) $(grep -c 'hint: free space there' told)\"
done";
    let read =
        format!("'{}' '{}' disk 'count(*)'", python().get_program().to_string_lossy(), root().join("tests/publish/reader.py").display());
    let script = script.replace("OLD", &command(&old)).replace("NEW", &command(&new)).replace("READ", &read);
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.args(if is_root { &["--mount"][..] } else { &["--mount", "--user", "--map-root-user"] });
        unshare
    };
    if !unshare().arg("true").output().is_ok_and(|output| output.status.success()) {
        eprintln!("left out: a full disk as the target, which needs root or user namespaces");
        return;
    }
    let output = unshare().args(["sh", "-c", &script]).current_dir(&folder.0).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows = |n: u64| format!("[[{n}]]");
    let mut codes = vec![];
    for line in text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())) {
        let [_, code, served, again, left, hints] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        // Full, or room enough.
        let expected = if code == "5" { (rows(OLD), "1") } else { (rows(NEW), "0") };
        assert_eq!((served.to_owned(), hints), expected, "{text}");
        assert_eq!((again.to_owned(), left), (rows(NEW), "0"), "nothing half-written is left: {text}");
        codes.push(code.to_owned());
    }
    let n_full = codes.iter().filter(|code| *code == "5").count();
    assert!(codes.len() == 13 && n_full >= 4 && codes.last().is_some_and(|code| code == "0"), "{text}");
}
