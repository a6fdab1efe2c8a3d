//! Tabs of one origin refresh a source once: one at a time asks the store, the others take from the cache what it has found.
use crate::ensure::switch_to;
use crate::host::Host;
use crate::runtime::Shared;
use crate::source::SourceSlot;
use serde::{Deserialize, Serialize};
use tarn_protocol::Response;

/// The right to do something that no other tab does meanwhile. Given back when it is dropped.
#[derive(Default)]
pub struct Turn(Option<Box<dyn FnOnce()>>);

/// What a tab has learnt of a source from the store, and has left in the cache.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// Of the source's record in the cache.
    pub key: String,
    pub snapshot: String,
    pub validated_at: f64,
}

/// A TTL is young enough for this share of it that no refresh is planned before.
const YOUNG: f64 = 0.75;

/// Which answer of the store will do.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    /// One that was asked for after this moment.
    Since(f64),
    /// One that is young, whichever tab has asked for it.
    Young,
}

impl News {
    /// A sign of life: the tab is in its turn, and gets on.
    pub fn at_work(key: &str) -> Self {
        Self { key: key.to_owned(), snapshot: String::new(), validated_at: 0.0 }
    }

    /// The tab has had its turn and could leave nothing in the cache.
    pub fn in_vain(key: &str) -> Self {
        Self { validated_at: -1.0, ..Self::at_work(key) }
    }

    pub fn is_sign_of_life(&self) -> bool {
        self.snapshot.is_empty() && self.validated_at >= 0.0
    }
}

impl Turn {
    pub fn new(give_back: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(give_back)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(give_back) = self.0.take() {
            give_back();
        }
    }
}

impl Wanted {
    pub fn is_met(self, validated_at: f64, ttl_secs: u32, now: f64) -> bool {
        let since = match self {
            Self::Since(asked_at) => asked_at,
            Self::Young => now - YOUNG * 1e3 * f64::from(ttl_secs),
        };
        (since..=now).contains(&validated_at)
    }
}

/// In turn: takes over what another tab has had from the store, if it will do: that the snapshot is confirmed, or another
/// snapshot. Whether it did.
pub(crate) async fn take_over<H: Host>(shared: &Shared<H>, slot: &SourceSlot, wanted: Wanted, columns: &[String]) -> bool {
    let Some(record) = shared.cache.record(&shared.host, &slot.key).await else { return false };
    {
        let mut state = slot.state.borrow_mut();
        let Some(snapshot) = &mut state.snapshot else { return false };
        let newer = record.validated_at > snapshot.validated_at;
        if !newer || !wanted.is_met(record.validated_at, slot.source.ttl_secs, shared.host.now_ms()) {
            return false;
        }
        if record.snapshot == snapshot.id {
            snapshot.validated_at = record.validated_at;
            snapshot.unconditional = record.unconditional;
            snapshot.published = record.published;
            return true;
        }
    }
    switch_to(shared, slot, columns, record).await.is_ok()
}

/// Another tab has asked the store. What is here is confirmed, or the page is told to fetch what is newer.
pub(crate) fn hear<H: Host>(shared: &Shared<H>, news: &News) {
    let Some(slot) = shared.slots.iter().find(|slot| slot.key == news.key) else { return };
    if news.snapshot.is_empty() {
        slot.alone.set(!news.is_sign_of_life());
        return;
    }
    let confirmed = {
        let mut state = slot.state.borrow_mut();
        let failed = state.error.is_some();
        let Some(snapshot) = &mut state.snapshot else { return };
        if news.validated_at <= snapshot.validated_at || news.validated_at > shared.host.now_ms() {
            return;
        }
        let confirmed = snapshot.id == news.snapshot && !failed;
        if confirmed {
            snapshot.validated_at = news.validated_at;
        }
        state.newer_elsewhere = !confirmed;
        confirmed
    };
    if confirmed {
        shared.send_status(slot);
    } else {
        (shared.sink)(Response::NewerElsewhere { source: slot.source.name.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_young_answer_of_any_tab_will_do_and_one_before_the_question_does_not() {
        let now = 1_000_000.0;
        for (wanted, validated_at, expected) in [
            (Wanted::Young, now - 74_000.0, true),
            (Wanted::Young, now - 76_000.0, false),
            (Wanted::Young, now + 1.0, false),
            (Wanted::Since(now - 5.0), now - 5.0, true),
            (Wanted::Since(now - 5.0), now - 6.0, false),
        ] {
            assert_eq!(wanted.is_met(validated_at, 100, now), expected, "{validated_at}");
        }
    }
}
