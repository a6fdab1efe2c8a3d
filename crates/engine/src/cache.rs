use std::sync::Arc;

/// The most recently used results of one kind, found by their inputs. How many bytes they take is looked after by what holds the
/// cache, with [`Cache::sweep`]; their number is bounded so that looking one up stays short.
pub(crate) struct Cache<K, V> {
    /// Most recently used first: the youngest.
    entries: Vec<Entry<K, V>>,
    capacity: usize,
}

struct Entry<K, V> {
    key: K,
    value: Arc<V>,
    age: u8,
}

impl<K: PartialEq, V> Cache<K, V> {
    pub fn new(capacity: usize) -> Self {
        Self { entries: Vec::new(), capacity }
    }

    pub fn get(&mut self, key: &K) -> Option<Arc<V>> {
        let found = self.entries.iter().position(|entry| entry.key == *key)?;
        self.entries[..=found].rotate_right(1);
        self.entries[0].age = 0;
        Some(self.entries[0].value.clone())
    }

    pub fn insert(&mut self, key: K, value: V) -> Arc<V> {
        self.insert_shared(key, Arc::new(value))
    }

    /// Keeps what others hold too.
    pub fn insert_shared(&mut self, key: K, value: Arc<V>) -> Arc<V> {
        self.entries.truncate(self.capacity - 1);
        self.entries.insert(0, Entry { key, value: value.clone(), age: 0 });
        value
    }

    pub fn values(&self) -> impl Iterator<Item = &Arc<V>> {
        self.entries.iter().map(|entry| &entry.value)
    }

    /// Makes all older, and keeps those whose age is below the limit. What is used is of age 0 again.
    pub fn sweep(&mut self, older_by: u8, limit: u16) {
        let mut n_kept = 0;
        for entry in &mut self.entries {
            entry.age = entry.age.saturating_add(older_by);
            n_kept += usize::from(u16::from(entry.age) < limit);
        }
        self.entries.truncate(n_kept);
    }
}
