use crate::Phrase;
use serde::{Deserialize, Serialize};

/// The form of a sentence that a number asks for, as Unicode's plural rules name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plural {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Plural {
    pub const ALL: [Self; 6] = [Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other];

    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plural| plural.name() == name)
    }
}

/// How a language says a phrase: one text, or several by number. [`Plural::Other`] is always among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording(pub Vec<(Plural, String)>);

impl Wording {
    fn form(&self, plural: Plural) -> &str {
        let of = |wanted| self.0.iter().find(|(plural, _)| *plural == wanted);
        of(plural).or_else(|| of(Plural::Other)).map_or("", |(_, text)| text)
    }
}

/// What a page says, in one language.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue<'a> {
    /// By phrase; empty for English.
    wordings: &'a [Wording],
}

impl<'a> Catalogue<'a> {
    pub const ENGLISH: Catalogue<'static> = Catalogue { wordings: &[] };

    pub fn new(wordings: &'a [Wording]) -> Self {
        Self { wordings }
    }

    /// Whether numbers ask for their forms as in English.
    pub fn is_english(self) -> bool {
        self.wordings.is_empty()
    }

    pub fn say(self, phrase: Phrase) -> &'a str {
        self.form(phrase, Plural::Other)
    }

    /// The phrase with its values in their places.
    pub fn fill(self, phrase: Phrase, values: &[(&str, &str)]) -> String {
        filled(self.say(phrase), values)
    }

    /// As [`Catalogue::fill`], in the form that the number asks for.
    pub fn count(self, phrase: Phrase, plural: Plural, values: &[(&str, &str)]) -> String {
        filled(self.form(phrase, plural), values)
    }

    fn form(self, phrase: Phrase, plural: Plural) -> &'a str {
        match self.wordings.get(phrase as usize) {
            Some(wording) => wording.form(plural),
            None => match phrase.english() {
                [one, _] if plural == Plural::One => one,
                texts => texts.last().copied().unwrap_or_default(),
            },
        }
    }
}

fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        let (name, small) = name.strip_suffix(".lower").map_or((name, false), |name| (name, true));
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        if small {
            out.push_str(&with_small_letters(value))
        } else {
            out.push_str(value)
        }
        rest = after;
    }
    out + rest
}

/// `Hour of Day, Weekday` becomes `hour of Day, weekday`. Letters of ASCII alone: the tables for all others would be the page's
/// largest.
fn with_small_letters(list: &str) -> String {
    let small = |text: &str| {
        let mut text = text.to_owned();
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        text
    };
    list.split(", ").map(small).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_their_places() {
        assert_eq!(Catalogue::ENGLISH.fill(Phrase::ClearFilter, &[("filter", "Hour of Day")]), "Clear hour of Day");
        let sentence = Catalogue::ENGLISH.fill(Phrase::TitleBy, &[("keys", "Weekday, Hour"), ("measures", "Flights")]);
        assert_eq!(sentence, "Flights by weekday, hour");
        assert_eq!(Catalogue::ENGLISH.fill(Phrase::Snapshot, &[("name", "{name}")]), "snapshot {name}", "values are no patterns");
    }

    #[test]
    fn numbers_choose_their_form() {
        let n = |plural, n: &str| Catalogue::ENGLISH.count(Phrase::NValues, plural, &[("n", n)]);
        assert_eq!((n(Plural::One, "1"), n(Plural::Other, "12")), ("1 value".into(), "12 values".into()));
        let mut wordings = vec![Wording(vec![(Plural::Other, String::new())]); Phrase::ALL.len()];
        wordings[Phrase::NValues as usize] = Wording(vec![(Plural::Few, "{n} hodnoty".into()), (Plural::Other, "{n} hodnot".into())]);
        let catalogue = Catalogue::new(&wordings);
        assert_eq!(catalogue.count(Phrase::NValues, Plural::Few, &[("n", "3")]), "3 hodnoty");
        assert_eq!(catalogue.count(Phrase::NValues, Plural::One, &[("n", "1")]), "1 hodnot", "a form that the language lacks");
    }
}
