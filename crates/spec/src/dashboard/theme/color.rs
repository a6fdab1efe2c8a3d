//! Colours as they are seen: their contrast, and how far apart they are for those who do not see all of them.

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Color(pub [u8; 3]);

/// Who sees: the name, and what becomes of linear light. After Machado, Oliveira and Fernandes (2009).
pub(super) const SIGHTS: [(&str, [[f64; 3]; 3]); 3] = [
    ("", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("without red", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    ("without green", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
];

impl Color {
    pub const fn hex(rgb: u32) -> Self {
        Self([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8])
    }

    /// `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            3 => Some(Self([8, 4, 0].map(|shift| (value >> shift & 15) as u8 * 17))),
            6 => Some(Self::hex(value)),
            _ => None,
        }
    }

    pub fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// With that share, 0..=1, of another.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |at: usize| (f64::from(self.0[at]) + (f64::from(other.0[at]) - f64::from(self.0[at])) * share).round() as u8;
        Self([mix(0), mix(1), mix(2)])
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// From 1 to 21, as WCAG defines it.
    pub fn contrast(self, other: Self) -> f64 {
        let luminance = |color: Self| color.linear().iter().zip([0.2126, 0.7152, 0.0722]).map(|(a, b)| a * b).sum::<f64>() + 0.05;
        let (a, b) = (luminance(self), luminance(other));
        a.max(b) / a.min(b)
    }

    /// In Björn Ottosson's Oklab, where distances are as they are seen.
    pub fn distance(self, other: Self, sight: [[f64; 3]; 3]) -> f64 {
        let cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]];
        let lab = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]];
        let seen = |color: Self| times(lab, times(cones, times(sight, color.linear()).map(|channel| channel.max(0.0))).map(f64::cbrt));
        seen(self).iter().zip(seen(other)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    /// Nearer to white, as little as gives that contrast.
    pub fn lightened(self, ground: Self, contrast: f64) -> Self {
        let mut steps = (0..=50).map(|step| self.mixed(Self([255; 3]), f64::from(step) / 50.0));
        steps.clone().find(|color| color.contrast(ground) >= contrast).or(steps.next_back()).unwrap_or(self)
    }
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_compared() {
        assert_eq!(Color::parse("#0F766e"), Some(Color::hex(0x0f766e)));
        assert_eq!(Color::parse("#abc"), Some(Color::hex(0xaabbcc)));
        for text in ["", "blue", "#12", "#1234567", "#ggg", "123456"] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
        let (black, white) = (Color::hex(0), Color::hex(0xffffff));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((Color::hex(0x767676).contrast(white) - 4.54).abs() < 0.01);
        let (red, green) = (Color::hex(0xd62728), Color::hex(0x4f8a10));
        assert!(red.distance(green, SIGHTS[0].1) > 0.2 && red.distance(green, SIGHTS[2].1) < 0.09);
        let dark = Color::hex(0x151b22);
        assert!(Color::hex(0x0f766e).lightened(dark, 4.5).contrast(dark) >= 4.5);
        assert_eq!(white.lightened(dark, 4.5), white);
    }
}
