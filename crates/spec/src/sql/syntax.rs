use crate::{Files, Span, diagnostic::Report, yaml::Node};
use sqlparser::{
    ast::{Expr, Spanned as _},
    dialect::DuckDbDialect,
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word},
};
use std::ops::Range;

/// Longer expressions belong upstream; the bound also keeps recursion over the syntax tree within the stack.
const MAX_BYTES: usize = 8_192;
const MAX_TOKENS: usize = 2_000;
/// Of the parser's own recursion, such as nested brackets.
const MAX_NESTING: usize = 50;

/// The SQL text of a YAML scalar, parsed, with the way back from its parts to the file.
pub(crate) struct Sql<'a> {
    pub node: &'a Node,
    files: &'a Files,
    pub text: &'a str,
    pub expr: Expr,
    /// The measures named in `{…}`, and where in the text.
    pub references: Vec<Reference>,
}

pub(crate) struct Reference {
    pub name: String,
    pub range: Range<usize>,
}

/// An identifier in these quotes is a reference to a measure. DuckDB has no such quotes, so no author can write one.
pub(super) const REFERENCE_QUOTE: char = '`';

impl<'a> Sql<'a> {
    /// Parses one expression. What is wrong is reported at its place.
    pub fn parse(node: &'a Node, files: &'a Files, report: &mut Report) -> Option<Self> {
        let text = node.as_text().or_else(|| node.text(report))?;
        if text.len() > MAX_BYTES {
            report.error(node.span, format!("an expression may have at most {MAX_BYTES} characters")).hint(UPSTREAM);
            return None;
        }
        let tokens = match Tokenizer::new(&DuckDbDialect {}, text).tokenize_with_location() {
            Ok(tokens) => tokens,
            Err(error) => {
                let at = offset(text, error.location).unwrap_or(text.len());
                let message = format!("this is not valid SQL: {}", lower_first(&error.message));
                report
                    .error(node.span_within(files, at..at), message)
                    .hint("close every quote; a quote inside a text is written twice: 'it''s'");
                return None;
            }
        };
        if tokens.len() > MAX_TOKENS {
            report.error(node.span, "the expression is too long").hint(UPSTREAM);
            return None;
        }
        let (tokens, references) = with_references(tokens, text, node, files, report)?;
        let mut parser = Parser::new(&DuckDbDialect {}).with_recursion_limit(MAX_NESTING).with_tokens_with_locations(tokens);
        let parsed = parser.parse_expr();
        let rest = parser.peek_token();
        let expr = match parsed {
            Ok(expr) if rest.token == Token::EOF => expr,
            Ok(_) => {
                let span = node.span_within(files, range(text, rest.span));
                let hint = if text.trim_start().to_ascii_lowercase().starts_with("select ") { NO_QUERY } else { rest_hint(&rest.token) };
                report.error(span, format!("the expression should end before `{}`", rest.token)).hint(hint);
                return None;
            }
            Err(error) => {
                report_parser_error(&error, text, node, files, report);
                return None;
            }
        };
        Some(Self { node, files, text, expr, references })
    }

    /// The place of a part of the expression.
    pub fn span(&self, expr: &Expr) -> Span {
        self.span_of(expr.span())
    }

    pub fn span_of(&self, span: sqlparser::tokenizer::Span) -> Span {
        if span.start.line == 0 {
            return self.node.span;
        }
        self.span_within(range(self.text, span))
    }

    pub fn span_within(&self, part: Range<usize>) -> Span {
        self.node.span_within(self.files, part)
    }
}

const NO_QUERY: &str = "this is an expression, not a query: the dashboard adds source, filters and grouping";
const UPSTREAM: &str = "compute it upstream, in dbt or the warehouse, and use the column";

