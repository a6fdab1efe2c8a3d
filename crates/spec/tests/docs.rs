//! The pages of docs/ lead to what is there, and every piece of YAML that the documentation shows is read by the compiler: whole dashboards, files that they include, parts
//! of a dashboard, publications and tests.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tarn_spec::{Diagnostic, Files, Severity, compile, compile_publication, compile_tests, compile_with, render_all};

/// What a part of a dashboard is a part of, by key.
const REST: &[(&str, &str)] = &[
    ("title", "title: Flights\n"),
    (
        "data",
        "data: { flights: { source: flights.parquet, ttl: 5m, schema: { date: timestamp!, delay: int64, distance: int64, origin: string!, destination: string! }, time: date, dimensions: { hour: extract(hour from date), weekday: extract(isodow from date), punctuality: case when delay > 15 then 'late' else 'on time' end }, measures: { flights: count(*), avg_delay: avg(delay), avg_distance: avg(distance), late_share: count(*) filter (where delay > 15) / count(*) } } }\n",
    ),
    (
        "filters",
        "filters: { period: { field: flights.date, type: date_range }, origin: { field: flights.origin, type: multi_select }, destination: { field: flights.destination, type: multi_select }, delay: { field: flights.delay, type: range }, punctuality: { field: flights.punctuality, type: multi_select } }\n",
    ),
    ("pages", "pages: [{ title: Rest, id: rest, filters: [period, origin], rows: [[kpi: flights]] }]\n"),
];

struct Block {
    page: String,
    line: usize,
    text: String,
}

impl Block {
    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    fn has(&self, key: &str) -> bool {
        self.text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    }

    /// The name in a first line such as `# shared/sales.yaml`.
    fn file(&self) -> Option<&str> {
        self.text.lines().next()?.strip_prefix("# ").filter(|name| name.ends_with(".yaml"))
    }
}

/// All pages of docs/, and the front page of the repository.
fn pages() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages: Vec<PathBuf> = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.push(root.join("README.md"));
    pages.retain(|page| page.extension().is_some_and(|kind| kind == "md"));
    pages.sort();
    pages
}

fn blocks() -> Vec<Block> {
    let mut blocks = vec![];
    for page in pages() {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let mut open: Option<Block> = None;
        for (at, line) in fs::read_to_string(&page).unwrap().lines().enumerate() {
            match (&mut open, line) {
                (None, "```yaml") => open = Some(Block { page: name.clone(), line: at + 2, text: String::new() }),
                (Some(_), "```") => blocks.extend(open.take()),
                (Some(block), line) => block.text += &format!("{line}\n"),
                (None, _) => {}
            }
        }
    }
    blocks
}

fn errors(files: &Files, diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).cloned().collect();
    render_all(files, &errors)
}

/// The errors of a dashboard that is this block, with the files that other blocks of its page are.
fn dashboard(block: &Block, blocks: &[Block]) -> String {
    let files: BTreeMap<&str, &str> =
        blocks.iter().filter(|other| other.page == block.page).filter_map(|other| Some((other.file()?, other.text.as_str()))).collect();
    let read = |path: &str| files.get(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| "no such block".to_owned());
    let compiled = compile_with(&block.place(), block.text.as_bytes(), &read);
    errors(&compiled.files, &compiled.diagnostics)
}

/// The same of a part, which the rest of a dashboard includes. Sources and filters of both count; pages and titles are the part's.
fn part(block: &Block) -> String {
    // Views are a page's rows.
    if block.text.starts_with("- ") {
        let rows: String = block.text.lines().map(|line| format!("      {line}\n")).collect();
        let text = format!("pages:\n  - title: Views\n    filters: [period, origin]\n    rows:\n{rows}");
        return part(&Block { page: block.page.clone(), line: block.line, text });
    }
    let words = block.has("n_values");
    let mut main = String::from(if words { "strings: part.yaml\n" } else { "include: part.yaml\n" });
    let counts = |key: &str| matches!(key, "data" | "filters") || !block.has(key);
    main.extend(REST.iter().filter(|(key, _)| counts(key)).map(|(_, text)| *text));
    let compiled = compile_with("rest.yaml", main.as_bytes(), &|_| Ok(block.text.as_bytes().to_vec()));
    errors(&compiled.files, &compiled.diagnostics)
}

#[test]
fn every_block_of_the_docs_is_read() {
    let blocks = blocks();
    assert!(blocks.len() >= 18, "{} blocks", blocks.len());
    let demo = compile("demo.yaml", include_bytes!("../../../examples/flights/dashboard.yaml")).dashboard.unwrap();
    let (mut problems, mut n_whole) = (vec![], 0);
    for block in &blocks {
        let whole = ["title", "data", "pages"].into_iter().all(|key| block.has(key));
        let found = if whole {
            n_whole += 1;
            dashboard(block, &blocks)
        } else if block.has("from") && block.has("dashboard") {
            let compiled = compile_publication(&block.place(), block.text.as_bytes());
            errors(&compiled.files, &compiled.diagnostics)
        } else if block.has("tests") {
            let compiled = compile_tests(&block.place(), block.text.as_bytes(), &demo);
            errors(&compiled.files, &compiled.diagnostics)
        } else if block.file().is_some() {
            // The dashboard that includes it is read with it.
            String::new()
        } else {
            part(block)
        };
        if !found.is_empty() {
            problems.push(format!("{}\n{found}", block.place()));
        }
    }
    assert!(n_whole >= 5, "{n_whole} whole dashboards");
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// The lines of a page that are no code.
fn prose(page: &Path) -> Vec<String> {
    let mut in_code = false;
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let is_prose = |line: &&str| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    };
    text.lines().filter(is_prose).map(String::from).collect()
}

/// What mdBook and GitHub call a heading in addresses.
fn anchors(page: &Path) -> Vec<String> {
    let headings = prose(page).into_iter().filter(|line| line.starts_with('#'));
    let slug = |line: String| {
        let kept = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(slug).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut problems = vec![];
    for page in pages() {
        for line in prose(&page) {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
                let file = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
                if target.contains("://") {
                    continue;
                }
                if !file.exists() || (!anchor.is_empty() && !anchors(&file).iter().any(|known| known == anchor)) {
                    problems.push(format!("{}: {target}", page.display()));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_page_is_in_the_summary() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let summary = prose(&docs.join("SUMMARY.md")).join("\n");
    for page in pages().iter().filter(|page| page.parent() == Some(docs.as_path())) {
        let name = page.file_name().unwrap().to_string_lossy();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name} is not in SUMMARY.md");
    }
}
