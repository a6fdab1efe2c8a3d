use crate::math::power;
use tarn_dashboard::{MAX_SERIES, parse_number};

/// An sRGB colour with an opacity in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
    pub alpha: f64,
}

/// What charts are painted with. One accent; grey for what is filtered out; meaning only where the author said what is good.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub background: Color,
    /// Behind the chart itself.
    pub card: Color,
    pub ink: Color,
    /// Labels.
    pub muted: Color,
    pub grid: Color,
    /// Baselines.
    pub axis: Color,
    pub accent: Color,
    /// Chosen controls, bars behind numbers.
    pub accent_soft: Color,
    /// Marks outside of the selection.
    pub grey_mark: Color,
    /// Series, told apart also by those who do not see all colours; the first is the accent.
    pub series: [Color; MAX_SERIES as usize],
    /// From little to much.
    pub sequential: [Color; N_SEQUENTIAL],
    /// What is no series of its own: all others together.
    pub rest: Color,
    pub good: Color,
    pub bad: Color,
    pub warn: Color,
    /// A CSS font list.
    pub font_family: String,
    /// Of axis labels, in pixels.
    pub font_size: f64,
}

impl Color {
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: 1.0 }
    }

    const fn hex(rgb: u32) -> Self {
        Self::rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }

    pub const fn with_alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// This colour with that share, 0..=1, of another; both opaque.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Self::rgb(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }

    /// Relative luminance as WCAG defines it.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { power((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// `#rrggbb`; the opacity is left out.
    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Reads `#rgb`, `#rrggbb`, `rgb(…)` and `rgba(…)`, the forms in which browsers report colours.
    pub fn parse_css(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            let value = u32::from_str_radix(digits, 16).ok()?;
            return match digits.len() {
                3 => Some(Self::rgb((value >> 8 & 15) as u8 * 17, (value >> 4 & 15) as u8 * 17, (value & 15) as u8 * 17)),
                6 => Some(Self::hex(value)),
                _ => None,
            };
        }
        let inner = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?.strip_suffix(')')?;
        let mut parts = inner.split([',', '/', ' ']).filter(|part| !part.is_empty());
        let mut channel = || parse_number(parts.next()?).map(|value| value.round().clamp(0.0, 255.0) as u8);
        let color = Self::rgb(channel()?, channel()?, channel()?);
        match parts.next() {
            None => Some(color),
            Some(alpha) => Some(color.with_alpha(match alpha.strip_suffix('%') {
                Some(percent) => parse_number(percent)? / 100.0,
                None => parse_number(alpha)?,
            })),
        }
    }
}

/// Colours that a sequential scale is given by.
const N_SEQUENTIAL: usize = 5;

impl Theme {
    /// Colours for more and more of something, where the author gives none: from next to the card's colour over the accent, at
    /// three quarters, to one that is nearer to the ink, so that more always stands out more, in the dark too.
    pub fn ramp(card: Color, accent: Color, ink: Color) -> [Color; N_SEQUENTIAL] {
        let faint = card.mixed(accent, 0.09);
        [faint, faint.mixed(accent, 1.0 / 3.0), faint.mixed(accent, 2.0 / 3.0), accent, accent.mixed(ink, 0.4)]
    }

    pub fn light() -> Self {
        let ink = Color::hex(0x12181f);
        let grey_mark = Color::hex(0xd4dae2);
        Self {
            background: Color::hex(0xf7f8fa),
            card: Color::hex(0xffffff),
            muted: Color::hex(0x5b6673),
            accent: Color::hex(0x2463eb),
            accent_soft: Color::hex(0xdbe7ff),
            sequential: Self::ramp(Color::hex(0xffffff), Color::hex(0x2463eb), ink),
            series: [0x2463eb, 0xd97706, 0x35a08e, 0xb01e68, 0x7d6b12, 0x1b83ad, 0x4a1f9e, 0x6e1212].map(Color::hex),
            rest: Color::hex(0xb6bfca),
            good: Color::hex(0x0f7b53),
            bad: Color::hex(0xb42318),
            warn: Color::hex(0x8a4b00),
            ..Self::of_ink(ink, grey_mark)
        }
    }

    pub fn dark() -> Self {
        let ink = Color::hex(0xe8edf3);
        let grey_mark = Color::hex(0x333d49);
        Self {
            background: Color::hex(0x0e1217),
            card: Color::hex(0x151b22),
            muted: Color::hex(0x93a0ae),
            accent: Color::hex(0x6ea0ff),
            accent_soft: Color::hex(0x1c2c4d),
            sequential: Self::ramp(Color::hex(0x151b22), Color::hex(0x6ea0ff), ink),
            series: [0x6ea0ff, 0xf99c2b, 0x64bead, 0xbc3e79, 0xfbdf93, 0xaaeafe, 0x735acc, 0xe05d3d].map(Color::hex),
            rest: Color::hex(0x465160),
            good: Color::hex(0x4cc38a),
            bad: Color::hex(0xff8a80),
            warn: Color::hex(0xf5c26b),
            ..Self::of_ink(ink, grey_mark)
        }
    }

