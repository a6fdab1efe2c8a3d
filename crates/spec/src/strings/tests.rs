#![allow(clippy::unwrap_used)]
use super::*;
use crate::{compile_with, render_all};
use tarn_dashboard::{Catalogue, Dashboard};

const PAGES: &str = "
title: T
data: { f: { source: f.parquet, ttl: 1h, schema: { k: string }, measures: { m: count(*) } } }
pages: [{ title: P, rows: [[{ bar: m, by: k }]] }]
";

/// The dashboard with these keys more, where `strings.yaml` says `strings`; or what the author is told.
fn compiled(keys: &str, strings: &str) -> Result<(Dashboard, String), String> {
    let read = |path: &str| if path == "strings.yaml" { Ok(strings.as_bytes().to_vec()) } else { Err("no such file".to_owned()) };
    let compiled = compile_with("folder/t.yaml", format!("{keys}{PAGES}").as_bytes(), &read);
    let told = render_all(&compiled.files, &compiled.diagnostics);
    match compiled.dashboard {
        Some(dashboard) => Ok((dashboard, told)),
        None => Err(told),
    }
}

#[test]
fn german_is_complete() {
    let (mut report, mut files) = (Report::default(), Files::default());
    let file = files.add("german.yaml", GERMAN.into());
    let root = yaml::parse(GERMAN, file, &mut report).unwrap();
    let known = read(&root, vec![None; Phrase::ALL.len()], &mut report).unwrap();
    assert_eq!(render_all(&files, &report.into_diagnostics()), "");
    let missing: Vec<String> =
        Phrase::ALL.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(phrase, _)| phrase.key()).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn a_dashboard_carries_the_words_of_its_language_alone() {
    assert_eq!(compiled("", "").unwrap().0.strings, vec![]);
    assert_eq!(compiled("locale: en-US", "").unwrap().0.strings, vec![]);
    let (german, told) = compiled("locale: de-CH", "").unwrap();
    assert_eq!(told, "");
    assert_eq!(german.catalogue().say(Phrase::Share), "Teilen");
    assert_eq!(german.catalogue().count(Phrase::NValues, Plural::One, &[("n", "1")]), "1 Wert");
    assert_eq!(german.view("bar-m-by-k").unwrap().1.title, "M nach K");
}

#[test]
fn other_languages_come_from_a_file() {
    let french = strings("en").unwrap().replace("\"Share\"", "\"Partager\"");
    let (dashboard, told) = compiled("locale: fr-FR\nstrings: strings.yaml", &french).unwrap();
    assert_eq!((dashboard.catalogue().say(Phrase::Share), told.as_str()), ("Partager", ""));
    let (english, told) = compiled("locale: fr-FR", "").unwrap();
    assert_eq!(english.strings, vec![]);
    assert!(told.contains("warning: there are no words for `fr`") && told.contains("tarn strings"), "{told}");
}

#[test]
fn a_file_may_change_some_words_of_a_language_that_is_known() {
    let (german, _) = compiled("locale: de\nstrings: strings.yaml", "share: Weitergeben").unwrap();
    assert_eq!((german.catalogue().say(Phrase::Share), german.catalogue().say(Phrase::Close)), ("Weitergeben", "Schließen"));
    let (english, _) = compiled("strings: strings.yaml", "share: Pass on").unwrap();
    assert_eq!((english.catalogue().say(Phrase::Share), english.catalogue().say(Phrase::Close)), ("Pass on", "Close"));
}

#[test]
fn what_is_missing_or_unknown_is_told_with_its_cure() {
    let told = |keys: &str, strings: &str| compiled(keys, strings).unwrap_err();
    let check = |told: String, parts: &[&str]| parts.iter().for_each(|part| assert!(told.contains(part), "{part}\n{told}"));
    let french = "locale: fr\nstrings: strings.yaml";
    check(
        told(french, "share: Partager"),
        &["`fr` lacks the keys `pages`, `filters`", "more", "--> folder/strings.yaml:1:1", "tarn strings"],
    );
    check(told("strings: strings.yaml", "shrae: Pass on"), &["nothing called `shrae`", "folder/strings.yaml:1:1", "did you mean `share`?"]);
    check(
        told("strings: strings.yaml", "data_to: Up to {dya}"),
        &["no value `{dya}`", "did you mean `day`?", "leaves out `{day}`", "“Data to {day}”"],
    );
    check(told("strings: strings.yaml", "share: { one: a, other: b }"), &["`share` does not depend on a number"]);
    check(
        told("strings: strings.yaml", "n_values: { one: one value, som: x }"),
        &["no language has a form `som`", "lacks the form `other`"],
    );
    check(told("strings: there.yaml", ""), &["`there.yaml` cannot be read: no such file", "starts at the dashboard file"]);
}

#[test]
fn the_printed_english_is_a_file_that_is_read() {
    let (dashboard, told) = compiled("strings: strings.yaml", &strings("en").unwrap()).unwrap();
    assert_eq!(told, "");
    for phrase in Phrase::ALL {
        for plural in [Plural::One, Plural::Other] {
            let say = |catalogue: Catalogue<'_>| catalogue.count(*phrase, plural, &[]);
            assert_eq!(say(dashboard.catalogue()), say(Catalogue::ENGLISH), "{phrase:?}");
        }
    }
}
