/// How wide texts are. Layout asks this, so that it is the same code in a browser and in tests.
pub trait TextMeasure {
    /// In pixels, in the theme's font.
    fn width(&self, text: &str, font_size: f64) -> f64;
}

/// Widths from a bundled table, those of DejaVu Sans: layout is then the same on every machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct FontMetrics;

/// Advance widths from space to tilde, in thousandths of the font size.
const ASCII: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337,
    337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732,
    684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635,
    635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

impl TextMeasure for FontMetrics {
    fn width(&self, text: &str, font_size: f64) -> f64 {
        let width = |c: char| match c {
            '\u{a0}' => 318,
            '–' => 500,
            '−' => 838,
            '…' => 1000,
            _ => (c as usize).checked_sub(32).and_then(|i| ASCII.get(i).copied()).unwrap_or(640),
        };
        text.chars().map(|c| f64::from(width(c))).sum::<f64>() * font_size / 1000.0
    }
}

/// The text, or as much of its beginning as fits with an ellipsis.
pub(crate) fn fit(text: &str, max_width: f64, font_size: f64, measure: &dyn TextMeasure) -> String {
    if measure.width(text, font_size) <= max_width {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    // The longest prefix that fits; widths grow with length.
    let n = ends.partition_point(|end| measure.width(&format!("{}…", &text[..*end]), font_size) <= max_width);
    let end = ends.get(n.saturating_sub(1)).copied().unwrap_or(0);
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_with_an_ellipsis() {
        let width = |text: &str| FontMetrics.width(text, 10.0);
        assert_eq!(fit("Chicago", width("Chicago"), 10.0, &FontMetrics), "Chicago");
        assert_eq!(fit("Chicago O’Hare", width("Chicago…"), 10.0, &FontMetrics), "Chicago…");
        assert_eq!(fit("Zürich", 0.0, 10.0, &FontMetrics), "…");
    }
}
