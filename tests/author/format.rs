use crate::folder::{Folder, failed, succeeded};
use std::fs;

#[test]
fn layout_is_checked_and_written() {
    let folder = Folder::new("fmt");
    folder.write("dashboard.yaml", "title:   'Sales' #the title\npages:\n- title: A\n");
    folder.write("broken.yaml", "title: [");
    assert_eq!(failed(&folder.tarn(&["fmt", "--check"]), 1), "dashboard.yaml: not formatted\n");
    assert_eq!(succeeded(&folder.tarn(&["fmt"])), "dashboard.yaml: formatted\n");
    let formatted = "title: \"Sales\" # the title\npages:\n  - title: A\n";
    assert_eq!(fs::read_to_string(folder.join("dashboard.yaml")).unwrap(), formatted);
    assert_eq!(succeeded(&folder.tarn(&["fmt", "--check"])), "");
    // The others are seen to all the same.
    let said = failed(&folder.tarn(&["fmt", "broken.yaml", "dashboard.yaml"]), 1);
    assert!(said.contains("broken.yaml:1:9"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("broken.yaml")).unwrap(), "title: [");
}
