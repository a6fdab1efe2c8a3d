//! What `tarn build` writes for a site with roles.
use crate::folder::{Folder, failed, succeeded};
use crate::site::{DASHBOARD, built};

#[test]
fn no_file_that_all_can_read_tells_of_roles_groups_pages_or_sources() {
    let site = built();
    let common: Vec<(&str, &[u8])> = site
        .files()
        .filter(|(path, _)| ["index-", "index.", "identity-", "boot-", "dashboard-"].iter().any(|start| path.starts_with(start)))
        .collect();
    assert!(common.iter().any(|(path, _)| path.starts_with("identity-")));
    assert!(!common.iter().any(|(path, _)| path.starts_with("dashboard-")), "no dashboard for everybody");
    for (path, content) in common {
        let text = String::from_utf8_lossy(content).to_lowercase();
        for word in ["secret", "staff", "directors", "boss", "regional", "sales.parquet", "hidden total", "orders"] {
            assert!(!text.contains(word), "`{word}` stands in {path}");
        }
    }
    let roles: Vec<(&str, &[u8])> = site.files().filter(|(path, _)| path.starts_with("roles/")).collect();
    assert_eq!(roles.len(), 2);
    let telling = roles.iter().filter(|(_, content)| String::from_utf8_lossy(content).contains("Secret plans")).count();
    assert_eq!(telling, 1);
}

#[test]
fn one_file_for_everybody_is_refused() {
    let folder = Folder::new("compile");
    folder.write("dashboard.yaml", DASHBOARD);
    let said = failed(&folder.tarn(&["compile", "dashboard.yaml", "--out", "out"]), 1);
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!folder.join("out").exists());
}

#[test]
fn a_target_that_cannot_enforce_the_rules_is_refused() {
    let folder = crate::site::project("refused");
    for target in ["plain", "cloudflare"] {
        let said = failed(&folder.tarn(&["build", "--target", target, "--out", "out"]), 1);
        assert!(said.contains("cannot keep the promises of `access:`"), "{said}");
        assert!(!folder.join("out").exists());
    }
}

#[test]
fn data_that_claims_choose_is_not_looked_for_by_its_pattern() {
    let folder = crate::site::project("check");
    let said = succeeded(&folder.tarn(&["check", "--data"]));
    assert!(said.contains("dashboard.yaml: ok, 3 pages"), "{said}");
}