    fn of_ink(ink: Color, grey_mark: Color) -> Self {
        Self {
            background: ink,
            card: ink,
            ink,
            muted: ink,
            grid: ink.with_alpha(0.1),
            axis: ink.with_alpha(0.35),
            accent: ink,
            accent_soft: ink,
            grey_mark,
            sequential: [ink; N_SEQUENTIAL],
            series: [ink; MAX_SERIES as usize],
            rest: ink,
            good: ink,
            bad: ink,
            warn: ink,
            font_family: "system-ui, sans-serif".to_owned(),
            font_size: 11.0,
        }
    }

    /// The colour of a value that lies at this share, 0..=1, of a range.
    pub fn sequential(&self, share: f64) -> Color {
        let place = share.clamp(0.0, 1.0) * (N_SEQUENTIAL - 1) as f64;
        let at = (place as usize).min(N_SEQUENTIAL - 2);
        self.sequential[at].mixed(self.sequential[at + 1], place - at as f64)
    }

    /// A line outside of the selection: thin, so it needs more than an area does.
    pub(crate) fn grey_line(&self) -> Color {
        self.grey_mark.mixed(self.muted, 0.3)
    }

    /// The colour of a series by its place among the colours; `None` is for all others together.
    pub fn series_color(&self, place: Option<u32>) -> Color {
        place.map_or(self.rest, |place| self.series[place as usize % self.series.len()])
    }

    /// A colour that stands back behind the chosen ones.
    pub(crate) fn faint(&self, color: Color) -> Color {
        self.card.mixed(color, 0.35)
    }

    /// Ink or card, whichever is read better on this colour.
    pub(crate) fn readable_on(&self, color: Color) -> Color {
        let contrast = |other: Color| {
            let (a, b) = (other.luminance() + 0.05, color.luminance() + 0.05);
            a.max(b) / a.min(b)
        };
        if contrast(self.ink) >= contrast(self.card) { self.ink } else { self.card }
    }

    /// Behind the selected part of a line.
    pub(crate) fn selection(&self) -> Color {
        self.accent.with_alpha(0.08)
    }

    /// Under the line of a sparkline.
    pub(crate) fn area(&self) -> Color {
        self.accent.with_alpha(0.12)
    }

    /// The area of a series that lies on others.
    pub(crate) fn filled(&self, color: Color) -> Color {
        self.card.mixed(color, 0.86)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Machado, Oliveira and Fernandes (2009), in linear light: full sight, without red, without green.
    const SIGHT: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ];

    fn linear(color: Color) -> [f64; 3] {
        [color.red, color.green, color.blue].map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { power((share + 0.055) / 1.055, 2.4) }
        })
    }

    fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
    }

    /// In the space of Björn Ottosson's Oklab, where distances are as they are seen.
    fn seen(color: Color, sight: [[f64; 3]; 3]) -> [f64; 3] {
        let cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]];
        let lab = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]];
        times(lab, times(cones, times(sight, linear(color)).map(|channel| channel.max(0.0))).map(f64::cbrt))
    }

    #[test]
    fn series_are_told_apart_by_everyone() {
        for theme in [Theme::light(), Theme::dark()] {
            assert_eq!(theme.series[0], theme.accent);
            let all: Vec<Color> = theme.series.into_iter().chain([theme.rest]).collect();
            for (at, a) in all.iter().enumerate() {
                let (light, dark) = (a.luminance().max(theme.card.luminance()), a.luminance().min(theme.card.luminance()));
                assert!((light + 0.05) / (dark + 0.05) >= 3.0 || *a == theme.rest, "{} is faint on the card", a.css());
                for b in &all[at + 1..] {
                    for sight in SIGHT {
                        let distance: f64 = seen(*a, sight).iter().zip(seen(*b, sight)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                        assert!(
                            distance >= if *b == theme.rest { 0.05 } else { 0.09 },
                            "{} and {} are {distance:.3} apart",
                            a.css(),
                            b.css()
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn more_stands_out_more_and_is_told_from_less_by_everyone() {
        for theme in [Theme::light(), Theme::dark()] {
            let contrast = |color: Color| {
                let (a, b) = (color.luminance() + 0.05, theme.card.luminance() + 0.05);
                a.max(b) / a.min(b)
            };
            assert!(contrast(theme.sequential[N_SEQUENTIAL - 1]) >= 4.5);
            for pair in theme.sequential.windows(2) {
                assert!(contrast(pair[0]) < contrast(pair[1]), "{} and {}", pair[0].css(), pair[1].css());
                for sight in SIGHT {
                    let distance: f64 = seen(pair[0], sight).iter().zip(seen(pair[1], sight)).map(|(a, b)| (a - b).powi(2)).sum();
                    assert!(distance.sqrt() >= 0.045, "{} and {} are {:.3} apart", pair[0].css(), pair[1].css(), distance.sqrt());
                }
            }
        }
    }

    #[test]
    fn css_colours_are_read_as_browsers_report_them() {
        let blue = Color::rgb(36, 99, 235);
        for text in ["#2463eb", " #2463EB", "rgb(36, 99, 235)", "rgb(36 99 235)", "rgba(36, 99, 235, 1)"] {
            assert_eq!(Color::parse_css(text), Some(blue), "{text}");
        }
        assert_eq!(Color::parse_css("#fff"), Some(Color::rgb(255, 255, 255)));
        assert_eq!(Color::parse_css("rgb(36 99 235 / 10%)"), Some(blue.with_alpha(0.1)));
        for text in ["", "#12", "#zzzzzz", "blue", "rgb(1, 2)"] {
            assert_eq!(Color::parse_css(text), None, "{text}");
        }
    }
}
