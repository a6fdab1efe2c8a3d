//! Catalogues: what the page says in the dashboard's language. English lies in the page, German here, any other in a file of
//! the author's.
mod read;

use crate::{
    Files, Span,
    diagnostic::Report,
    yaml::{self, Node},
};
use read::{Known, read};
use std::fmt::Write as _;
use tarn_dashboard::{Phrase, Plural, Wording};

const GERMAN: &str = include_str!("german.yaml");

/// Gives the bytes of a file beside the dashboard, or why not.
pub type ReadFile<'a> = &'a (dyn Fn(&str) -> Result<Vec<u8>, String> + Sync);

/// The catalogue of a locale, changed and completed by the author's file. Empty: English.
pub(crate) fn compile(
    locale: Option<(&str, Span)>,
    named: Option<&Node>,
    files: &mut Files,
    read_file: ReadFile<'_>,
    report: &mut Report,
) -> Vec<Wording> {
    let language = locale.map_or("en", |(tag, _)| tag).split('-').next().unwrap_or_default().to_ascii_lowercase();
    let known = builtin(&language);
    if let Some(node) = named {
        let base = if language == "en" { Some(english()) } else { known };
        return from_file(node, &language, base, files, read_file, report).unwrap_or_default();
    }
    match (known, locale) {
        (Some(known), _) => known.into_iter().flatten().collect(),
        (None, Some((_, span))) if language != "en" => {
            let message = format!("there are no words for `{language}`: buttons and messages are in English");
            report
                .warning(span, message)
                .hint("`tarn strings > strings.yaml` writes what there is to translate; then add `strings: strings.yaml`");
            vec![]
        }
        _ => vec![],
    }
}

fn from_file(
    node: &Node,
    language: &str,
    base: Option<Known>,
    files: &mut Files,
    read_file: ReadFile<'_>,
    report: &mut Report,
) -> Option<Vec<Wording>> {
    let path = node.text(report)?;
    let bytes = match read_file(path) {
        Ok(bytes) => bytes,
        Err(why) => {
            let hint = "a path that starts at the dashboard file; `tarn strings > strings.yaml` writes a first one";
            report.error(node.span, format!("`{path}` cannot be read: {why}")).hint(hint);
            return None;
        }
    };
    let name = files.beside_first(path);
    let text = match crate::compile::read_text(&bytes) {
        Ok(text) => text,
        Err((message, hint)) => {
            report.error(node.span, format!("`{path}`: {message}")).hint(hint);
            return None;
        }
    };
    let file = files.add(&name, text.to_owned());
    let root = yaml::parse(text, file, report)?;
    let has_base = base.is_some();
    let known = read(&root, base.unwrap_or_else(|| vec![None; Phrase::ALL.len()]), report)?;
    let missing: Vec<String> =
        Phrase::ALL.iter().zip(&known).filter(|(_, wording)| wording.is_none()).map(|(phrase, _)| phrase.key()).collect();
    if !missing.is_empty() && !has_base {
        report_missing(&missing, language, root.span, report);
    }
    known.into_iter().collect()
}

/// One error for all of them: a translation that was begun lacks most.
fn report_missing(missing: &[String], language: &str, span: Span, report: &mut Report) {
    let named: Vec<String> = missing.iter().take(12).map(|key| format!("`{key}`")).collect();
    let more = if missing.len() > named.len() { format!(" and {} more", missing.len() - named.len()) } else { String::new() };
    let keys = if missing.len() == 1 { "key" } else { "keys" };
    let message = format!("`{language}` lacks the {keys} {}{more}", named.join(", "));
    report.error(Span { end: span.start, ..span }, message).hint("`tarn strings` prints every key with its English text");
}

/// What is built in, besides English.
fn builtin(language: &str) -> Option<Known> {
    let text = (language == "de").then_some(GERMAN)?;
    let root = yaml::parse(text, 0, &mut Report::default())?;
    read(&root, vec![None; Phrase::ALL.len()], &mut Report::default())
}

fn english() -> Known {
    let wording = |phrase: &Phrase| match phrase.english() {
        [one, other] => Wording(vec![(Plural::One, (*one).to_owned()), (Plural::Other, (*other).to_owned())]),
        texts => Wording(texts.iter().map(|text| (Plural::Other, (*text).to_owned())).collect()),
    };
    Phrase::ALL.iter().map(|phrase| Some(wording(phrase))).collect()
}

/// A built-in language (`en`, `de`) as a file for `strings:`, to translate or to change. `None` for any other.
pub fn strings(language: &str) -> Option<String> {
    match language {
        "de" => Some(GERMAN.to_owned()),
        "en" => {
            let mut file = String::from(
                "# What the page says. Keys stay; {names} in the texts stand for values. Where a text depends on a number, write the\n\
                 # forms that the language has: zero, one, two, few, many, other.\n",
            );
            for phrase in Phrase::ALL {
                // Writing to a string does not fail.
                let _ = match phrase.english() {
                    [one, other] => writeln!(file, "{}:\n  one: {one:?}\n  other: {other:?}", phrase.key()),
                    texts => writeln!(file, "{}: {:?}", phrase.key(), texts.last().copied().unwrap_or_default()),
                };
            }
            Some(file)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
