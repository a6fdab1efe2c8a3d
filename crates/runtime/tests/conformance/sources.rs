//! Sources that are loaded, kept and refreshed by a runtime over the host.
use super::World;
use futures_util::future::join_all;
use std::cell::RefCell;
use std::rc::Rc;
use tarn_dashboard::Scalar;
use tarn_protocol::{CacheNotice, Request, Response, Run, SourceStatus, ViewRequest};
use tarn_runtime::{CacheWrite, Host, Runtime};

/// 300 rows; `fare` is 0, 1, 2, … and in the other one 1,000, 1,001, …
const FIRST: &[u8] = include_bytes!("first.parquet");
const SECOND: &[u8] = include_bytes!("second.parquet");
const TAKINGS: [i64; 2] = [44_850, 344_850];

const DASHBOARD: &str = "
title: Three
data:
  a: { source: a.parquet, ttl: 5m, schema: { at: timestamp!, fare: int64!, city: string }, measures: { takings_a: sum(fare) } }
  b: { source: b.parquet, ttl: 5m, schema: { at: timestamp!, fare: int64!, city: string }, measures: { takings_b: sum(fare) } }
  c: { source: c.parquet, ttl: 5m, schema: { at: timestamp!, fare: int64!, city: string }, measures: { takings_c: sum(fare) } }
pages:
  - { title: A, rows: [[kpi: takings_a]] }
  - { title: B, rows: [[kpi: takings_b]] }
  - { title: C, rows: [[kpi: takings_c]] }
";

struct Tab<H> {
    runtime: Runtime<H>,
    responses: Rc<RefCell<Vec<Response>>>,
}

impl<H: Host + 'static> Tab<H> {
    fn open(world: &impl World<Host = H>, viewer: &str) -> Self {
        let compiled = tarn_spec::compile("dashboard.yaml", DASHBOARD.as_bytes());
        let responses = Rc::new(RefCell::new(vec![]));
        let sink = Rc::clone(&responses);
        let host = world.open(viewer);
        let runtime = Runtime::new(host, compiled.dashboard.unwrap(), "https://store/", move |response| sink.borrow_mut().push(response));
        Self { runtime, responses }
    }

    /// Opens the page of a source. The sum of all its fares.
    async fn show(&self, page: &str) -> Scalar {
        let views = self.runtime.dashboard().page(page).unwrap().views();
        let views = views.map(|view| ViewRequest { id: view.id.clone(), ..ViewRequest::default() }).collect();
        let run = Run { seq: 1, page: page.into(), selections: vec![], comparisons: vec![], views };
        self.runtime.handle(Request::Run(run)).await;
        let responses = self.responses.take();
        let results = responses.into_iter().rev().find_map(|response| match response {
            Response::Results(results) => Some(results),
            _ => None,
        });
        let [(_, result)] = results.unwrap().views.try_into().unwrap();
        result.unwrap().table.columns[0].scalar(0)
    }

    fn status(&self, source: &str) -> SourceStatus {
        self.runtime.status(source).unwrap()
    }
}

fn is(sum: Scalar, takings: i64) -> bool {
    matches!(sum, Scalar::Int(value) if value == takings)
        || matches!(sum, Scalar::Decimal { unscaled, scale: 0 } if unscaled == i128::from(takings))
}

fn serve(world: &impl World) {
    for name in ["a", "b", "c"] {
        world.put_file(&format!("https://store/{name}.parquet"), FIRST, "\"1\"");
    }
}

/// The keys of what is stored of each source's file.
async fn stored(host: &impl Host) -> Vec<String> {
    let keys = host.cache_keys().await.unwrap();
    let of = |name: &&str| keys.iter().any(|key| key.starts_with("bytes ") && key.ends_with(&format!("/{name}.parquet")));
    ["a", "b", "c"].into_iter().filter(of).map(str::to_owned).collect()
}

pub async fn another_tab_and_the_next_visit_fetch_nothing(world: &impl World) {
    serve(world);
    let tab = Tab::open(world, "ann");
    assert!(is(tab.show("a").await, TAKINGS[0]));
    assert!(!world.take_requests().is_empty());
    assert!(is(Tab::open(world, "ann").show("a").await, TAKINGS[0]));
    drop(tab);
    assert!(is(Tab::open(world, "ann").show("a").await, TAKINGS[0]));
    assert!(world.take_requests().is_empty());
}

pub async fn tabs_that_open_together_fetch_once(world: &impl World) {
    serve(world);
    assert!(is(Tab::open(world, "bob").show("a").await, TAKINGS[0]));
    let alone = world.take_requests();
    let tabs: Vec<_> = (0..6).map(|_| Tab::open(world, "ann")).collect();
    assert!(join_all(tabs.iter().map(|tab| tab.show("a"))).await.into_iter().all(|sum| is(sum, TAKINGS[0])));
    assert_eq!(world.take_requests(), alone);
}

