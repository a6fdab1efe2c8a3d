use serde::de::DeserializeOwned;

/// Takes values apart as they were encoded, one after the other: a fraction of the code that derived implementations have.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    pub fn take<T: DeserializeOwned>(&mut self) -> Option<T> {
        let (value, rest) = postcard::take_from_bytes(self.0).ok()?;
        self.0 = rest;
        Some(value)
    }

    pub fn many<T>(&mut self, one: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = vec![];
        for _ in 0..self.take::<u32>()? {
            all.push(one(self)?);
        }
        Some(all)
    }

    pub fn maybe<T>(&mut self, one: fn(&mut Self) -> Option<T>) -> Option<Option<T>> {
        Some(if self.take::<bool>()? { Some(one(self)?) } else { None })
    }
}
