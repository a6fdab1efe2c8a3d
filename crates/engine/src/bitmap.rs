/// Words between two looks at whether it is enough.
const STRIDE: usize = 1 << 10;

/// One bit per row, in words of 64.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
    n_rows: usize,
}

impl Bitmap {
    pub fn none(n_rows: usize) -> Self {
        Self { words: vec![0; n_rows.div_ceil(64)], n_rows }
    }

    pub fn all(n_rows: usize) -> Self {
        let mut words = vec![u64::MAX; n_rows.div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), n_rows % 64) {
            *last = (1 << rest) - 1;
        }
        Self { words, n_rows }
    }

    /// Takes words as they are; bits past the end must be clear.
    pub fn from_words(words: Vec<u64>, n_rows: usize) -> Self {
        Self { words, n_rows }
    }

    pub fn words(&self) -> &[u64] {
        &self.words
    }

    pub fn get(&self, row: usize) -> bool {
        self.words[row / 64] >> (row % 64) & 1 == 1
    }

    pub fn set(&mut self, row: usize) {
        self.words[row / 64] |= 1 << (row % 64);
    }

    pub fn and(&self, other: &Self) -> Self {
        self.with(other, |word, other| word & other)
    }

    pub fn or(&self, other: &Self) -> Self {
        self.with(other, |word, other| word | other)
    }

    /// Every bit flipped: the rows that are not in here.
    pub fn complement(&self) -> Self {
        Self::all(self.n_rows).minus(self)
    }

    /// The rows that are not in the other.
    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, |word, other| word & !other)
    }

    fn with(&self, other: &Self, both: impl Fn(u64, u64) -> u64) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(word, other)| both(*word, *other)).collect();
        Self { words, n_rows: self.n_rows }
    }

    /// In how many rows they differ, if in fewer than so many.
    pub fn distance(&self, other: &Self, fewer_than: u64) -> Option<u64> {
        let differing = |(words, others): (&[u64], &[u64])| -> u64 {
            words.iter().zip(others).map(|(word, other)| u64::from((word ^ other).count_ones())).sum()
        };
        let mut distance = 0;
        for part in self.words.chunks(STRIDE).zip(other.words.chunks(STRIDE)) {
            distance += differing(part);
            if distance >= fewer_than {
                return None;
            }
        }
        Some(distance)
    }

    pub fn intersects(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(a, b)| a & b != 0)
    }

    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

/// Sixty-four flags as one word. Written so that the compiler packs eight flags per multiplication.
#[inline]
pub(crate) fn pack(flags: &[u8; 64]) -> u64 {
    let mut word = 0;
    for (index, eight) in flags.chunks_exact(8).enumerate() {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(eight);
        word |= (u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_keep_their_places() {
        for place in 0..64 {
            let mut flags = [0; 64];
            flags[place] = 1;
            assert_eq!(pack(&flags), 1 << place);
        }
        assert_eq!(pack(&[1; 64]), u64::MAX);
    }

    #[test]
    fn bits_past_the_end_stay_clear() {
        for n_rows in [0, 1, 63, 64, 65, 200] {
            assert_eq!(Bitmap::all(n_rows).count(), n_rows as u64);
            assert_eq!(Bitmap::none(n_rows).complement(), Bitmap::all(n_rows));
        }
    }
}
