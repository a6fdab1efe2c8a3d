//! What every host promises, and what the runtime makes of it: one list of checks for the world in memory and for the browser. The data
//! worker's tests run them in Chromium and Firefox.
#![allow(clippy::unwrap_used)]
mod host;
mod sources;
mod storage;

use bytes::Bytes;
pub use host::*;
pub use sources::*;
pub use storage::*;
use tarn_runtime::{CacheWrite, Host, News};

/// A world in which hosts are tried, new for each check: what a check can bring about in it.
pub trait World {
    type Host: Host + 'static;

    /// A tab of this viewer.
    fn open(&self, viewer: &str) -> Self::Host;

    /// What other tabs tell that one.
    fn listen(&self, host: &Self::Host, hear: Box<dyn FnMut(News)>);

    /// The store has this file from now on.
    fn put_file(&self, url: &str, bytes: &[u8], etag: &str);

    /// The requests since the last call, such as `URL 0-9` or `URL 0-0 if-none-match "1"`.
    fn take_requests(&self) -> Vec<String>;

    /// From now on a transaction that stores a value longer than that finds no space, as at the quota.
    fn limit_values(&self, bytes: usize);

    /// What the browser says that it gives this origin.
    fn set_quota(&self, bytes: u64);

    /// Deletes what is stored for that viewer, as a page does when somebody else has signed in.
    async fn wipe(&self, viewer: &str);
}

/// Gives the names of all checks to a macro that makes a test of each.
macro_rules! for_each_check {
    ($make_tests:ident) => {
        $make_tests! {
            // of the host
            clocks_go_on_and_a_pause_lasts,
            digests_are_sha256,
            a_range_is_answered_with_its_bytes_and_their_place,
            a_range_beyond_the_end_is_cut_or_refused,
            an_unchanged_file_is_not_sent_again,
            a_missing_file_has_a_status,
            a_turn_is_one_tabs_at_a_time,
            who_stops_waiting_holds_no_turn,
            a_silent_holder_is_not_waited_for,
            a_holder_that_gives_signs_of_life_is_waited_for,
            news_reach_the_other_tabs_of_the_viewer_alone,
            // of its storage
            values_come_back_in_the_order_of_the_keys,
            a_large_value_is_what_was_stored,
            a_transaction_without_space_leaves_nothing,
            the_next_visit_finds_what_was_stored_and_another_viewer_does_not,
            the_storage_of_one_viewer_is_wiped,
            writes_at_once_are_all_there,
            // of sources loaded over it
            another_tab_and_the_next_visit_fetch_nothing,
            tabs_that_open_together_fetch_once,
            bytes_that_were_damaged_in_storage_are_fetched_again,
            the_source_that_was_used_least_recently_gives_way,
            a_source_larger_than_its_space_is_shown_and_not_kept,
            without_space_the_others_give_way_and_then_nothing_is_kept,
            each_viewer_loads_for_themselves,
            an_unchanged_source_is_confirmed_and_a_changed_one_replaced,
        }
    };
}
pub(crate) use for_each_check;

fn put(key: &str, bytes: &[u8]) -> CacheWrite {
    CacheWrite::Put { key: key.into(), bytes: Bytes::copy_from_slice(bytes) }
}

async fn read(host: &impl Host, keys: &[&str]) -> Vec<Option<Vec<u8>>> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    host.cache_read(&keys).await.unwrap().into_iter().map(|bytes| bytes.map(|bytes| bytes.to_vec())).collect()
}