pub async fn bytes_that_were_damaged_in_storage_are_fetched_again(world: &impl World) {
    serve(world);
    Tab::open(world, "ann").show("a").await;
    let host = world.open("ann");
    for key in host.cache_keys().await.unwrap().into_iter().filter(|key| key.starts_with("bytes ")) {
        let [bytes] = host.cache_read(std::slice::from_ref(&key)).await.unwrap().try_into().unwrap();
        let mut bytes = bytes.unwrap().to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        host.cache_write(vec![CacheWrite::Put { key, bytes: bytes.into() }]).await.unwrap();
    }
    world.take_requests();
    let tab = Tab::open(world, "ann");
    tab.show("a").await;
    assert!(is(tab.show("a").await, TAKINGS[0]));
    assert!(!world.take_requests().is_empty() && tab.status("a").bytes_fetched > 0);
}

pub async fn the_source_that_was_used_least_recently_gives_way(world: &impl World) {
    serve(world);
    let tab = Tab::open(world, "ann");
    tab.show("a").await;
    let host = world.open("ann");
    let keys: Vec<String> = host.cache_keys().await.unwrap().into_iter().filter(|key| key.starts_with("bytes ")).collect();
    let values = host.cache_read(&keys).await.unwrap();
    let of_one: usize = values.into_iter().flatten().map(|value| value.len()).sum();
    // A fifth of it is for sources: two and a half.
    world.set_quota(5 * of_one as u64 * 5 / 2);
    host.pause(5.0).await;
    tab.show("b").await;
    assert_eq!(stored(&host).await, ["a", "b"]);
    host.pause(5.0).await;
    // The next visit uses the older one.
    Tab::open(world, "ann").show("a").await;
    host.pause(5.0).await;
    assert!(is(tab.show("c").await, TAKINGS[0]));
    assert_eq!(stored(&host).await, ["a", "c"]);
    assert_eq!(tab.status("c").cache_notice, None);
}

pub async fn a_source_larger_than_its_space_is_shown_and_not_kept(world: &impl World) {
    serve(world);
    world.set_quota(5_000);
    let tab = Tab::open(world, "ann");
    assert!(is(tab.show("a").await, TAKINGS[0]));
    assert_eq!(tab.status("a").cache_notice, Some(CacheNotice::TooSmall));
    assert!(world.open("ann").cache_keys().await.unwrap().is_empty());
}

pub async fn without_space_the_others_give_way_and_then_nothing_is_kept(world: &impl World) {
    serve(world);
    let tab = Tab::open(world, "ann");
    tab.show("a").await;
    world.limit_values(1_000);
    assert!(is(tab.show("b").await, TAKINGS[0]));
    assert_eq!(tab.status("b").cache_notice, Some(CacheNotice::Full));
    assert!(stored(&world.open("ann")).await.is_empty(), "the other one gave way first");
}

pub async fn each_viewer_loads_for_themselves(world: &impl World) {
    serve(world);
    for viewer in ["ann", "bob"] {
        assert!(is(Tab::open(world, viewer).show("a").await, TAKINGS[0]));
        assert!(!world.take_requests().is_empty(), "nothing of another viewer is used");
    }
    world.wipe("ann").await;
    assert!(is(Tab::open(world, "bob").show("a").await, TAKINGS[0]));
    assert!(world.take_requests().is_empty());
    assert!(is(Tab::open(world, "ann").show("a").await, TAKINGS[0]));
    assert!(!world.take_requests().is_empty());
}

pub async fn an_unchanged_source_is_confirmed_and_a_changed_one_replaced(world: &impl World) {
    serve(world);
    let tab = Tab::open(world, "ann");
    tab.show("a").await;
    let before = tab.status("a");
    world.take_requests();
    tab.runtime.host().pause(5.0).await;
    tab.runtime.revalidate("a").await;
    assert_eq!(world.take_requests(), ["https://store/a.parquet 0-0 if-none-match \"1\""]);
    let confirmed = tab.status("a");
    assert_eq!(confirmed.snapshot, before.snapshot);
    assert!(confirmed.validated_at > before.validated_at);
    world.put_file("https://store/a.parquet", SECOND, "\"2\"");
    tab.runtime.host().pause(5.0).await;
    tab.runtime.revalidate("a").await;
    assert_ne!(tab.status("a").snapshot, before.snapshot);
    assert!(is(tab.show("a").await, TAKINGS[1]));
    world.take_requests();
    assert!(is(Tab::open(world, "ann").show("a").await, TAKINGS[1]));
    assert!(world.take_requests().is_empty());
}
