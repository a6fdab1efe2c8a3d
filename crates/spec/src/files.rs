/// A stretch of the input, in bytes of one file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Position in the [`Files`] of the compilation.
    pub file: u32,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub(crate) fn new(file: u32, start: usize, end: usize) -> Self {
        // Files are at most 1 MB, so offsets fit.
        Self { file, start: start as u32, end: end.max(start) as u32 }
    }

    /// From the start of this one to the end of the other.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }
}

/// Line and column as editors count them: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The files of one dashboard, by which spans are shown.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
}

impl Files {
    pub(crate) fn add(&mut self, name: &str, text: String) -> u32 {
        self.files.push(File { name: name.to_owned(), text });
        self.files.len() as u32 - 1
    }

    /// The name of the span's file, as it was given.
    pub fn name(&self, span: Span) -> &str {
        self.file(span).map_or("", |file| &file.name)
    }

    pub fn position(&self, span: Span) -> Position {
        let before = self.file(span).and_then(|file| file.text.get(..span.start as usize)).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Position { line, column: before[line_start..].chars().count() + 1 }
    }

    /// The line in which the span starts, without its end.
    pub fn line(&self, span: Span) -> &str {
        let Some(file) = self.file(span) else { return "" };
        let start = file.text.get(..span.start as usize).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        file.text[start..].lines().next().unwrap_or("")
    }

    pub fn text(&self, span: Span) -> &str {
        self.file(span).and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    fn file(&self, span: Span) -> Option<&File> {
        self.files.get(span.file as usize)
    }
}
