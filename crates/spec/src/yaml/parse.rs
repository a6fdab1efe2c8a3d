use super::{Entry, Key, Node, Scalar, Style, Value, tree::is_ambiguous};
use crate::{Span, diagnostic::Report};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};
use std::collections::{HashMap, HashSet};

/// Deeper nesting is no dashboard and would end in a stack overflow.
const MAX_DEPTH: usize = 64;
/// Nodes that aliases may add in all: a few lines of aliases of aliases can stand for billions.
const MAX_ALIASED: usize = 10_000;

/// Reads one document. Errors of the syntax end the reading at the first; errors of keys are collected.
pub(crate) fn parse(text: &str, file: u32, report: &mut Report) -> Option<Node> {
    let offsets: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
    let mut builder = Builder { parser: Parser::new_from_str(text), text, offsets, file, report, anchors: HashMap::new(), n_aliased: 0 };
    builder.document()
}

struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    text: &'a str,
    /// Byte offset of every character: the parser counts characters.
    offsets: Vec<u32>,
    file: u32,
    report: &'a mut Report,
    anchors: HashMap<usize, Node>,
    n_aliased: usize,
}

impl<'a> Builder<'a> {
    fn document(&mut self) -> Option<Node> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd => {
                    self.report.error(span, "the file is empty").hint("a dashboard starts with `title:`, `data:` and `pages:`");
                    return None;
                }
                event => {
                    let node = self.node(event, span, 0)?;
                    return self.end_of_document().then_some(node);
                }
            }
        }
    }

    /// A second document would be ignored silently.
    fn end_of_document(&mut self) -> bool {
        while let Some((event, span)) = self.next() {
            match event {
                Event::DocumentStart(_) => {
                    self.report.error(span, "a second document starts here").hint("a dashboard is one document: remove `---`");
                    return false;
                }
                Event::StreamEnd => return true,
                _ => {}
            }
        }
        false
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        match self.parser.next_event()? {
            Ok((event, span)) => Some((event, self.span(span.start, span.end))),
            Err(error) => {
                let at = self.offset(*error.marker());
                let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
                let span = Span::new(self.file, at, at + length);
                if error.info() == "recursion limit exceeded" {
                    self.report_depth(span);
                } else {
                    let hint = if error.info().contains("unknown anchor") { ANCHOR } else { syntax_hint(self.text, at) };
                    self.report.error(span, format!("this is not valid YAML: {}", error.info())).hint(hint);
                }
                None
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            self.report_depth(span);
            return None;
        }
        let (anchor, node) = match event {
            Event::Alias(id) => return self.alias(id, span),
            Event::Scalar(text, style, anchor, _) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                (anchor, Node { span, value: Value::Scalar(Scalar { text: text.into_owned(), style }) })
            }
            Event::SequenceStart(anchor, _) => (anchor, self.sequence(span, depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.mapping(span, depth)?),
            _ => {
                self.report.error(span, "this is not valid YAML: a value is missing");
                return None;
            }
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Some(node)
    }

    fn report_depth(&mut self, span: Span) {
        self.report.error(span, format!("nested more than {MAX_DEPTH} levels deep")).hint("is a bracket not closed?");
    }

    fn alias(&mut self, id: usize, span: Span) -> Option<Node> {
        let Some(node) = self.anchors.get(&id) else {
            self.report.error(span, "this alias names a value that is not complete yet");
            return None;
        };
        self.n_aliased += size(node);
        if self.n_aliased > MAX_ALIASED {
            self.report
                .error(span, format!("aliases repeat more than {MAX_ALIASED} values"))
                .hint("write the values out, or fewer of them");
            return None;
        }
        Some(node.clone())
    }

    fn sequence(&mut self, start: Span, depth: usize) -> Option<Node> {
        let mut items: Vec<Node> = vec![];
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                let span = collection_span(start, items.last().map(|node| node.span), span);
                return Some(Node { span, value: Value::Sequence(items) });
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, start: Span, depth: usize) -> Option<Node> {
        let mut entries: Vec<Entry> = vec![];
        let mut names = HashSet::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let first = entries.first().map_or(start, |entry| if entry.key.span.start < start.start { entry.key.span } else { start });
                let span = collection_span(first, entries.last().map(|entry| entry.value.span), span);
                return Some(Node { span, value: Value::Mapping(entries) });
            }
            let key = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if let Some(key) = self.key(key)
                && self.is_new(&key, &mut names)
            {
                entries.push(Entry { key, value });
            }
        }
    }

    fn key(&mut self, node: Node) -> Option<Key> {
        let span = node.span;
        let Value::Scalar(scalar) = node.value else {
            let hint = "put quotes around a value that starts with `{` or `[`";
            self.report.error(span, "a key must be a name").hint(hint);
            return None;
        };
        if scalar.style == Style::Plain && is_ambiguous(&scalar.text) {
            let message = format!("`{}` cannot be a key", scalar.text);
            self.report.error(span, message).hint("YAML readers disagree on whether this is a name or true or false: choose another name");
        }
        Some(Key { text: scalar.text, span })
    }

    fn is_new(&mut self, key: &Key, names: &mut HashSet<String>) -> bool {
        let new = names.insert(key.text.clone());
        if !new {
            self.report.error(key.span, format!("the key `{}` stands here twice", key.text)).hint("remove one of them");
        }
        new
    }

    fn offset(&self, marker: Marker) -> usize {
        self.offsets.get(marker.index()).map_or(self.text.len(), |at| *at as usize)
    }

    fn span(&self, start: Marker, end: Marker) -> Span {
        let (start, end) = (self.offset(start), self.offset(end));
        // Block scalars and empty values reach to the next token: the white space is not part of them.
        let trimmed = self.text.get(start..end).map_or(0, |text| text.trim_end().len());
        Span::new(self.file, start, start + trimmed)
    }
}

/// A collection without brackets has no end of its own: it ends with its last value.
fn collection_span(start: Span, last: Option<Span>, end: Span) -> Span {
    if end.end > end.start { start.to(end) } else { last.map_or(start, |last| start.to(last)) }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Scalar(_) => 0,
        Value::Sequence(items) => items.iter().map(size).sum(),
        Value::Mapping(entries) => entries.iter().map(|entry| 1 + size(&entry.value)).sum(),
    }
}

const ANCHOR: &str = "`*` stands for an anchor: put quotes around a text that starts with it";

/// Whether a call such as `round(a, 2)` has begun and not ended.
fn open_brackets(text: &str) -> bool {
    text.matches('(').count() > text.matches(')').count()
}

/// The mistakes that people make most often in dashboards.
fn syntax_hint(text: &str, at: usize) -> &'static str {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or("");
    if line.starts_with('\t') || line.trim_start_matches(' ').starts_with('\t') {
        "indent with spaces, not with tabs"
    } else if line.contains('{') && open_brackets(text.get(line_start..at).unwrap_or("")) {
        "a comma ends a value inside `{ }`: put quotes around the whole expression"
    } else if line.contains(": {") && line.contains('}') {
        "an expression that starts with `{` needs quotes around all of it: \"{late} / {flights}\""
    } else if line.matches(": ").count() > 1 && !line.contains('{') {
        "a value that contains `: ` needs quotes around it"
    } else {
        "check the indentation, brackets and quotes here and in the line above"
    }
}
