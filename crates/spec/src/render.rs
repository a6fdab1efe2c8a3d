use crate::{Diagnostic, Files};

/// One diagnostic as text for a terminal: message, place, the line with the span underlined, hint.
///
/// ```text
/// error: unknown key `titel`
///   --> dashboard.yaml:1:1
///    |
///  1 | titel: Flights
///    | ^^^^^
/// hint: did you mean `title`?
/// ```
pub fn render_text(files: &Files, diagnostic: &Diagnostic) -> String {
    /// A caret far right of the screen shows nothing: longer lines are cut around it.
    const WIDTH: usize = 120;
    let position = files.position(diagnostic.span);
    let line: Vec<char> = files.line(diagnostic.span).chars().map(printable).collect();
    let column = (position.column - 1).min(line.len());
    let first = if line.len() > WIDTH { column.saturating_sub(WIDTH / 2) } else { 0 };
    let shown: String = line.iter().skip(first).take(WIDTH).collect();
    let length = files.text(diagnostic.span).lines().next().unwrap_or("").chars().count();
    let carets = length.min(shown.chars().count().saturating_sub(column - first)).max(1);
    let number = position.line.to_string();
    let gutter = " ".repeat(number.len());
    let mut text = format!("{}: {}\n", diagnostic.severity.name(), diagnostic.message);
    text += &format!("{gutter}  --> {}:{}:{}\n", files.name(diagnostic.span), position.line, position.column);
    if !shown.trim().is_empty() {
        text += &format!("{gutter}  |\n {number} | {}\n", shown.trim_end());
        text += &format!("{gutter}  | {}{}\n", " ".repeat(column - first), "^".repeat(carets));
    }
    if let Some(hint) = &diagnostic.hint {
        text += &format!("hint: {hint}\n");
    }
    text
}

/// All diagnostics, an empty line between them, and a count of the errors at the end.
pub fn render_all(files: &Files, diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| render_text(files, diagnostic)).collect::<Vec<_>>().join("\n")
}

/// One diagnostic as a workflow command of GitHub Actions, which marks the line in a pull request.
pub fn render_github(files: &Files, diagnostic: &Diagnostic) -> String {
    let position = files.position(diagnostic.span);
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let hint = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("\nhint: {hint}"));
    let message = escape(&format!("{}{hint}", diagnostic.message));
    let name = property(files.name(diagnostic.span));
    format!("::{} file={name},line={},col={}::{message}\n", diagnostic.severity.name(), position.line, position.column)
}

/// Tabs and control characters would move the caret or the terminal's cursor.
fn printable(c: char) -> char {
    if c == '\t' {
        ' '
    } else if c.is_control() {
        '\u{fffd}'
    } else {
        c
    }
}
