use crate::{
    Span,
    diagnostic::Report,
    suggest,
    yaml::{Entry, Node, Value},
};
use tarn_dashboard::{Phrase, Plural, Wording};

/// By phrase; `None` where nothing is said yet.
pub(super) type Known = Vec<Option<Wording>>;

/// Takes in what a file says. A key that no phrase has, and a text whose values are not those of the English one, are errors.
pub(super) fn read(root: &Node, mut known: Known, report: &mut Report) -> Option<Known> {
    let keys: Vec<String> = Phrase::ALL.iter().map(|phrase| phrase.key()).collect();
    for entry in root.mapping(report)? {
        let Some(at) = keys.iter().position(|key| *key == entry.key.text) else {
            let hint = suggest::hint(&entry.key.text, "keys", keys.iter().map(String::as_str));
            report.error(entry.key.span, format!("the page says nothing called `{}`", entry.key.text)).hint(hint);
            continue;
        };
        // What has an error is not missing as well.
        known[at] = Some(wording(Phrase::ALL[at], entry, report).unwrap_or(Wording(vec![])));
    }
    Some(known)
}

fn wording(phrase: Phrase, entry: &Entry, report: &mut Report) -> Option<Wording> {
    let Value::Mapping(forms) = &entry.value.value else {
        let text = entry.value.text(report)?;
        check(phrase, Plural::Other, text, entry.value.span, report);
        return Some(Wording(vec![(Plural::Other, text.to_owned())]));
    };
    if phrase.english().len() == 1 {
        report.error(entry.value.span, format!("`{}` does not depend on a number", entry.key.text)).hint("write one text");
        return None;
    }
    let mut texts = vec![];
    for form in forms {
        let Some(plural) = Plural::from_name(&form.key.text) else {
            let hint = suggest::hint(&form.key.text, "forms", Plural::ALL.map(Plural::name));
            report.error(form.key.span, format!("no language has a form `{}`", form.key.text)).hint(hint);
            continue;
        };
        if let Some(text) = form.value.text(report) {
            check(phrase, plural, text, form.value.span, report);
            texts.push((plural, text.to_owned()));
        }
    }
    if !forms.iter().any(|form| form.key.text == Plural::Other.name()) {
        report
            .error(entry.key.span, format!("`{}` lacks the form `other`", entry.key.text))
            .hint("every language has it: for all numbers that have no form of their own");
    }
    Some(Wording(texts))
}

/// Every value of the English text stands in the translation, and no other. A form for one number may leave the number out.
fn check(phrase: Phrase, plural: Plural, text: &str, span: Span, report: &mut Report) {
    let english = values(phrase.english().last().copied().unwrap_or_default());
    let given = values(text);
    for name in given.iter().filter(|name| !english.contains(name)) {
        let hint = match english.as_slice() {
            [] => "it has no values".to_owned(),
            _ => suggest::hint(name, "values", english.iter().copied()),
        };
        report.error(span, format!("`{}` has no value `{{{name}}}`", phrase.key())).hint(hint);
    }
    for name in english.iter().filter(|name| !given.contains(name) && (plural == Plural::Other || **name != "n")) {
        let message = format!("`{}` leaves out `{{{name}}}`", phrase.key());
        let texts = phrase.english().join("” or “");
        report.error(span, message).hint(format!("in English it is “{texts}”"));
    }
}

/// The names between braces, without what changes their letters.
fn values(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(name, _)| name.strip_suffix(".lower").unwrap_or(name)).collect()
}
