/// Seconds in a text such as `30s`, `5m`, `1h 30m`, `24h`, `7d`. `None` for anything else, for zero and for more than 68 years.
pub(crate) fn seconds(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    for part in text.split_whitespace() {
        let digits = part.find(|c: char| !c.is_ascii_digit())?;
        let unit = match &part[digits..] {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        total = part[..digits].parse::<u32>().ok()?.checked_mul(unit)?.checked_add(total)?;
    }
    (1..=i32::MAX as u32).contains(&total).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [("30s", 30), ("5m", 300), ("1h 30m", 5_400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["", "5", "m", "5 m", "5min", "0s", "-5m", "1.5h", "99999999999d", "4294967295d", "forever"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
