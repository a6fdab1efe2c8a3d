//! Numbers as they stand in addresses and fields.

/// A finite number in decimal or scientific notation: digits with a point, a sign and an exponent where there are any.
pub fn parse_number(text: &str) -> Option<f64> {
    if !is_number(text) {
        return None;
    }
    read(text).filter(|number| number.is_finite())
}

fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let unsigned = |text: &'_ str| text.strip_prefix(['+', '-']).map_or(text.len(), str::len);
    let mantissa = &mantissa[mantissa.len() - unsigned(mantissa)..];
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_exponent = |text: &str| {
        let text = &text[text.len() - unsigned(text)..];
        !text.is_empty() && digits(text)
    };
    digits(whole) && digits(fraction) && whole.len() + fraction.len() > 0 && exponent.is_none_or(has_exponent)
}

#[cfg(not(target_arch = "wasm32"))]
fn read(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// The browser's own reading, which rounds alike: Rust's brings 12 kB that do not compress.
#[cfg(target_arch = "wasm32")]
fn read(text: &str) -> Option<f64> {
    Some(js_sys::Number::parse_float(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is let through to the browser is what Rust reads, and nothing that the browser reads in its own way.
    #[test]
    fn numbers_are_those_of_rust() {
        let parts = ["", "+", "-", "0", "12", "007", ".", "1.", ".5", "1.25", "e", "e3", "E-3", "e+", "1e400", "x", " ", "inf", "NaN", "_"];
        for (a, b) in parts.iter().flat_map(|a| parts.iter().map(move |b| (a, b))) {
            for c in parts {
                let text = format!("{a}{b}{c}");
                let expected = text.parse().ok().filter(|number: &f64| number.is_finite());
                assert_eq!(parse_number(&text), expected, "{text:?}");
            }
        }
    }
}
