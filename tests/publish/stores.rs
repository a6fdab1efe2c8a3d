//! To real object stores: what is written, replaced, listed and deleted there.
use crate::folder::{Folder, ask, orders, readable, succeeded};
use serde_json::json;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tarn_tests::{ObjectStore, Proxy, Way};

const FROM: &str = "from: { parquet: export.parquet }\nevery: 5m\n";

fn within<'a>(store: &ObjectStore, command: &'a mut Command) -> &'a mut Command {
    let environment = store.environment.iter().map(|(name, value)| (name, value.as_str()));
    command.envs(environment).stdout(Stdio::piped()).stderr(Stdio::piped())
}

fn run(store: &ObjectStore, command: &mut Command) -> Output {
    within(store, command).output().unwrap()
}

/// What holds in every store.
fn snapshots_are_switched_listed_and_rolled_back(store: &ObjectStore) {
    let folder = Folder::new(store.to.split_once(':').unwrap().0);
    let to = format!("{}/data/orders", store.to);
    let served = store.read_url("data/orders");
    let totals = "count(*), sum(id), count(distinct region)";

    folder.export("export.parquet", &orders(2_000));
    let first = succeeded(&run(store, &mut folder.command("publish", &to, FROM)));
    assert!(first.starts_with("published ") && first.contains("2,000 rows in 4 files"), "{first}");
    assert_eq!(ask(&served, totals), json!([[2_000, 1_999_000, 7]]));

    let again = succeeded(&run(store, &mut folder.command("publish", &to, FROM)));
    assert!(again.starts_with("nothing new") && again.contains("wrote 0 files"), "{again}");

    folder.export("export.parquet", &orders(2_010));
    let second = succeeded(&run(store, &mut folder.command("publish", &to, FROM)));
    assert!(second.contains("wrote 1 file"), "only the newest month is written again: {second}");
    assert_eq!(ask(&served, totals), json!([[2_010, 2_019_045, 7]]));

    let listed = succeeded(&run(store, &mut folder.command("snapshots", &to, FROM)));
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.trim_start_matches(['*', ' ']).split(' ').next()).collect();
    assert_eq!(ids.len(), 2, "{listed}");
    succeeded(&run(store, folder.command("snapshots", &to, FROM).args(["rollback", ids[1]])));
    assert_eq!(ask(&served, totals), json!([[2_000, 1_999_000, 7]]));

    // Both begin with the same manifest; whoever loses says so, and what is served is whole.
    folder.export("export.parquet", &orders(2_020));
    let commands: Vec<Command> = (0..2).map(|_| folder.command("publish", &to, FROM)).collect();
    let started: Vec<_> = commands.into_iter().map(|mut command| within(store, &mut command).spawn().unwrap()).collect();
    let codes: Vec<Option<i32>> = started.into_iter().map(|child| child.wait_with_output().unwrap().status.code()).collect();
    assert!(codes.contains(&Some(0)) && codes.iter().all(|code| [Some(0), Some(4)].contains(code)), "{codes:?}");
    assert_eq!(ask(&served, totals), json!([[2_020, 2_039_190, 7]]));
}

