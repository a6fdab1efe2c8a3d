use std::sync::Arc;

/// The most recently used results of one kind, found by their inputs.
pub(crate) struct Cache<K, V> {
    /// Least recently used first.
    entries: Vec<(K, Arc<V>)>,
    capacity: usize,
}

impl<K: PartialEq, V> Cache<K, V> {
    pub fn new(capacity: usize) -> Self {
        Self { entries: Vec::new(), capacity }
    }

    pub fn get(&mut self, key: &K) -> Option<Arc<V>> {
        let found = self.entries.iter().position(|(own, _)| own == key)?;
        let entry = self.entries.remove(found);
        let value = entry.1.clone();
        self.entries.push(entry);
        Some(value)
    }

    pub fn insert(&mut self, key: K, value: V) -> Arc<V> {
        self.insert_shared(key, Arc::new(value))
    }

    /// Keeps what others hold too.
    pub fn insert_shared(&mut self, key: K, value: Arc<V>) -> Arc<V> {
        if self.entries.len() >= self.capacity {
            self.entries.remove(0);
        }
        self.entries.push((key, value.clone()));
        value
    }

    pub fn values(&self) -> impl Iterator<Item = &Arc<V>> {
        self.entries.iter().map(|(_, value)| value)
    }
}
