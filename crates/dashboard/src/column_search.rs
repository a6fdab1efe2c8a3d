use crate::parse_number;

/// Longer texts are not searched for.
const MAX_LETTERS: usize = 100;

/// What the rows of a table are narrowed by in one of its columns.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnSearch {
    /// Texts, without regard to case, and dates as `2001-06-30`. In small letters.
    Contains(String),
    /// Numbers for which all hold.
    Compares(Vec<(Operator, f64)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Below,
    AtMost,
    Equals,
    AtLeast,
    Above,
}

const OPERATORS: [(&str, Operator); 5] =
    [("<=", Operator::AtMost), (">=", Operator::AtLeast), ("<", Operator::Below), (">", Operator::Above), ("=", Operator::Equals)];

impl ColumnSearch {
    /// As it stands in addresses: `atl`; of numbers `>100`, `>=10 <20` or `15`, which is `=15`.
    pub fn parse(text: &str, is_number: bool) -> Option<Self> {
        Self::read(text, is_number, parse_number)
    }

    /// The same with numbers as somebody writes them; `5%` is `0.05`.
    pub fn read(text: &str, is_number: bool, number: impl Fn(&str) -> Option<f64>) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_LETTERS {
            return None;
        }
        if !is_number {
            return Some(Self::Contains(text.to_lowercase()));
        }
        let mut comparisons = vec![];
        let mut rest = text;
        while !rest.is_empty() {
            let operator = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign));
            let (sign, operator) = operator.copied().or((rest == text).then_some(("", Operator::Equals)))?;
            rest = &rest[sign.len()..];
            let end = rest.find(['<', '>', '=']).unwrap_or(rest.len());
            let written = rest[..end].trim();
            let value = match written.strip_suffix('%') {
                Some(percent) => number(percent.trim_end())? / 100.0,
                None => number(written)?,
            };
            comparisons.push((operator, value));
            rest = &rest[end..];
        }
        Some(Self::Compares(comparisons))
    }

    /// What [`ColumnSearch::parse`] reads, with numbers as somebody writes them.
    pub fn text(&self, number: impl Fn(f64) -> String) -> String {
        let Self::Compares(comparisons) = self else {
            let Self::Contains(text) = self else { return String::new() };
            return text.clone();
        };
        let mut text = String::new();
        for (operator, value) in comparisons {
            if !text.is_empty() {
                text.push(' ');
            }
            text += OPERATORS.iter().find(|(_, known)| known == operator).map_or("", |(sign, _)| sign);
            text += &number(*value);
        }
        text
    }

    /// Whether a number is found. NaN never is.
    pub fn finds_number(&self, value: f64) -> bool {
        let holds = |(operator, bound): &(Operator, f64)| match operator {
            Operator::Below => value < *bound,
            Operator::AtMost => value <= *bound,
            Operator::Equals => value == *bound,
            Operator::AtLeast => value >= *bound,
            Operator::Above => value > *bound,
        };
        matches!(self, Self::Compares(comparisons) if comparisons.iter().all(holds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read and written again.
    fn again(text: &str, is_number: bool) -> Option<String> {
        Some(ColumnSearch::parse(text, is_number)?.text(|number| number.to_string()))
    }

    #[test]
    fn searches_are_read_and_written() {
        for (text, expected) in [(" ATL ", "atl"), (">5", ">5"), ("a,b", "a,b")] {
            assert_eq!(again(text, false).as_deref(), Some(expected));
        }
        for (text, expected) in
            [(">100", ">100"), (">= 10 < 20", ">=10 <20"), ("15", "=15"), ("<-1.5e3", "<-1500"), (">25%", ">0.25"), ("=0", "=0")]
        {
            assert_eq!(again(text, true).as_deref(), Some(expected));
        }
        for wrong in ["", " ", ">", "abc", ">1x", "1 2", "><1", "> 5 6", ">1 abc", "%"] {
            assert_eq!(again(wrong, true), None, "{wrong}");
        }
        assert_eq!(again(&"x".repeat(101), false), None);
    }

    #[test]
    fn numbers_are_compared() {
        let finds = |text: &str, value: f64| ColumnSearch::parse(text, true).is_some_and(|search| search.finds_number(value));
        assert!(finds(">=10 <20", 10.0) && finds(">=10 <20", 19.9) && !finds(">=10 <20", 20.0));
        assert!(finds("15", 15.0) && !finds("15", 15.5) && !finds(">0", f64::NAN));
    }
}
