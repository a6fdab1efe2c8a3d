//! Texts of others in a file that spreadsheets open.
use std::borrow::Cow;

/// A formula begins so, also in the letters of full width that some spreadsheets take for the same.
const RUNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What some spreadsheet takes for the end of a cell, whatever the file has between its own: the list separator of its language, a tab,
/// a line's end.
const ENDS: [char; 4] = [';', '\t', '\r', '\n'];

/// The text with an apostrophe before whatever a spreadsheet would run: it shows that as text then.
pub fn harmless(text: &str) -> Cow<'_, str> {
    guarded(text, &ENDS)
}

/// One field of RFC 4180, made harmless. An empty text is `""`, as nothing stands for null; one that looks like a comment is quoted, too.
pub fn csv_field(text: &str) -> String {
    let text = harmless(text);
    if text.is_empty() || text.starts_with('#') || text.contains(['"', ',', ';', '\t', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

/// One line of a comment. Whatever reads it as cells finds none that runs, and none that goes on in the next line.
pub fn csv_comment(text: &str) -> String {
    let line = text.replace(['\r', '\n'], " ").replace('"', "'");
    format!("# {}", guarded(&line, &[',', ';', '\t']))
}

fn guarded<'a>(text: &'a str, ends: &[char]) -> Cow<'a, str> {
    let mut out = String::new();
    let mut copied = 0;
    // What may stand between the end of a cell and its formula.
    let mut begins = true;
    for (at, c) in text.char_indices() {
        if begins && (RUNS.contains(&c) || (at == 0 && ['\t', '\r', '\n'].contains(&c))) {
            out.push_str(&text[copied..at]);
            out.push('\'');
            copied = at;
        }
        begins = ends.contains(&c) || (begins && [' ', '"', '\u{a0}', '\u{feff}'].contains(&c));
    }
    if copied == 0 && out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_becomes_text() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1＋1", "'＝1＋1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠a", "'＠a"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("\n=1", "'\n'=1"),
            ("  =1", "  '=1"),
            ("a;=1+1;b", "a;'=1+1;b"),
            ("a\n-b", "a\n'-b"),
            ("a;\"=1\"", "a;\"'=1\""),
        ] {
            assert_eq!(harmless(text), expected, "{text:?}");
        }
        for text in ["", "a=b", "a+b", "x - y", "ATL", "2024-01-01", "a;b", ";a", "'=1"] {
            assert!(matches!(harmless(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn fields_are_quoted_where_a_reader_would_cut_them() {
        for (text, expected) in [
            ("", "\"\""),
            ("a", "a"),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("#1", "\"#1\""),
            ("=\"a\"", "\"'=\"\"a\"\"\""),
            ("\t=1", "\"'\t'=1\""),
            ("a;=1", "\"a;'=1\""),
        ] {
            assert_eq!(csv_field(text), expected, "{text:?}");
        }
    }

    #[test]
    fn comments_have_no_cell_that_runs() {
        assert_eq!(csv_comment("Shop: a, =1+1\n=2,\"=3\""), "# Shop: a, '=1+1 =2,'=3'");
        assert_eq!(csv_comment("share = late / flights"), "# share = late / flights");
    }
}
