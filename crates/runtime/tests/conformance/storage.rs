//! Bytes by key: transactions, and whose they are.
use super::{World, put, read};
use bytes::Bytes;
use futures_util::future::join_all;
use tarn_runtime::{CacheFailure, CacheWrite, Host as _};

pub async fn values_come_back_in_the_order_of_the_keys(world: &impl World) {
    let host = world.open("ann");
    host.cache_write(vec![put("a", b"1"), put("b", b"22"), put("empty", b"")]).await.unwrap();
    let expected = [Some(b"22".to_vec()), None, Some(b"1".to_vec()), Some(vec![])];
    assert_eq!(read(&host, &["b", "missing", "a", "empty"]).await, expected);
    host.cache_write(vec![CacheWrite::Delete { key: "a".into() }, put("b", b"3")]).await.unwrap();
    assert_eq!(read(&host, &["a", "b"]).await, [None, Some(b"3".to_vec())]);
    assert_eq!(host.cache_keys().await.unwrap(), ["b", "empty"]);
    // In the order in which they were asked for, within one transaction too.
    host.cache_write(vec![put("c", b"1"), CacheWrite::Delete { key: "c".into() }, put("d", b"1"), put("d", b"2")]).await.unwrap();
    assert_eq!(read(&host, &["c", "d"]).await, [None, Some(b"2".to_vec())]);
}

pub async fn a_large_value_is_what_was_stored(world: &impl World) {
    let host = world.open("ann");
    let value: Bytes = (0..3_000_000u32).map(|n| n.wrapping_mul(n) as u8).collect::<Vec<u8>>().into();
    // A part of a larger piece of memory, as a column is of a body.
    let part = value.slice(1_000..2_500_000);
    host.cache_write(vec![CacheWrite::Put { key: "part".into(), bytes: part.clone() }]).await.unwrap();
    let [back] = host.cache_read(&["part".to_owned()]).await.unwrap().try_into().unwrap();
    let back = back.unwrap();
    assert_eq!(back.len(), part.len());
    assert_eq!(host.digest(&back).await, host.digest(&part).await);
}

pub async fn a_transaction_without_space_leaves_nothing(world: &impl World) {
    let host = world.open("ann");
    host.cache_write(vec![put("a", b"1")]).await.unwrap();
    world.limit_values(1_000);
    let writes = vec![CacheWrite::Delete { key: "a".into() }, put("b", b"2"), put("c", &[3; 2_000])];
    assert_eq!(host.cache_write(writes).await, Err(CacheFailure::Full));
    assert_eq!(read(&host, &["a", "b", "c"]).await, [Some(b"1".to_vec()), None, None]);
    host.cache_write(vec![put("b", b"2")]).await.unwrap();
    assert_eq!(read(&host, &["b"]).await, [Some(b"2".to_vec())]);
}

pub async fn the_next_visit_finds_what_was_stored_and_another_viewer_does_not(world: &impl World) {
    world.open("ann").cache_write(vec![put("a", b"1")]).await.unwrap();
    assert_eq!(read(&world.open("ann"), &["a"]).await, [Some(b"1".to_vec())]);
    let other = world.open("bob");
    assert_eq!(read(&other, &["a"]).await, [None]);
    assert!(other.cache_keys().await.unwrap().is_empty());
}

pub async fn the_storage_of_one_viewer_is_wiped(world: &impl World) {
    let (ann, bob) = (world.open("ann"), world.open("bob"));
    for host in [&ann, &bob] {
        host.cache_write(vec![put("a", b"1")]).await.unwrap();
    }
    // A tab that is still open does not keep it from going.
    world.wipe("ann").await;
    assert_eq!(read(&world.open("ann"), &["a"]).await, [None]);
    assert_eq!(read(&ann, &["a"]).await, [None]);
    assert_eq!(read(&bob, &["a"]).await, [Some(b"1".to_vec())]);
    ann.cache_write(vec![put("b", b"2")]).await.unwrap();
    assert_eq!(read(&world.open("ann"), &["b"]).await, [Some(b"2".to_vec())]);
}

pub async fn writes_at_once_are_all_there(world: &impl World) {
    let (first, second) = (world.open("ann"), world.open("ann"));
    let keys: Vec<String> = (10..40).map(|n| n.to_string()).collect();
    let hosts = [&first, &second];
    let writes = keys.iter().enumerate().map(|(at, key)| hosts[at % 2].cache_write(vec![put(key, key.as_bytes())]));
    assert!(join_all(writes).await.iter().all(Result::is_ok));
    assert_eq!(first.cache_keys().await.unwrap(), keys);
    let values = second.cache_read(&keys).await.unwrap();
    assert!(keys.iter().zip(values).all(|(key, value)| value.is_some_and(|value| value == key.as_bytes())));
}
