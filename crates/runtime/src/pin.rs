//! A link can show one snapshot of a published source for good: `?snapshot=ID`, or `?snapshot.SOURCE=ID` where there are several.
use tarn_dashboard::{Dashboard, Location};

/// The snapshot that the address asks for. `snapshot` is one of the first published source. What cannot be the name of a
/// snapshot is ignored: it becomes part of an address.
pub(crate) fn snapshot(address: &str, dashboard: &Dashboard, source: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
    let published = |source: &&tarn_dashboard::Source| matches!(source.location, Location::Manifest(_));
    let is_first = dashboard.sources.iter().find(published).is_some_and(|first| first.name == source);
    let id = value(&format!("snapshot.{source}")).or_else(|| value("snapshot").filter(|_| is_first))?;
    let is_name = !id.starts_with('.') && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (is_name && !id.is_empty()).then(|| id.to_owned())
}
