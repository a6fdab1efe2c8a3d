use super::{Entry, Node, Value, tree::is_ambiguous};
use crate::{Span, diagnostic::Report, suggest};

/// Reads a mapping key by key; what was never asked for is unknown.
pub(crate) struct Fields<'a> {
    /// Of the whole mapping, for messages about what is missing.
    pub span: Span,
    entries: &'a [Entry],
    /// What the mapping describes, such as "a filter".
    what: &'static str,
    known: Vec<&'static str>,
    /// Required keys that are not there, and why they are needed.
    missing: Vec<(&'static str, &'static str)>,
}

impl<'a> Fields<'a> {
    pub fn read(node: &'a Node, what: &'static str, report: &mut Report) -> Option<Self> {
        match &node.value {
            Value::Mapping(entries) => Some(Self { span: node.span, entries, what, known: vec![], missing: vec![] }),
            _ => {
                let message = format!("expected a mapping that describes {what}, found {}", node.kind());
                report.error(node.span, message).hint("write its keys below each other, `key: value`, or `{ key: value }`");
                None
            }
        }
    }

    /// The value of a key. A key without a value is an error, so that a forgotten line is noticed.
    pub fn get(&mut self, key: &'static str, report: &mut Report) -> Option<&'a Node> {
        let entry = self.entry(key)?;
        if entry.value.is_null() {
            report.error(entry.key.span, format!("`{key}` has no value")).hint("give it one, or remove the key");
            return None;
        }
        Some(&entry.value)
    }

    /// As [`Fields::get`]; that the key is missing is reported at the end.
    pub fn required(&mut self, key: &'static str, why: &'static str, report: &mut Report) -> Option<&'a Node> {
        if self.entry(key).is_none() {
            self.missing.push((key, why));
            return None;
        }
        self.get(key, report)
    }

    pub fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// Reports the keys that nobody asked for, and those that are missing. A misspelt key is told once, not as both.
    pub fn finish(self, report: &mut Report) {
        report.note_keys(self.what, &self.known);
        let mut meant = vec![];
        for entry in self.entries.iter().filter(|entry| !self.known.contains(&entry.key.text.as_str())) {
            let text = &entry.key.text;
            if is_ambiguous(text) {
                continue;
            }
            meant.extend(suggest::closest(text, self.known.iter().copied()));
            let diagnostic = report.error(entry.key.span, format!("unknown key `{text}` in {}", self.what));
            if entry.value.is_null() && text.ends_with(')') {
                diagnostic.hint("a comma ends a value inside `{ }`: put quotes around the whole expression");
            } else {
                diagnostic.hint(suggest::hint(text, "keys", self.known.iter().copied()));
            }
        }
        for (key, why) in self.missing.iter().filter(|(key, _)| !meant.contains(key)) {
            report.error(self.head(), format!("{} needs `{key}`", self.what)).hint(*why);
        }
    }

    /// The first line of the mapping: underlining all of it would show nothing.
    pub fn head(&self) -> Span {
        match self.entries.first() {
            Some(entry) if entry.key.span.start >= self.span.start => Span { start: self.span.start, ..entry.key.span },
            _ => self.span,
        }
    }
}

/// The entries of a mapping from names that the author chose.
pub(crate) fn pairs<'a>(node: Option<&'a Node>, report: &mut Report) -> &'a [Entry] {
    node.and_then(|node| node.mapping(report)).unwrap_or(&[])
}
