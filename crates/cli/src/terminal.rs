//! Colours for people: on terminals that show them, and nowhere else.
use std::env;
use std::io::{self, IsTerminal as _};

/// What is wrong, for standard error.
pub fn tell(text: &str) {
    eprint!("{}", painted(text, io::stderr().is_terminal()));
}

/// The text as standard output should get it.
pub fn for_output(text: String) -> String {
    painted(&text, io::stdout().is_terminal())
}

/// With errors, warnings, hints and carets in colour. `NO_COLOR` and `TERM=dumb` are honoured.
fn painted(text: &str, terminal: bool) -> String {
    let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || env::var_os("TERM").is_some_and(|term| term == "dumb");
    if !terminal || plain {
        return text.to_owned();
    }
    text.split_inclusive('\n').map(line).collect()
}

fn line(line: &str) -> String {
    const RED: &str = "1;31";
    const CARETS: &[char] = &[' ', '|', '^'];
    let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
    let word = content.split([':', ' ']).next().unwrap_or_default();
    let color = match word {
        "error" | "FAIL" => RED,
        "warning" => "1;33",
        "hint" => "1;36",
        "ok" => "32",
        _ if content.contains('^') && content.chars().all(|c| CARETS.contains(&c)) => {
            return content
                .find('^')
                .map_or_else(|| line.to_owned(), |at| format!("{}\x1b[{RED}m{}\x1b[0m{end}", &content[..at], &content[at..]));
        }
        _ => return line.to_owned(),
    };
    format!("\x1b[{color}m{word}\x1b[0m{}{end}", &content[word.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "error: unknown key `titel`\n  --> a.yaml:1:1\n  |\n 1 | titel: ^\n  | ^^^^^\nhint: did you mean `title`?\n";

    #[test]
    fn words_and_carets_are_painted_and_nothing_else_changes() {
        let painted: String = TOLD.split_inclusive('\n').map(line).collect();
        assert!(painted.starts_with("\x1b[1;31merror\x1b[0m: unknown key"), "{painted}");
        assert!(painted.contains("  | \x1b[1;31m^^^^^\x1b[0m\n\x1b[1;36mhint\x1b[0m: did"), "{painted}");
        let mut bare = painted;
        for code in ["\x1b[1;31m", "\x1b[1;36m", "\x1b[0m"] {
            bare = bare.replace(code, "");
        }
        assert_eq!(bare, TOLD);
    }

    #[test]
    fn pipes_get_no_colours() {
        assert_eq!(painted(TOLD, false), TOLD);
    }
}