/// Turns `{ name }` into one identifier token, so that the grammar needs to know nothing about references.
fn with_references(
    tokens: Vec<TokenWithSpan>,
    text: &str,
    node: &Node,
    files: &Files,
    report: &mut Report,
) -> Option<(Vec<TokenWithSpan>, Vec<Reference>)> {
    let mut tokens: Vec<TokenWithSpan> = tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let mut references = vec![];
    let mut result = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match (&token.token, tokens.get(at + 1).map(|token| &token.token), tokens.get(at + 2)) {
            (Token::LBrace, Some(Token::Word(word)), Some(close)) if close.token == Token::RBrace && word.quote_style.is_none() => {
                let span = token.span.union(&close.span);
                references.push(Reference { name: word.value.clone(), range: range(text, span) });
                let word = Word { value: word.value.clone(), quote_style: Some(REFERENCE_QUOTE), keyword: Keyword::NoKeyword };
                result.push(TokenWithSpan { token: Token::Word(word), span });
                at += 3;
                continue;
            }
            (Token::LBrace, ..) => {
                let span = node.span_within(files, range(text, token.span));
                report.error(span, "`{` must be followed by the name of a measure and `}`").hint("as in `{flights}`");
                return None;
            }
            (Token::Word(word), ..) if word.quote_style == Some(REFERENCE_QUOTE) => {
                let span = node.span_within(files, range(text, token.span));
                report.error(span, "backquotes do not quote a name").hint(format!("write \"{}\" in double quotes", word.value));
                return None;
            }
            (Token::Placeholder(name), ..) if !name.starts_with('$') => {
                let span = node.span_within(files, range(text, token.span));
                report.error(span, "a parameter has a name").hint("write `$name`, and declare it under `parameters:`");
                return None;
            }
            _ => {}
        }
        result.push(std::mem::replace(&mut tokens[at], TokenWithSpan::wrap(Token::EOF)));
        at += 1;
    }
    Some((result, references))
}

fn report_parser_error(error: &ParserError, text: &str, node: &Node, files: &Files, report: &mut Report) {
    let message = match error {
        ParserError::RecursionLimitExceeded => {
            report.error(node.span, "the expression is nested too deeply").hint(UPSTREAM);
            return;
        }
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
    };
    let (message, location) = match message.rsplit_once(" at Line: ") {
        Some((message, location)) => (message, parse_location(location)),
        None => (message.as_str(), None),
    };
    let at = location.and_then(|location| offset(text, location)).unwrap_or(text.len());
    let length = text[at..].find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0).unwrap_or(1);
    let span = node.span_within(files, at..(at + length).min(text.len()));
    let at_end = message.ends_with("found: EOF");
    let message = message.replace("EOF", "the end of the expression").replace("Expected: ", "expected ").replace(", found: ", ", found ");
    let diagnostic = report.error(span, format!("this is not valid SQL: {}", lower_first(&message)));
    diagnostic.hint(if at_end {
        "is a bracket or an operand missing? inside `{ }` a comma ends the value: put quotes around the whole expression"
    } else {
        "names with spaces or of SQL's own words need double quotes; the reference lists what is understood"
    });
}

fn parse_location(text: &str) -> Option<Location> {
    let (line, column) = text.split_once(", Column: ")?;
    Some(Location::new(line.parse().ok()?, column.parse().ok()?))
}

fn rest_hint(token: &Token) -> &'static str {
    match token {
        Token::Comma => "one expression stands here; a list is written with `[ ]` in YAML",
        Token::SemiColon => "leave the `;` out",
        Token::Word(word) if matches!(word.keyword, Keyword::FROM | Keyword::WHERE | Keyword::GROUP | Keyword::OVER) => NO_QUERY,
        _ => "is an operator missing, or a quote?",
    }
}

fn range(text: &str, span: sqlparser::tokenizer::Span) -> Range<usize> {
    let start = offset(text, span.start).unwrap_or(text.len());
    let end = offset(text, span.end).unwrap_or(text.len());
    start..end.max(start)
}

/// The byte at a line and column, both from 1, columns in characters. The end of the text is a place too.
fn offset(text: &str, location: Location) -> Option<usize> {
    let (line, column) = (usize::try_from(location.line).ok()?.checked_sub(1)?, usize::try_from(location.column).ok()?.checked_sub(1)?);
    let line_start = if line == 0 { 0 } else { text.match_indices('\n').nth(line - 1)?.0 + 1 };
    let rest = &text[line_start..];
    Some(rest.char_indices().nth(column).map_or(text.len(), |(at, _)| line_start + at))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
