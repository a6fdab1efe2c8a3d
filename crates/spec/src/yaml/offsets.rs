use super::{Node, Scalar, Style, Value};
use crate::{Files, Span};
use std::ops::Range;

impl Node {
    /// Where a part of the scalar's text (a range of bytes) stands in the file, through quotes, escapes and folding.
    pub fn span_within(&self, files: &Files, part: Range<usize>) -> Span {
        let Value::Scalar(scalar) = &self.value else { return self.span };
        let raw = files.text(self.span);
        let offsets = raw_offsets(raw, scalar);
        let at = |index: usize| offsets.get(index).copied();
        let Some(start) = at(part.start).or_else(|| offsets.last().copied()) else { return self.span };
        let last = part.end.checked_sub(1).filter(|last| *last >= part.start).and_then(at);
        let end = last.map_or(start, |last| last + raw.get(last..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        let base = self.span.start as usize;
        Span::new(self.span.file, base + start, base + end)
    }
}

/// For every byte of the text the offset in the raw form at which its character starts; one more for the end.
fn raw_offsets(raw: &str, scalar: &Scalar) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(scalar.text.len() + 1);
    let mut at = content_start(raw, scalar.style);
    for c in scalar.text.chars() {
        let rest = raw.get(at..).unwrap_or("");
        let (skipped, taken) = step(rest, c, scalar.style);
        offsets.extend(std::iter::repeat_n(at + skipped, c.len_utf8()));
        at += skipped + taken;
    }
    offsets.push(at.min(raw.len()));
    offsets
}

/// Behind the opening quote or the block's header line.
fn content_start(raw: &str, style: Style) -> usize {
    match style {
        Style::Plain => 0,
        Style::SingleQuoted | Style::DoubleQuoted => raw.find(['\'', '"']).map_or(0, |quote| quote + 1),
        Style::Block if raw.starts_with(['|', '>']) => raw.find('\n').map_or(0, |newline| newline + 1),
        Style::Block => 0,
    }
}

/// How many raw bytes lie before the one that stands for `c`, and how many stand for it.
fn step(rest: &str, c: char, style: Style) -> (usize, usize) {
    if c == '\n' {
        let skipped = rest.find(|raw: char| !raw.is_whitespace() || raw == '\n').unwrap_or(0);
        return (skipped, usize::from(rest[skipped..].starts_with('\n')));
    }
    if c.is_whitespace() && rest.starts_with(char::is_whitespace) {
        return (0, rest.chars().next().map_or(0, char::len_utf8));
    }
    // Indentation of a continued line stands for nothing.
    let skipped = rest.find(|raw: char| !raw.is_whitespace()).unwrap_or(0);
    let here = &rest[skipped..];
    let taken = match (style, here.as_bytes()) {
        (Style::DoubleQuoted, [b'\\', escape, ..]) => match escape {
            b'x' => 4,
            b'u' => 6,
            b'U' => 10,
            _ => 2,
        },
        (Style::SingleQuoted, [b'\'', b'\'', ..]) => 2,
        _ => here.chars().next().map_or(0, char::len_utf8),
    };
    (skipped, taken.min(here.len()))
}
