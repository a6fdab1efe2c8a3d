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
    /// The offset at which each line starts.
    line_starts: Vec<usize>,
}

impl File {
    /// The line of an offset, from 0, and where it starts.
    fn line_at(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (line, self.line_starts.get(line).copied().unwrap_or(0))
    }
}

impl Files {
    pub(crate) fn add(&mut self, name: &str, text: String) -> u32 {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(File { name: name.to_owned(), text, line_starts });
        self.files.len() as u32 - 1
    }

    /// The names of all files that were read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    /// The name of a file whose path starts at the folder of the first file, the dashboard's.
    pub(crate) fn beside_first(&self, path: &str) -> String {
        match self.name(Span::default()).rsplit_once('/') {
            Some((folder, _)) if !path.starts_with('/') => format!("{folder}/{path}"),
            _ => path.to_owned(),
        }
    }

    /// The name of the span's file, as it was given.
    pub fn name(&self, span: Span) -> &str {
        self.file(span).map_or("", |file| &file.name)
    }

    pub fn position(&self, span: Span) -> Position {
        let Some(file) = self.file(span) else { return Position { line: 1, column: 1 } };
        let (line, start) = file.line_at(span.start as usize);
        let before = file.text.get(start..span.start as usize).unwrap_or("");
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The line in which the span starts, without its end.
    pub fn line(&self, span: Span) -> &str {
        let Some(file) = self.file(span) else { return "" };
        let (_, start) = file.line_at(span.start as usize);
        file.text.get(start..).and_then(|text| text.lines().next()).unwrap_or("")
    }

    pub fn text(&self, span: Span) -> &str {
        self.file(span).and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    fn file(&self, span: Span) -> Option<&File> {
        self.files.get(span.file as usize)
    }
}
