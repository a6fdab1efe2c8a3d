#![allow(clippy::unwrap_used)]
use super::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// An empty store of its own for each test.
async fn fresh(name: &str) -> Store {
    let name = format!("tarn-test-{name}");
    Factory::new().unwrap().delete(&name).unwrap().await.unwrap();
    Store::named(&name)
}

fn put(key: &str, bytes: &'static [u8]) -> CacheWrite {
    CacheWrite::Put { key: key.into(), bytes: Bytes::from_static(bytes) }
}

async fn read(store: &Store, keys: &[&str]) -> Vec<Option<Vec<u8>>> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    store.read(&keys).await.unwrap().into_iter().map(|bytes| bytes.map(|bytes| bytes.to_vec())).collect()
}

#[wasm_bindgen_test]
async fn values_come_back_in_the_order_of_the_keys() {
    let store = fresh("order").await;
    store.write(vec![put("a", b"1"), put("b", b"22"), put("empty", b"")]).await.unwrap();
    assert_eq!(read(&store, &["b", "missing", "a", "empty"]).await, [Some(b"22".to_vec()), None, Some(b"1".to_vec()), Some(vec![])]);
    store.write(vec![CacheWrite::Delete { key: "a".into() }, put("b", b"3")]).await.unwrap();
    assert_eq!(read(&store, &["a", "b"]).await, [None, Some(b"3".to_vec())]);
    assert_eq!(store.keys().await.unwrap(), ["b", "empty"]);
}

#[wasm_bindgen_test]
async fn another_visit_finds_what_was_stored() {
    fresh("visits").await.write(vec![put("a", b"1")]).await.unwrap();
    assert_eq!(read(&Store::named("tarn-test-visits"), &["a"]).await, [Some(b"1".to_vec())]);
}

#[wasm_bindgen_test]
async fn a_value_is_stored_without_the_memory_around_it() {
    let store = fresh("size").await;
    let memory: Vec<u8> = vec![7; 8 << 20];
    let small = Bytes::from(memory).slice(1_000..1_010);
    store.write(vec![CacheWrite::Put { key: "small".into(), bytes: small }]).await.unwrap();
    let transaction = store.transaction(TransactionMode::ReadOnly).await.unwrap();
    let value = transaction.object_store(STORE).unwrap().get(Query::Key("small".into())).unwrap().await.unwrap().unwrap();
    assert_eq!(value.unchecked_into::<Uint8Array>().buffer().byte_length(), 10);
}

#[wasm_bindgen_test]
async fn another_tabs_deletion_is_not_blocked_and_the_store_opens_again() {
    let store = fresh("deleted").await;
    store.write(vec![put("a", b"1")]).await.unwrap();
    // Would wait for ever if the open database did not give way.
    Factory::new().unwrap().delete("tarn-test-deleted").unwrap().await.unwrap();
    assert_eq!(read(&store, &["a"]).await, [None]);
    store.write(vec![put("a", b"2")]).await.unwrap();
    assert_eq!(read(&store, &["a"]).await, [Some(b"2".to_vec())]);
}

#[wasm_bindgen_test]
async fn reads_at_once_share_one_opening() {
    let store = fresh("parallel").await;
    store.write((0..50).map(|n| put(["a", "b", "c", "d", "e"][n % 5], b"x")).collect()).await.unwrap();
    let again = Store::named("tarn-test-parallel");
    let reads = join_all((0..20).map(|_| read(&again, &["a", "e"]))).await;
    assert!(reads.iter().all(|values| values.iter().all(Option::is_some)));
}
