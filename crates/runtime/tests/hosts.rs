//! The conformance suite over the world in memory. The data worker's tests run the same list over the browser.
use crate::conformance::{self, World, for_each_check};
use bytes::Bytes;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tarn_runtime::{MemoryHost, News, block_on};

struct InMemory {
    root: MemoryHost,
    viewers: RefCell<BTreeMap<String, MemoryHost>>,
}

impl InMemory {
    fn new() -> Self {
        let root = MemoryHost::default();
        root.advance_ms(1e12);
        Self { root, viewers: RefCell::default() }
    }
}

impl World for InMemory {
    type Host = MemoryHost;

    fn open(&self, viewer: &str) -> MemoryHost {
        let mut viewers = self.viewers.borrow_mut();
        let host = viewers.entry(viewer.to_owned()).or_insert_with(|| {
            let host = self.root.another_viewer();
            host.put_files_of(&self.root);
            host
        });
        host.another_tab()
    }

    fn listen(&self, host: &MemoryHost, hear: Box<dyn FnMut(News)>) {
        host.listen(hear);
    }

    fn put_file(&self, url: &str, bytes: &[u8], etag: &str) {
        self.root.put_file(url, Bytes::copy_from_slice(bytes), Some(etag));
        self.viewers.borrow().values().for_each(|host| host.put_files_of(&self.root));
    }

    fn take_requests(&self) -> Vec<String> {
        self.root.take_requests()
    }

    fn limit_values(&self, bytes: usize) {
        self.root.limit_values(bytes);
    }

    fn set_quota(&self, bytes: u64) {
        self.root.set_quota(Some(bytes));
    }

    async fn wipe(&self, viewer: &str) {
        self.open(viewer).clear_cache();
    }
}

macro_rules! natively {
    ($($check:ident,)*) => {
        $(
            #[test]
            fn $check() {
                block_on(conformance::$check(&InMemory::new()));
            }
        )*
    };
}
for_each_check!(natively);
