//! Bytes by key in IndexedDB.
use crate::global::sleep;
use crate::viewer::Viewer;
use bytes::Bytes;
use futures_util::future::{Either, join_all, select};
use futures_util::lock::Mutex;
use idb::{Database, DatabaseEvent as _, Factory, ObjectStoreParams, Query, TransactionMode, TransactionResult};
use js_sys::Uint8Array;
use std::pin::pin;
use tarn_runtime::{CacheFailure, CacheWrite};
use wasm_bindgen::{JsCast as _, JsValue};

/// The name carries the schema's version: a deploy that is rolled back finds its own database, not a newer one that it cannot
/// open. A change of what is stored means another name, and the old one is deleted.
const DATABASE: &str = "tarn-1";
const STORE: &str = "entries";
/// A database that does not open by then is done without.
const OPEN_WITHIN_MS: i32 = 3_000;

pub struct Store {
    name: String,
    /// `None` until it is needed, and again after the browser closed it.
    database: Mutex<Option<Database>>,
}

impl Store {
    pub fn of(viewer: &Viewer) -> Self {
        Self::named(&viewer.database(DATABASE))
    }

    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), database: Mutex::new(None) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values, in the order of the keys, read at once in one transaction.
    pub async fn read(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheFailure> {
        let transaction = self.transaction(TransactionMode::ReadOnly).await?;
        let store = transaction.object_store(STORE).map_err(failed)?;
        let requests = keys.iter().map(|key| store.get(Query::Key(key.into())));
        let requests = requests.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let values = join_all(requests.into_iter().map(IntoFuture::into_future)).await;
        values.into_iter().map(|value| Ok(value.map_err(failed)?.and_then(|value| bytes(&value)))).collect()
    }

    pub async fn keys(&self) -> Result<Vec<String>, CacheFailure> {
        let transaction = self.transaction(TransactionMode::ReadOnly).await?;
        let keys = transaction.object_store(STORE).and_then(|store| store.get_all_keys(None, None)).map_err(failed)?;
        Ok(keys.await.map_err(failed)?.iter().filter_map(JsValue::as_string).collect())
    }

    /// All writes in one transaction, or none.
    pub async fn write(&self, writes: Vec<CacheWrite>) -> Result<(), CacheFailure> {
        let transaction = self.transaction(TransactionMode::ReadWrite).await?;
        let store = transaction.object_store(STORE).map_err(failed)?;
        for write in writes {
            match write {
                CacheWrite::Put { key, bytes } => {
                    // A view would take the whole memory of this worker along; this is a copy of these bytes alone.
                    let value = Uint8Array::from(bytes.as_ref());
                    store.put(&value, Some(&key.into())).map(drop).map_err(failed)?;
                }
                CacheWrite::Delete { key } => store.delete(Query::Key(key.into())).map(drop).map_err(failed)?,
            }
        }
        match transaction.commit().map_err(failed)?.await {
            Ok(TransactionResult::Committed) => Ok(()),
            // At the quota every request succeeds and the transaction is aborted, without an error.
            Ok(TransactionResult::Aborted) => Err(CacheFailure::Full),
            Err(idb::Error::DomException(error)) if error.name() == "QuotaExceededError" => Err(CacheFailure::Full),
            Err(_) => Err(CacheFailure::Failed),
        }
    }

    async fn transaction(&self, mode: TransactionMode) -> Result<idb::Transaction, CacheFailure> {
        let mut database = self.database.lock().await;
        if let Some(open) = database.as_ref()
            && let Ok(transaction) = open.transaction(&[STORE], mode)
        {
            return Ok(transaction);
        }
        // Not open yet, or closed by the browser or for the sake of another tab's upgrade.
        let opened = database.insert(self.open().await?);
        opened.transaction(&[STORE], mode).map_err(failed)
    }

    async fn open(&self) -> Result<Database, CacheFailure> {
        let opening = pin!(self.open_patiently());
        match select(opening, pin!(sleep(OPEN_WITHIN_MS))).await {
            Either::Left((opened, _)) => opened.map_err(|_| CacheFailure::Unavailable),
            Either::Right(_) => Err(CacheFailure::Unavailable),
        }
    }

    async fn open_patiently(&self) -> Result<Database, idb::Error> {
        let mut request = Factory::new()?.open(&self.name, Some(1))?;
        request.on_upgrade_needed(|event| {
            // A failure shows as a missing store in the first transaction.
            let _ = event.database().and_then(|database| database.create_object_store(STORE, ObjectStoreParams::new()));
        });
        let mut database = request.await?;
        // Another tab wants to delete or upgrade it: it must not wait for this one.
        database.on_version_change(|event| {
            if let Ok(database) = event.database() {
                database.close();
            }
        });
        Ok(database)
    }
}

/// An open database that nobody uses would be in the way of who deletes it, and call back where nothing is any more.
impl Drop for Store {
    fn drop(&mut self) {
        if let Some(database) = self.database.get_mut() {
            database.close();
        }
    }
}

fn bytes(value: &JsValue) -> Option<Bytes> {
    value.dyn_ref::<Uint8Array>().map(|value| value.to_vec().into())
}

fn failed(_: idb::Error) -> CacheFailure {
    CacheFailure::Failed
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
