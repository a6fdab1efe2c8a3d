//! `text:`: Markdown with measures in it, compiled to parts, so that the page inserts no HTML.
use super::resolve::Model;
use super::view::Content;
use crate::{diagnostic::Report, yaml::Node};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, TextMergeStream};
use tarn_dashboard::{Block, Inline, Measure};

/// Schemes of addresses that a link may have.
const SCHEMES: [&str; 3] = ["https", "http", "mailto"];

/// The parts, and the measures that they name.
pub(super) fn compile(node: &Node, model: &Model<'_>, report: &mut Report) -> Option<(Vec<Block>, Content)> {
    let text = node.text(report)?;
    if text.trim().is_empty() {
        report.error(node.span, "the text is empty").hint("Markdown, as in `text: \"**{flights}** flights\"`");
        return None;
    }
    let (measures, blocks, open, headings) = (vec![], vec![], vec![], vec![]);
    let mut writer = Writer { node, model, report, source: None, measures, blocks, open, headings, list: None, quoted: false };
    // What the parser looked at as marks and left as text comes in pieces: `{late_share}` has three.
    for event in TextMergeStream::new(Parser::new(text)) {
        writer.take(event);
    }
    let Writer { source, measures, blocks, .. } = writer;
    Some((blocks, Content { source: source.unwrap_or(0), measures, keys: vec![] }))
}

/// An element that is being read: what it is, and what has been read of it.
enum Open {
    Block(Vec<Inline>),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Link(String, Vec<Inline>),
    Code(String),
}

impl Open {
    fn has_content(&self) -> bool {
        matches!(self, Self::Block(content) if !content.is_empty())
    }
}

struct Writer<'a, 'm> {
    node: &'a Node,
    model: &'a Model<'m>,
    report: &'a mut Report,
    source: Option<usize>,
    measures: Vec<Measure>,
    blocks: Vec<Block>,
    open: Vec<Open>,
    /// Levels, as they are written, of the headings that the text is below.
    headings: Vec<HeadingLevel>,
    /// Whether the list at hand is numbered, and its items.
    list: Option<(bool, Vec<Vec<Inline>>)>,
    quoted: bool,
}

impl Writer<'_, '_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match self.open.last_mut() {
                Some(Open::Code(code)) => code.push_str(&text),
                _ => self.text(&text),
            },
            Event::Code(code) => self.push(Inline::Code(code.into_string())),
            Event::SoftBreak => self.push(Inline::Text(" ".into())),
            Event::HardBreak => self.push(Inline::Break),
            Event::Rule => self.blocks.push(Block::Rule),
            Event::Html(html) | Event::InlineHtml(html) => {
                let message = format!("HTML is not shown: `{}`", html.trim());
                self.report.error(self.node.span, message).hint("write Markdown, such as **bold** or [a link](https://example.com)");
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.open.push(Open::Strong(vec![])),
            Tag::Emphasis => self.open.push(Open::Emphasis(vec![])),
            Tag::Link { dest_url, .. } => {
                let to = dest_url.into_string();
                let scheme = to.split(['/', '?', '#']).next().and_then(|start| Some(start.split_once(':')?.0.to_lowercase()));
                if scheme.as_deref().is_some_and(|scheme| !SCHEMES.contains(&scheme)) {
                    let message = format!("a link cannot lead to `{to}`");
                    self.report.error(self.node.span, message).hint("https:, http:, mailto:, or a path of this site");
                }
                self.open.push(Open::Link(to, vec![]));
            }
            Tag::CodeBlock(_) => self.open.push(Open::Code(String::new())),
            Tag::List(first) if self.list.is_none() => self.list = Some((first.is_some(), vec![])),
            Tag::List(_) => {
                self.report.error(self.node.span, "a list stands in a list").hint("write one level");
            }
            Tag::Image { .. } => {
                self.report.error(self.node.span, "images are not shown").hint("link to it, as in [the plan](plan.png)");
                self.open.push(Open::Block(vec![]));
            }
            // A paragraph of an item or a quotation is part of that; a second one begins a line.
            Tag::Paragraph if matches!(self.open.last(), Some(Open::Block(_))) => {
                if let Some(Open::Block(content)) = self.open.last_mut().filter(|open| open.has_content()) {
                    content.push(Inline::Break);
                }
            }
            Tag::BlockQuote(_) => {
                self.quoted = true;
                self.open.push(Open::Block(vec![]));
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::Item => self.open.push(Open::Block(vec![])),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => match self.open.pop() {
                Some(Open::Strong(content)) => self.push(Inline::Strong(content)),
                Some(Open::Emphasis(content)) => self.push(Inline::Emphasis(content)),
                Some(Open::Link(to, content)) => self.push(Inline::Link(to, content)),
                _ => {}
            },
            TagEnd::CodeBlock => {
                if let Some(Open::Code(code)) = self.open.pop() {
                    self.blocks.push(Block::Code(code.trim_end().to_owned()));
                }
            }
            TagEnd::List(_) => {
                if let Some((ordered, items)) = self.list.take() {
                    self.blocks.push(Block::List { ordered, items });
                }
            }
            TagEnd::Image => _ = self.open.pop(),
            TagEnd::Item => {
                if let (Some(Open::Block(content)), Some((_, items))) = (self.open.pop(), &mut self.list) {
                    items.push(content);
                }
            }
            TagEnd::BlockQuote(_) => {
                self.quoted = false;
                if let Some(Open::Block(content)) = self.open.pop() {
                    self.blocks.push(Block::Quote(content));
                }
            }
            TagEnd::Paragraph if self.list.is_some() || self.quoted => {}
            TagEnd::Paragraph => self.block(Block::Paragraph),
            TagEnd::Heading(written) => {
                let level = self.level(written);
                self.block(|content| Block::Heading(level, content));
            }
            _ => {}
        }
    }

    /// How many headings a heading is below, itself counted: none is left out, whatever the author began with.
    fn level(&mut self, written: HeadingLevel) -> u8 {
        while self.headings.last().is_some_and(|above| *above >= written) {
            self.headings.pop();
        }
        self.headings.push(written);
        self.headings.len() as u8
    }

    fn block(&mut self, made: impl FnOnce(Vec<Inline>) -> Block) {
        if let Some(Open::Block(content)) = self.open.pop() {
            self.blocks.push(made(content));
        }
    }

    fn push(&mut self, inline: Inline) {
        if let Some(Open::Block(content) | Open::Strong(content) | Open::Emphasis(content) | Open::Link(_, content)) = self.open.last_mut()
        {
            content.push(inline);
        }
    }

    /// Names in braces are measures; other braces are text.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, name, after)) = braces(rest) {
            if !before.is_empty() {
                self.push(Inline::Text(before.to_owned()));
            }
            if let Some((found, measure)) = self.model.measure(name, self.source, self.node.span, self.report) {
                self.source = Some(found.source);
                self.push(Inline::Measure(measure.name.clone()));
                if !self.measures.iter().any(|known| known.name == measure.name) {
                    self.measures.push(measure);
                }
            }
            rest = after;
        }
        if !rest.is_empty() {
            self.push(Inline::Text(rest.to_owned()));
        }
    }
}

/// What stands before, in and after the first braces around a name.
fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('{')?;
        let end = start + text[start..].find('}')?;
        let name = &text[start + 1..end];
        if name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            return Some((&text[..start], name, &text[end + 1..]));
        }
        from = start + 1;
    }
}
