//! Every file in `broken/` is a dashboard with errors; beside it stands what the author is told. `UPDATE_EXPECT=1 cargo test`
//! writes the answers anew.
use expect_test::expect_file;
use std::{fs, path::PathBuf};
use tarn_spec::{compile, render_all};

#[test]
fn every_broken_dashboard_is_explained() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(files.len() >= 60, "{} files", files.len());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let compiled = compile(&name, &fs::read(&path).unwrap());
        assert!(compiled.dashboard.is_none(), "{name} compiles");
        assert!(compiled.n_errors() > 0, "{name} has no dashboard and no error");
        for diagnostic in &compiled.diagnostics {
            assert!(diagnostic.hint.is_some(), "{name}: `{}` comes without a cure", diagnostic.message);
        }
        expect_file![path.with_extension("txt")].assert_eq(&render_all(&compiled.files, &compiled.diagnostics));
    }
}
