//! `include:`: a dashboard in several files. What they say is joined to one tree before anything is looked at, and every part
//! keeps the place that it was written at.
use crate::{
    Files, ReadFile,
    compile::read_text,
    dashboard::check_version,
    diagnostic::Report,
    yaml::{self, Entry, Node, Value},
};

/// More is no dashboard: a file that includes a folder of its copies, say.
const MAX_FILES: usize = 100;

/// The tree of the dashboard file with those of all files that it includes. Each file is read once, whoever names it.
pub(crate) fn resolve(mut root: Node, name: &str, files: &mut Files, read: ReadFile<'_>, report: &mut Report) -> Node {
    let own = name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut includes = Includes { files, read, report, seen: vec![own] };
    let parts = includes.parts(&root, "");
    for part in parts {
        merge(&mut root, part, &mut vec![], includes.files, includes.report);
    }
    root
}

struct Includes<'a> {
    files: &'a mut Files,
    read: ReadFile<'a>,
    report: &'a mut Report,
    /// Paths from the dashboard file's folder.
    seen: Vec<String>,
}

impl Includes<'_> {
    /// What a file includes, each part before the parts that it includes itself.
    fn parts(&mut self, node: &Node, folder: &str) -> Vec<Node> {
        let Value::Mapping(entries) = &node.value else { return vec![] };
        let Some(entry) = entries.iter().find(|entry| entry.key.text == "include") else { return vec![] };
        let mut parts = vec![];
        for named in entry.value.items() {
            let Some(path) = named.text(self.report) else { continue };
            let path = joined(folder, path);
            if self.seen.contains(&path) {
                continue;
            }
            if self.seen.len() > MAX_FILES {
                self.report.error(named.span, format!("more than {MAX_FILES} files are included")).hint("put several pages into a file");
                return parts;
            }
            self.seen.push(path.clone());
            let Some(mut part) = self.read(&path, named) else { continue };
            let within = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let further = self.parts(&part, within);
            self.prepare(&mut part, within);
            parts.push(part);
            parts.extend(further);
        }
        parts
    }

    fn read(&mut self, path: &str, named: &Node) -> Option<Node> {
        let name = self.files.beside_first(path);
        let failure = match (self.read)(path) {
            Ok(bytes) => match read_text(&bytes) {
                Ok(text) => {
                    let file = self.files.add(&name, text.to_owned());
                    let part = yaml::parse(text, file, self.report)?;
                    part.mapping(self.report)?;
                    return Some(part);
                }
                Err((message, hint)) => (format!("`{path}`: {message}"), hint),
            },
            Err(why) => (format!("`{path}` cannot be read: {why}"), "a path that starts at the folder of the file it stands in"),
        };
        // Known all the same: `tarn serve` waits for it.
        self.files.add(&name, String::new());
        self.report.error(named.span, failure.0).hint(failure.1);
        None
    }

    /// What counts for the one file alone is dealt with; what names a file beside it names it from the dashboard's folder.
    fn prepare(&mut self, part: &mut Node, folder: &str) {
        let Value::Mapping(entries) = &mut part.value else { return };
        entries.retain(|entry| match entry.key.text.as_str() {
            "tarn" => {
                check_version(&entry.value, self.report);
                false
            }
            text => text != "include",
        });
        for entry in entries.iter_mut().filter(|entry| entry.key.text == "strings") {
            if let Value::Scalar(scalar) = &mut entry.value.value {
                scalar.text = joined(folder, &scalar.text);
            }
        }
    }
}

/// A path of a file in the folder, without `.` and, as far as it goes, without `..`.
fn joined(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = vec![];
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether several files may add to the mapping at the path. What an author names, such as a measure, is written in one place.
fn is_shared(path: &[String]) -> bool {
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] | ["data" | "filters" | "parameters"] | ["data", _] => true,
        ["data", _, part] => matches!(*part, "schema" | "dimensions" | "measures"),
        _ => false,
    }
}

fn merge(into: &mut Node, from: Node, path: &mut Vec<String>, files: &Files, report: &mut Report) {
    let (Value::Mapping(entries), Value::Mapping(more)) = (&mut into.value, from.value) else { return };
    for entry in more {
        match entries.iter_mut().find(|known| known.key.text == entry.key.text) {
            None => entries.push(entry),
            Some(known) => {
                path.push(entry.key.text.clone());
                join(known, entry, path, files, report);
                path.pop();
            }
        }
    }
}

/// Two values of one key in two files.
fn join(known: &mut Entry, entry: Entry, path: &mut Vec<String>, files: &Files, report: &mut Report) {
    let both = (&mut known.value.value, entry.value.value);
    match both {
        (Value::Sequence(pages), Value::Sequence(more)) if *path == ["pages"] => pages.extend(more),
        (Value::Mapping(_), Value::Mapping(more)) if is_shared(path) => {
            let more = Node { span: entry.value.span, value: Value::Mapping(more) };
            merge(&mut known.value, more, path, files, report);
        }
        _ => {
            let (name, position) = (files.name(known.key.span), files.position(known.key.span));
            let message = format!("`{}` stands in {name} already", path.join("."));
            let place = format!("{name}:{}:{}", position.line, position.column);
            report.error(entry.key.span, message).hint(format!("remove one of them; the other one is at {place}"));
        }
    }
}
