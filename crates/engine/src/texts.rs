use tarn_decode::sort_numbers;

/// Many strings in one allocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start as usize..self.ends[index] as usize]
    }

    pub fn push(&mut self, text: &str) {
        self.push_with(|out| out.push_str(text));
    }

    /// Appends what `write` writes as one string.
    pub fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len() as u32);
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub fn bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * 4
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.push(text);
        }
        all
    }
}

/// Distinct strings, numbered in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    texts: Texts,
    /// Open addressing: the number plus one, 0 where free. Its length is a power of two.
    slots: Vec<u32>,
}

impl Interner {
    pub fn intern(&mut self, text: &str) -> u32 {
        if self.texts.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mut slot = self.slot(text);
        loop {
            match self.slots[slot] {
                0 => {
                    self.texts.push(text);
                    self.slots[slot] = self.texts.len() as u32;
                    return self.texts.len() as u32 - 1;
                }
                number if self.texts.get(number as usize - 1) == text => return number - 1,
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }

    pub fn bytes(&self) -> usize {
        self.texts.bytes() + self.slots.len() * 4
    }

    /// The strings in ascending byte order, and each number's rank among them.
    pub fn sorted(&self) -> (Texts, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        sort_numbers(&mut order, &mut |a, b| self.texts.get(a as usize).cmp(self.texts.get(b as usize)));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.iter().enumerate() {
            ranks[*number as usize] = rank as u32;
        }
        (order.iter().map(|number| self.texts.get(*number as usize)).collect(), ranks)
    }

    fn slot(&self, text: &str) -> usize {
        let mut hash = text.len() as u64;
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            hash = mix(hash ^ u64::from_le_bytes(word));
        }
        hash as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        for number in 0..self.texts.len() {
            let mut slot = self.slot(self.texts.get(number));
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = number as u32 + 1;
        }
    }
}

/// Spreads every bit over all others.
pub(crate) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^ (bits >> 32)
}
