//! What goes wrong in a simulated world, decided by a seed.
use tarn_runtime::{CacheFailure, Fault, FetchFailure, MemoryHost};

pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % n
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What a request meets, if anything. Only digests find damaged bytes.
pub fn fault(random: &mut Random, has_digests: bool) -> Option<Fault> {
    let failures = [
        FetchFailure::Offline,
        FetchFailure::Timeout { seconds: 30 },
        FetchFailure::Blocked { origin: "https://page".into() },
        FetchFailure::CutShort { found: 3 },
    ];
    Some(match random.below(9) {
        0 => Fault::Status([403, 404, 416, 500, 503][random.below(5) as usize]),
        1 => Fault::Failure(failures[random.below(4) as usize].clone()),
        2 => Fault::ShiftedRange,
        3 => Fault::Cut(random.below(200) as usize),
        4 => Fault::WholeFile,
        5 => Fault::LoginPage,
        6 if has_digests => Fault::Damaged,
        7 if random.one_in(4) => Fault::Busy { status: 429, retry_after_ms: random.below(40_000) as f64 },
        _ => return None,
    })
}

/// From now on requests pass and the cache works.
pub fn end_troubles(host: &MemoryHost) {
    host.clear_faults();
    host.fail_cache(None);
    host.set_quota(None);
}

/// The cache fails, fills, forgets, lies or recovers.
pub fn trouble_cache(host: &MemoryHost, random: &mut Random) {
    match random.below(6) {
        0 => host.fail_cache(Some([CacheFailure::Full, CacheFailure::Failed][random.below(2) as usize])),
        1 => host.set_quota(Some(500 + random.below(20_000))),
        2 => host.clear_cache(),
        3 => {
            let keys = host.cached();
            if !keys.is_empty() {
                let (key, length) = &keys[random.below(keys.len() as u64) as usize];
                host.damage_cached_at(key, random.below(1 + *length as u64) as usize);
            }
        }
        _ => {
            host.fail_cache(None);
            host.set_quota(None);
        }
    }
}
