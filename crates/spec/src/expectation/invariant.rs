use super::check::{explain_column, find_view, has_column};
use crate::{Span, diagnostic::Report, suggest, yaml::Node};
use tarn_dashboard::Dashboard;

/// `sum(bars.flights) = kpi.flights`: two sums of products over columns of views, and how they lie to each other. Operators
/// stand between spaces, because ids may have hyphens.
#[derive(Clone, Debug, PartialEq)]
pub struct Invariant {
    pub text: String,
    pub left: Sum,
    pub comparison: Comparison,
    pub right: Sum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Products to add, each with whether it is subtracted, of factors, each with whether it divides.
pub type Sum = Vec<(bool, Vec<(bool, Term)>)>;

#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    Number(f64),
    Column { view: String, column: String, reduce: Reduce },
}

/// How the rows of a column become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduce {
    /// There is one row.
    Only,
    Sum,
    Min,
    Max,
    Avg,
    Count,
    First,
    Last,
    /// The row of totals.
    Total,
}

const REDUCERS: [(&str, Reduce); 8] = [
    ("sum", Reduce::Sum),
    ("min", Reduce::Min),
    ("max", Reduce::Max),
    ("avg", Reduce::Avg),
    ("count", Reduce::Count),
    ("first", Reduce::First),
    ("last", Reduce::Last),
    ("total", Reduce::Total),
];

const HINT: &str = "as in `that: sum(bars.flights) = kpi.flights`, with spaces around operators";

pub(super) fn parse(node: &Node, dashboard: &Dashboard, report: &mut Report) -> Option<Invariant> {
    let text = node.text(report)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let comparisons: Vec<(usize, Comparison)> = words.iter().enumerate().filter_map(|(at, word)| Some((at, comparison(word)?))).collect();
    let [(at, comparison)] = comparisons.as_slice() else {
        report.error(node.span, "an invariant compares two sides").hint(HINT);
        return None;
    };
    let mut side = |words: &[&str]| sum(words, node.span, dashboard, report);
    let (left, right) = (side(&words[..*at]), side(&words[at + 1..]));
    Some(Invariant { text: text.to_owned(), left: left?, comparison: *comparison, right: right? })
}

fn comparison(word: &str) -> Option<Comparison> {
    Some(match word {
        "=" | "==" => Comparison::Equal,
        "<>" | "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn sum(words: &[&str], span: Span, dashboard: &Dashboard, report: &mut Report) -> Option<Sum> {
    if words.len().is_multiple_of(2) {
        report.error(span, "an operator stands where a value is expected, or the other way round").hint(HINT);
        return None;
    }
    let mut sum: Sum = vec![(false, vec![(false, term(words[0], span, dashboard, report)?)])];
    for pair in words[1..].chunks(2) {
        let term = term(pair[1], span, dashboard, report);
        match (pair[0], sum.last_mut()) {
            ("+" | "-", _) => sum.push((pair[0] == "-", vec![(false, term?)])),
            ("*" | "/", Some((_, product))) => product.push((pair[0] == "/", term?)),
            _ => {
                report.error(span, format!("unknown operator `{}`", pair[0])).hint("+ - * / between spaces");
                return None;
            }
        }
    }
    Some(sum)
}

fn term(word: &str, span: Span, dashboard: &Dashboard, report: &mut Report) -> Option<Term> {
    if let Ok(number) = word.parse() {
        return Some(Term::Number(number));
    }
    let (reduce, inner) = match word.split_once('(') {
        None => (Reduce::Only, word),
        Some((name, rest)) => {
            let Some((_, reduce)) = REDUCERS.iter().find(|(known, _)| *known == name) else {
                let hint = suggest::hint(name, "functions", REDUCERS.iter().map(|(known, _)| *known));
                report.error(span, format!("unknown function `{name}`")).hint(hint);
                return None;
            };
            let Some(inner) = rest.strip_suffix(')') else {
                report.error(span, format!("`{word}` has no closing bracket")).hint(HINT);
                return None;
            };
            (*reduce, inner)
        }
    };
    let Some((view, column)) = inner.split_once('.') else {
        report.error(span, format!("`{inner}` is neither a number nor a column of a view")).hint(HINT);
        return None;
    };
    let found = find_view(view, span, dashboard, report)?;
    if !has_column(found, column) {
        explain_column(column, span, found, report);
        return None;
    }
    if reduce == Reduce::Total && !found.totals {
        report.error(span, format!("the view `{view}` has no totals")).hint("only a table with `totals` has them");
        return None;
    }
    Some(Term::Column { view: view.to_owned(), column: column.to_owned(), reduce })
}
