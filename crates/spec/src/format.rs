//! `tarn fmt`: one layout for every file that authors write. Comments, their order and that of the keys stay.
use crate::{
    Diagnostic, Files,
    compile::{on_own_stack, read_text},
    diagnostic::Report,
    yaml::{self, Node, Scalar, Style, Value},
};
use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions};

/// Why a file was left as it is.
#[derive(Debug)]
pub enum FormatError {
    /// It is no YAML that Tarn reads: what is wrong, and where.
    Invalid(Box<Files>, Vec<Diagnostic>),
    /// It would have become another file, or lost a comment.
    Unsafe,
}

/// Longer lists and mappings in brackets get a line for each part.
const WIDTH: usize = 140;

/// The text in Tarn's layout: two spaces for each level, one between a value and its comment, lists under their key indented,
/// double quotes where one of both kinds does, no spaces at the ends of lines. What is written in brackets stays so. The text
/// that comes out says the same, comments and all, and formatting it again changes nothing.
pub fn format(name: &str, bytes: &[u8]) -> Result<String, FormatError> {
    on_own_stack(|| format_here(name, bytes)).unwrap_or(Err(FormatError::Unsafe))
}

fn format_here(name: &str, bytes: &[u8]) -> Result<String, FormatError> {
    let mut files = Files::default();
    let mut report = Report::default();
    let text = match read_text(bytes) {
        Ok(text) => text,
        Err((message, hint)) => {
            let file = files.add(name, String::new());
            report.error(crate::Span::new(file, 0, 0), message).hint(hint);
            return Err(FormatError::Invalid(Box::new(files), report.into_diagnostics()));
        }
    };
    let file = files.add(name, text.to_owned());
    let before = yaml::parse(text, file, &mut report);
    let (Some(before), false) = (before, report.has_errors()) else {
        return Err(FormatError::Invalid(Box::new(files), report.into_diagnostics()));
    };
    let formatted = laid_out(text).ok_or(FormatError::Unsafe)?;
    let after = yaml::parse(&formatted, file, &mut Report::default()).ok_or(FormatError::Unsafe)?;
    let settled = laid_out(&formatted).is_some_and(|again| again == formatted);
    let sound = says_the_same(&before, &after) && marks(text) == marks(&formatted) && settled;
    if sound { Ok(formatted) } else { Err(FormatError::Unsafe) }
}

fn laid_out(text: &str) -> Option<String> {
    let options = FormatOptions {
        layout: LayoutOptions { print_width: WIDTH, ..LayoutOptions::default() },
        language: LanguageOptions { trailing_comma: false, format_comments: true, ..LanguageOptions::default() },
    };
    pretty_yaml::format_text(text, &options).ok()
}

/// Every comment begins with one of these, and none is ever added.
fn marks(text: &str) -> usize {
    text.matches('#').count()
}

fn says_the_same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Scalar(a), Value::Scalar(b)) => a.text == b.text && is_plain(a) == is_plain(b),
        (Value::Sequence(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| says_the_same(a, b)),
        (Value::Mapping(a), Value::Mapping(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key.text == b.key.text && says_the_same(&a.value, &b.value))
        }
        _ => false,
    }
}

/// `5` is a number and `"5"` a text.
fn is_plain(scalar: &Scalar) -> bool {
    scalar.style == Style::Plain
}
