//! The fenced blocks of a page of docs/.

pub struct Block<'a> {
    /// What stands behind the fence, such as `sh`.
    pub language: &'a str,
    pub content: String,
    /// Of the fence, from 1.
    pub line: usize,
}

pub fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![];
    let mut open: Option<Block<'_>> = None;
    for (at, line) in markdown.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some(Block { language, content: String::new(), line: at + 1 }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.content += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks
}