/// A file above the size that is sent in parts, broken off in its first part and in its second: the connection alone, which is
/// made again, or the publisher, whose rerun completes.
fn files_in_parts_survive_a_break_in_the_middle(store: &ObjectStore) {
    let folder = Folder::new(&format!("parts-{}", store.to.split_once(':').unwrap().0));
    // Digests cannot be compressed much.
    let texts = "array_to_string(list_transform(range(32), lambda x: md5((i * 32 + x)::varchar)), '')";
    let rest = "timestamp '2001-01-15' as at, null::decimal(12, 2) as amount, null::boolean as paid";
    folder.export("export.parquet", &format!("select i as id, {texts} as region, {rest} from range(20_000) t(i)"));
    let proxy = Proxy::start(store.port());
    for (is_killed, n_bytes) in [(false, 9_000_000), (true, 4_000_000), (true, 9_000_000)] {
        let to = format!("{}/parts/{is_killed}-{n_bytes}", store.to);
        let served = store.read_url(&format!("parts/{is_killed}-{n_bytes}"));
        let mut command = folder.command("publish", &to, FROM);
        within(store, &mut command).envs(store.environment_through(proxy.port()));
        let victim: Arc<Mutex<u32>> = Arc::default();
        let known = Arc::clone(&victim);
        // Held until the process is known.
        let mut guard = victim.lock().unwrap();
        proxy.break_after(Way::ToServer, n_bytes, move || {
            let id = known.lock().unwrap().to_string();
            if is_killed {
                assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
            }
        });
        let child = command.spawn().unwrap();
        *guard = child.id();
        drop(guard);
        let output = child.wait_with_output().unwrap();
        assert!(proxy.has_broken(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = if is_killed {
            assert_eq!(output.status.code(), None);
            assert!(!readable(&served), "nothing is served of a run that was killed");
            succeeded(&run(store, &mut folder.command("publish", &to, FROM)))
        } else {
            succeeded(&output)
        };
        assert!(told.contains("20,000 rows in 1 file, 1"), "{told}");
        assert_eq!(ask(&served, "count(*), count(distinct region)"), json!([[20_000, 20_000]]));
    }

    // Exports in a bucket: an object, a folder, a pattern; and a connection that breaks off while one is copied.
    let listed = succeeded(&run(store, &mut folder.command("snapshots", &format!("{}/parts/true-4000000", store.to), FROM)));
    assert!(listed.contains("20,000 rows"), "{listed}");
    for (from, n_rows) in [("parts/true-4000000/files", 20_000), ("parts/*-9000000/files/*.parquet", 40_000)] {
        proxy.break_after(Way::ToClient, 4_000_000, || {});
        let mut command = folder.command("publish", "out", &format!("from: {{ parquet: '{}/{from}' }}\n", store.to));
        let output = within(store, &mut command).envs(store.environment_through(proxy.port())).output().unwrap();
        succeeded(&output);
        assert!(proxy.has_broken());
        assert_eq!(folder.ask("count(*), count(distinct region)"), json!([[n_rows, 20_000]]), "{from}");
    }
    let nothing = run(store, &mut folder.command("publish", "out", &format!("from: {{ parquet: '{}/nothing' }}\n", store.to)));
    let told = String::from_utf8_lossy(&nothing.stderr);
    assert!(nothing.status.code() == Some(5) && told.contains("no file matches"), "{told}");
}

#[test]
fn s3_holds_what_was_published() {
    let store = ObjectStore::moto();
    snapshots_are_switched_listed_and_rolled_back(&store);

    files_in_parts_survive_a_break_in_the_middle(&store);

    let folder = Folder::new("missing");
    folder.export("export.parquet", &orders(10));
    let missing = run(&store, &mut folder.command("publish", "s3://nothing/parts", FROM));
    let told = String::from_utf8_lossy(&missing.stderr);
    assert_eq!(missing.status.code(), Some(5), "{told}");
    assert!(told.contains("hint: does the bucket exist?"), "{told}");
}

#[test]
fn azure_holds_what_was_published() {
    let store = ObjectStore::azurite();
    snapshots_are_switched_listed_and_rolled_back(&store);
    files_in_parts_survive_a_break_in_the_middle(&store);

    let folder = Folder::new("refused");
    folder.export("export.parquet", &orders(10));
    let mut command = folder.command("publish", &format!("{}/data/orders", store.to), FROM);
    let wrong = [("AZURE_STORAGE_ACCOUNT_NAME", "devstoreaccount1"), ("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")];
    let refused = within(&store, &mut command).envs(wrong).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(5), "{told}");
    assert!(told.contains("hint: the credentials"), "{told}");
}
