//! `docs/compared.md`: what the demo's first page takes to write here and elsewhere. `UPDATE_EXPECT=1` writes the page anew.
use expect_test::expect_file;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tarn_tests::{python, root, source_files, tarn_with_page};

/// By folder of `bench/authoring`: the name, what runs it, and what its page leaves out of the demo's.
const PEERS: &[(&str, &str, &str, &str)] = &[
    ("tarn", "Tarn", "a file server", "–"),
    (
        "rill",
        "Rill",
        "Rill's server with DuckDB",
        "brushing of bins and dates in the page's charts; bins are columns of the model; \"late\" is a fixed 15 minutes; no threshold in the table",
    ),
    (
        "evidence",
        "Evidence",
        "a file server, after a build with Node",
        "filtering by click or brush: there are fields above the page alone; filters of one end instead of ranges",
    ),
    (
        "observable",
        "Observable Framework",
        "a file server, after a build with Node",
        "brushing; filters of one end; the state in the address",
    ),
    ("streamlit", "Streamlit", "a Python process for all viewers", "the state in the address; options that follow the other filters"),
];

const HEAD: &str = "# How much there is to write

The first page of the demo (four key figures with their change, a line over time, three histograms, two bar charts, a heatmap and a
table, with filters) in one file here, and as it is written elsewhere. The files stand in `bench/authoring`. They were written for
this comparison in the plain way of each tool, without a framework around it; a reader of the tool may well find a shorter way, and
is welcome to. Tarn's and Streamlit's were run side by side and show the same figures; of Rill's,
Evidence's and Observable Framework's the SQL and the JavaScript was tried, and the rest follows their documentation. Blank lines and comments are not counted; bytes are those of the files.

| | files | lines | bytes | served by | left out of the page |
|---|---:|---:|---:|---|---|
";

const TAIL: &str = "
Streamlit's page runs again, on the server, at every click of every viewer. Evidence and Observable Framework query with DuckDB-WASM
in the browser and load it first; Rill asks its server. Here the page filters every view by every other one, and its address rebuilds
what a viewer chose; neither takes a line.
";

/// A line that says nothing to the tool. `# Flights` is a heading in Markdown, `---` a border of its front matter.
fn is_blank(line: &str, file: &Path) -> bool {
    let line = line.trim();
    let mark = match file.extension().and_then(|extension| extension.to_str()) {
        Some("sql") => "--",
        Some("yaml" | "py") => "#",
        _ => "//",
    };
    line.is_empty() || line.starts_with(mark)
}

#[test]
fn page_of_sizes_is_what_the_files_have() {
    let files = source_files(&["yaml", "py", "md", "sql"]);
    let mut page = HEAD.to_owned();
    for (folder, name, served, lacks) in PEERS {
        let own: Vec<_> = files.iter().filter(|file| file.starts_with(Path::new("bench/authoring").join(folder))).collect();
        let texts: Vec<String> = own.iter().map(|file| fs::read_to_string(root().join(file)).unwrap()).collect();
        let n = |(text, file): (&String, &&PathBuf)| text.lines().filter(|line| !is_blank(line, file)).count();
        let lines: usize = texts.iter().zip(&own).map(n).sum();
        let bytes: usize = texts.iter().map(String::len).sum();
        assert!(lines > 20, "{folder} is empty");
        writeln!(page, "| {name} | {} | {lines} | {bytes} | {served} | {lacks} |", own.len()).unwrap();
    }
    page += TAIL;
    expect_file!["../../docs/compared.md"].assert_eq(&page);
}

#[test]
fn compared_files_are_sound() {
    let output = tarn_with_page().current_dir(root()).args(["check", "bench/authoring/tarn/dashboard.yaml"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // Its page is the demo's first one, to the letter.
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let (demo, compared) = (read("examples/flights/dashboard.yaml"), read("bench/authoring/tarn/dashboard.yaml"));
    let page = |text: &str| text.split("\npages:\n").nth(1).unwrap().split("\n\n  - title:").next().unwrap().trim_end().to_owned();
    assert_eq!(page(&compared), page(&demo));
    let script = fs::read_to_string(root().join("bench/authoring/streamlit/app.py")).unwrap();
    let parsed = python().args(["-c", "import ast, sys; ast.parse(sys.argv[1])", &script]).output().unwrap();
    assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
}
