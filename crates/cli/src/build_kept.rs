//! What a new build takes along of the one before: files that pages which are still open may ask for.
use crate::site::Content;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Adds the files of the former build whose names change with their content, and returns their paths. What that build had itself
/// taken along is left behind, and so is the dashboard of a role set that is no more: no rule would protect it.
pub fn take_along(former: &Path, own: &BTreeSet<String>, files: &mut BTreeMap<String, Content>) -> BTreeSet<String> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let folders: BTreeSet<String> = files.keys().map(|path| folder(path)).collect();
    let wanted = |path: &&String| is_hashed(path) && folders.contains(&folder(path)) && !files.contains_key(*path);
    let kept: BTreeSet<String> = own.iter().filter(wanted).cloned().collect();
    files.extend(kept.iter().map(|path| (path.clone(), Content::Local(former.join(path)))));
    kept
}

/// Whether a dash and sixteen digits of a hash end the name, before its extensions.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, _)) = name.split_once('.') else { return false };
    let Some((_, hash)) = stem.rsplit_once('-') else { return false };
    hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_told_from_others() {
        for name in [
            "public/dashboard-4610bed82be65982.bin",
            "tarn-app_bg-77a00fd3731b0692.wasm.br",
            "roles/0123456789abcdef/dashboard-4610bed82be65982.bin",
        ] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["public/index.html", "sw.js", "nginx.conf", "data/part-0001.parquet", "roles/0123456789abcdef/x", "tarn-build.json"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn dashboards_of_role_sets_that_are_no_more_stay_behind() {
        let name = |set: &str, hash: &str| format!("public/roles/{set}/dashboard-{hash}.bin");
        let (old, new) = ("0000000000000001", "0000000000000002");
        let own = BTreeSet::from([name("a", old), name("b", old), format!("public/boot-{old}.js"), "public/sw.js".into()]);
        let mut files: BTreeMap<String, Content> =
            [name("a", new), format!("public/boot-{new}.js")].into_iter().map(|path| (path, Content::Bytes(vec![]))).collect();
        let kept = take_along(Path::new("former"), &own, &mut files);
        assert_eq!(kept, BTreeSet::from([name("a", old), format!("public/boot-{old}.js")]));
        assert_eq!(files.len(), 4);
    }
}
