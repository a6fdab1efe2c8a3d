use crate::texts::Texts;
use crate::vector::{Lanes, Vector};
use tarn_dashboard::Function;

#[inline(never)]
pub(super) fn call(function: Function, values: &[Vector]) -> Option<Vector> {
    use Function as F;
    let mut texts = Vec::new();
    let mut ints = Vec::new();
    for value in values {
        match &value.lanes {
            Lanes::Text(lanes) => texts.push(lanes),
            Lanes::Int(lanes) => ints.push(lanes),
            _ => return None,
        }
    }
    let rows = 0..values.first()?.len();
    let int = |index: usize, row: usize| ints.get(index).map(|lanes| lanes[row]);
    let lanes = match (function, texts.as_slice(), ints.len()) {
        (F::Lower, [text], 0) => map(text, |text, out| out.push_str(&text.to_lowercase())),
        (F::Upper, [text], 0) => map(text, |text, out| out.push_str(&text.to_uppercase())),
        (F::Trim, [text], 0) => map(text, |text, out| out.push_str(text.trim_matches(' '))),
        (F::Length, [text], 0) => Lanes::Int(text.iter().map(|text| text.chars().count() as i64).collect()),
        (F::Concat, parts, 0) => {
            let mut joined = Texts::default();
            rows.for_each(|row| joined.push_with(|out| parts.iter().for_each(|part| out.push_str(part.get(row)))));
            Lanes::Text(joined)
        }
        (F::StartsWith, [text, prefix], 0) => test(text, prefix, |text, prefix| text.starts_with(prefix)),
        (F::Contains, [text, part], 0) => test(text, part, |text, part| text.contains(part)),
        (F::Like, [text, pattern], 0) => test(text, pattern, like),
        (F::Ilike, [text, pattern], 0) => test(text, pattern, |text, pattern| like(&text.to_lowercase(), &pattern.to_lowercase())),
        (F::Replace, [text, from, to], 0) => {
            let replace = |row: usize| match from.get(row) {
                "" => text.get(row).to_owned(),
                from => text.get(row).replace(from, to.get(row)),
            };
            build(rows, |row, out| out.push_str(&replace(row)))
        }
        (F::Substring, [text], 1 | 2) => build(rows, |row, out| substring(out, text.get(row), int(0, row).unwrap_or(1), int(1, row))),
        (F::SplitPart, [text, separator], 1) => {
            build(rows, |row, out| out.push_str(split_part(text.get(row), separator.get(row), int(0, row).unwrap_or(1))))
        }
        _ => return None,
    };
    let mut result = Vector::new(lanes);
    result.inherit(&values.iter().collect::<Vec<_>>());
    Some(result)
}

fn build(rows: std::ops::Range<usize>, write: impl Fn(usize, &mut String)) -> Lanes {
    let mut texts = Texts::default();
    rows.for_each(|row| texts.push_with(|out| write(row, out)));
    Lanes::Text(texts)
}

fn map(texts: &Texts, write: fn(&str, &mut String)) -> Lanes {
    build(0..texts.len(), |row, out| write(texts.get(row), out))
}

fn test(left: &Texts, right: &Texts, holds: fn(&str, &str) -> bool) -> Lanes {
    Lanes::Bool(left.iter().zip(right.iter()).map(|(left, right)| holds(left, right)).collect())
}

/// `%` stands for any characters, `_` for exactly one.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut in_pattern) = (0, 0);
    // Where to go on when the last `%` has to take one more character.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('%') => {
                retry = Some((in_pattern, at));
                in_pattern += 1;
            }
            Some(letter) if *letter == '_' || *letter == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((percent, taken)) = retry else { return false };
                retry = Some((percent, taken + 1));
                in_pattern = percent + 1;
                at = taken + 1;
            }
        }
    }
    pattern[in_pattern..].iter().all(|letter| *letter == '%')
}

/// As DuckDB: a start below zero counts from the end, and what lies before the first character is cut off.
fn substring(out: &mut String, text: &str, start: i64, length: Option<i64>) {
    let n_chars = text.chars().count() as i64;
    let from = match start {
        1.. => start - 1,
        0 => -1,
        _ => n_chars.saturating_add(start),
    };
    let (from, to) = match length {
        Some(length) if length < 0 => (from.saturating_add(length), from),
        Some(length) => (from, from.saturating_add(length)),
        None => (from, n_chars),
    };
    let skipped = from.clamp(0, n_chars);
    let taken = (to.clamp(0, n_chars) - skipped).max(0);
    out.extend(text.chars().skip(skipped as usize).take(taken as usize));
}

/// The n-th part, counted from the end when below zero; empty when there is none, such as for 0.
fn split_part<'a>(text: &'a str, separator: &str, n: i64) -> &'a str {
    // As in DuckDB, an empty separator stands between all characters.
    let parts: Vec<&str> = match separator {
        "" => text.char_indices().map(|(at, letter)| &text[at..at + letter.len_utf8()]).collect(),
        _ => text.split(separator).collect(),
    };
    let index = match n {
        0 => return "",
        1.. => n - 1,
        _ => parts.len() as i64 + n,
    };
    usize::try_from(index).ok().and_then(|index| parts.get(index).copied()).unwrap_or_default()
}
