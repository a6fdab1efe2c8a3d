//! Asks the store whether a source changed, and brings the new snapshot when it did.
use crate::budget::admit;
use crate::ensure::{bring, loader, refreshed};
use crate::host::Host;
use crate::network::Network;
use crate::open::OpenFile;
use crate::runtime::Shared;
use crate::settle::save;
use crate::source::SourceSlot;
use crate::tabs::{News, Wanted, take_over};
use tarn_protocol::{LoadError, LoadErrorKind};

/// One conditional request per plain file, or the manifest; a changed source is loaded anew, a source that failed is tried
/// again. One tab at a time does so, and the next finds in the cache what it has learnt. Ends with a status.
pub(crate) async fn revalidate<H: Host>(shared: &Shared<H>, slot: &SourceSlot, answer: Wanted) {
    let _guard = slot.lock.lock().await;
    {
        let held = slot.turn.take();
        let _turn = match held {
            Some(turn) => turn,
            None => shared.host.turn(&slot.key, None).await,
        };
        slot.in_turn.set(true);
        let before = slot.newest_validation();
        // What was too large is read again when the viewer says so, not by itself.
        let refused = slot.state.borrow().error.clone().filter(|error| error.is_too_large() && matches!(answer, Wanted::Young));
        let outcome = match refused {
            Some(refused) => Err(refused),
            None => {
                let outcome = validate(shared, slot, answer).await;
                let visible = slot.state.borrow().visible.clone();
                admit(shared, slot, &visible, outcome)
            }
        };
        {
            let mut state = slot.state.borrow_mut();
            state.revalidation_due = false;
            state.error = outcome.err();
        }
        save(shared, slot).await;
        let after = slot.newest_validation();
        if let Some((snapshot, validated_at)) = after.filter(|after| before.as_ref() != Some(after)) {
            shared.host.tell(&News { key: slot.key.clone(), snapshot, validated_at });
        }
        slot.in_turn.set(false);
    }
    shared.send_status(slot);
}

async fn validate<H: Host>(shared: &Shared<H>, slot: &SourceSlot, answer: Wanted) -> Result<(), LoadError> {
    let (known, wanted, failed, newer_elsewhere) = {
        let mut state = slot.state.borrow_mut();
        let newer_elsewhere = std::mem::take(&mut state.newer_elsewhere);
        let known = state
            .snapshot
            .as_ref()
            .map(|snapshot| (snapshot.files.clone(), snapshot.unconditional, snapshot.validated_at, snapshot.published.clone()));
        (known, state.wanted.clone(), state.error.is_some(), newer_elsewhere)
    };
    let Some((files, mut unconditional, validated_at, mut published)) = known else {
        // Views that only count rows want no column: a source that failed is loaded for them all the same.
        return if wanted.is_empty() && !failed { Ok(()) } else { bring(shared, slot, &wanted).await };
    };
    if slot.state.borrow().next.is_some() {
        return Ok(()); // a newer one waits for the end of a gesture
    }
    // Another asker's answer, had while this one waited, answers this question too; an older one does not.
    let is_met = !failed && !newer_elsewhere && answer.is_met(validated_at, slot.source.ttl_secs, shared.host.now_ms());
    if !is_met && !take_over(shared, slot, answer, &wanted).await {
        let confirmed_at = match &mut published {
            // An immutable document: nothing to ask.
            Some(_) if slot.pin.is_some() => Some(shared.host.now_ms()),
            Some(published) => {
                let url = slot.urls.first().map_or("", String::as_str);
                let unchanged = loader(shared, slot, &|_| {}).confirm_published(url, published).await?;
                unchanged.then(|| slot.counters.asked_at.get())
            }
            None => confirm(shared, slot, &files, &mut unconditional).await?,
        };
        if let Some(snapshot) = &mut slot.state.borrow_mut().snapshot {
            snapshot.unconditional = unconditional;
            snapshot.published = published;
        }
        let Some(confirmed_at) = confirmed_at else { return refreshed(shared, slot, &wanted, true).await };
        let mut state = slot.state.borrow_mut();
        state.unsaved = true;
        if let Some(snapshot) = &mut state.snapshot {
            snapshot.validated_at = confirmed_at;
        }
    }
    if slot.state.borrow().holds(&wanted) { Ok(()) } else { bring(shared, slot, &wanted).await }
}

/// When all files were what they were: when the first of them was asked for. `None`: one is another.
async fn confirm<H: Host>(
    shared: &Shared<H>,
    slot: &SourceSlot,
    files: &[OpenFile],
    unconditional: &mut bool,
) -> Result<Option<f64>, LoadError> {
    let network = Network { host: &shared.host, counters: &slot.counters, on_bytes: &|_| {} };
    let mut asked_at = f64::INFINITY;
    for file in files {
        let mut answer = network.is_unchanged(&file.identity, !*unconditional).await;
        // Another origin may allow ranges but not conditional headers: then its validators are compared here, for good.
        if !*unconditional && matches!(answer, Err(LoadErrorKind::Blocked { .. })) {
            answer = network.is_unchanged(&file.identity, false).await;
            *unconditional = answer.is_ok();
        }
        match answer {
            Ok(true) => asked_at = asked_at.min(slot.counters.asked_at.get()),
            Ok(false) => return Ok(None),
            Err(kind) => return Err(LoadError { source: slot.source.name.clone(), url: file.identity.url.clone(), kind }),
        }
    }
    Ok(Some(asked_at.min(shared.host.now_ms())))
}
