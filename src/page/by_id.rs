/// A few values by the id of what they belong to, in the order of the ids. The page has some dozens of them: a sorted list is as
/// quick as the standard library's tree, whose code for five kinds of values is 20 kB.
#[derive(Clone, Debug, PartialEq)]
pub struct ById<V>(Vec<(String, V)>);

impl<V> Default for ById<V> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<V> ById<V> {
    fn place(&self, id: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| own.as_str().cmp(id))
    }

    pub fn get(&self, id: &str) -> Option<&V> {
        self.place(id).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    pub fn get_mut_or_default(&mut self, id: &str) -> &mut V
    where
        V: Default,
    {
        let at = self.place(id).unwrap_or_else(|at| {
            self.0.insert(at, (id.to_owned(), V::default()));
            at
        });
        &mut self.0[at].1
    }

    /// Returns what was there before.
    pub fn insert(&mut self, id: String, value: V) -> Option<V> {
        match self.place(&id) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (id, value));
                None
            }
        }
    }

    pub fn remove(&mut self, id: &str) -> Option<V> {
        self.place(id).ok().map(|at| self.0.remove(at).1)
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        self.0.retain(|(_, value)| keep(value));
    }

    pub fn iter(&self) -> std::slice::Iter<'_, (String, V)> {
        self.0.iter()
    }
}

/// The last value of an id counts.
impl<V> FromIterator<(String, V)> for ById<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        let mut all = Self::default();
        for (id, value) in entries {
            all.insert(id, value);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_replaced_and_removed_in_the_order_of_ids() {
        let mut all: ById<i32> = [("b", 2), ("a", 1), ("c", 3), ("a", 4)].into_iter().map(|(id, value)| (id.to_owned(), value)).collect();
        assert_eq!(all.iter().map(|(id, value)| (id.as_str(), *value)).collect::<Vec<_>>(), [("a", 4), ("b", 2), ("c", 3)]);
        *all.get_mut_or_default("d") += 7;
        assert_eq!((all.get("d"), all.get("e")), (Some(&7), None));
        assert_eq!((all.remove("b"), all.remove("b")), (Some(2), None));
        assert_eq!(all.insert("a".to_owned(), 5), Some(4));
        all.retain(|value| *value > 4);
        assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<String>(), "ad");
    }
}
