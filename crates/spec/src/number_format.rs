use tarn_dashboard::{NumberFormat, NumberStyle};

/// Reads a pattern: `0.0%`, `#,##0`, `0.0 min`, `$0.00`, `0.0a`.
///
/// - Zeros after the point are the decimals shown; a pattern without a point shows none.
/// - Thousands are grouped exactly when the pattern has a comma (`#,##0`). Without any pattern they are grouped.
/// - `%` right behind the digits multiplies by 100; `a` abbreviates to k, M and so on.
/// - What stands before and behind is shown as it is.
pub(crate) fn parse(pattern: &str) -> Result<NumberFormat, &'static str> {
    let start = pattern.find(['0', '#']).ok_or("a pattern needs a `0`, as in `#,##0.0`")?;
    let digits = pattern[start..].find(|c| !matches!(c, '0' | '#' | ',' | '.')).map_or(pattern.len(), |length| start + length);
    let (mut core, mut suffix) = (&pattern[start..digits], &pattern[digits..]);
    // "0." and "0," end a sentence rather than a number.
    if let Some(trimmed) = core.strip_suffix(['.', ',']) {
        core = trimmed;
        suffix = &pattern[digits - 1..];
    }
    let (whole, decimals) = core.split_once('.').unwrap_or((core, ""));
    if !decimals.chars().all(|c| c == '0') {
        return Err("decimals are written as zeros, as in `0.00`");
    }
    if decimals.len() > 9 {
        return Err("at most 9 decimals can be shown");
    }
    let grouping = match whole {
        "0" | "#" | "#0" => false,
        "#,##0" | "#,###" | "0,000" | "#,000" => true,
        _ => return Err("the whole part is `0`, or `#,##0` with thousands grouped"),
    };
    let after_unit = |unit: char| suffix.strip_prefix(unit).filter(|rest| !rest.starts_with(char::is_alphanumeric));
    let (style, suffix) = match (after_unit('%'), after_unit('a')) {
        (Some(rest), _) => (NumberStyle::Percent, rest),
        (_, Some(rest)) => (NumberStyle::Compact, rest),
        _ => (NumberStyle::Decimal, suffix),
    };
    if suffix.contains(['0', '#']) {
        return Err("a pattern has one number");
    }
    let prefix = pattern[..start].to_owned();
    Ok(NumberFormat { style, decimals: Some(decimals.len() as u8), grouping, prefix, suffix: suffix.to_owned() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(pattern: &str, style: NumberStyle, decimals: u8, grouping: bool, prefix: &str, suffix: &str) {
        let expected = NumberFormat { style, decimals: Some(decimals), grouping, prefix: prefix.into(), suffix: suffix.into() };
        assert_eq!(parse(pattern).unwrap(), expected, "{pattern}");
    }

    #[test]
    fn patterns() {
        check("0", NumberStyle::Decimal, 0, false, "", "");
        check("#,##0", NumberStyle::Decimal, 0, true, "", "");
        check("0.0%", NumberStyle::Percent, 1, false, "", "");
        check("0.0 min", NumberStyle::Decimal, 1, false, "", " min");
        check("$0.00", NumberStyle::Decimal, 2, false, "$", "");
        check("$#,##0.00a", NumberStyle::Compact, 2, true, "$", "");
        check("0.0a", NumberStyle::Compact, 1, false, "", "");
        check("#,##0 mi", NumberStyle::Decimal, 0, true, "", " mi");
        check("0 at", NumberStyle::Decimal, 0, false, "", " at");
        check("0at", NumberStyle::Decimal, 0, false, "", "at");
        check("0.", NumberStyle::Decimal, 0, false, "", ".");
    }

    #[test]
    fn what_is_no_pattern() {
        for pattern in ["", "min", "0.##", "0.0000000000", "00", "#,#0", "0 to 0", "0,0.0"] {
            assert!(parse(pattern).is_err(), "{pattern}");
        }
    }
}
