use crate::pen::{Drawn, HPos, Pen, VPos};
use crate::text::fit;
use crate::{Color, Frame, Rect, ascending};
use plotters_backend::DrawingBackend;

/// Narrower charts keep their width for the data.
const MIN_WIDTH: f64 = 480.0;
const MAX_LABEL: f64 = 120.0;
/// The colour before a label: its distance from the plot, its length, and the distance to the text.
const KEY: (f64, f64, f64) = (6.0, 8.0, 4.0);

/// The names of series at the right of a plot.
pub(super) struct EndLabels {
    texts: Vec<String>,
    /// What they take of the frame; nothing where they do not fit.
    pub width: f64,
}

impl EndLabels {
    pub fn layout(frame: &Frame<'_>, labels: &mut dyn Iterator<Item = &str>) -> Self {
        let size = frame.theme.font_size;
        let texts: Vec<String> = labels.map(|label| fit(label, MAX_LABEL, size, frame.measure)).collect();
        let needed = row_height(size) * texts.len() as f64;
        if frame.width < MIN_WIDTH || texts.len() < 2 || needed > frame.height - 2.5 * size {
            return Self { texts, width: 0.0 };
        }
        let widest = texts.iter().map(|text| frame.text_width(text)).fold(0.0, f64::max);
        Self { texts, width: (KEY.0 + KEY.1 + KEY.2 + widest).ceil() }
    }

    /// Draws those series that end somewhere, at the height of their end or as near to it as others leave room. `frame` is
    /// the whole; `plot` is what they stand beside.
    pub fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame<'_>,
        plot: Rect,
        ends: &mut dyn Iterator<Item = Option<(f64, Color)>>,
    ) -> Drawn<DB> {
        let labels: Vec<(f64, (Color, &str))> =
            ends.zip(&self.texts).filter_map(|(end, text)| end.map(|(y, color)| (y, (color, text.as_str())))).collect();
        let (heights, labels): (Vec<f64>, Vec<(Color, &str)>) = labels.into_iter().unzip();
        let down = ascending(&heights);
        let heights =
            spread(down.iter().map(|place| heights[*place]).collect(), row_height(frame.theme.font_size), (plot.top, plot.bottom));
        for ((color, text), y) in down.iter().map(|place| labels[*place]).zip(heights) {
            let left = plot.right + KEY.0;
            let middle = y.round();
            pen.rect(Rect { left, top: middle - 1.0, right: left + KEY.1, bottom: middle + 1.0 }, color)?;
            pen.label(text, (left + KEY.1 + KEY.2, middle), (HPos::Left, VPos::Center), frame.theme.ink)?;
        }
        Ok(())
    }
}

fn row_height(size: f64) -> f64 {
    size * 1.25
}

/// Ascending heights, moved apart as little as keeps them that far from each other and within the bounds.
pub(super) fn spread(mut heights: Vec<f64>, distance: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut least = top;
    for height in &mut heights {
        *height = height.max(least);
        least = *height + distance;
    }
    let mut most = bottom;
    for height in heights.iter_mut().rev() {
        *height = height.min(most);
        most = *height - distance;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn labels_keep_their_distance_and_stay_inside() {
        assert_eq!(spread(vec![10.0, 50.0, 90.0], 14.0, (0.0, 100.0)), [10.0, 50.0, 90.0]);
        assert_eq!(spread(vec![50.0, 51.0, 52.0], 14.0, (0.0, 100.0)), [50.0, 64.0, 78.0]);
        assert_eq!(spread(vec![95.0, 96.0, 99.0], 14.0, (0.0, 100.0)), [72.0, 86.0, 100.0]);
        assert_eq!(spread(vec![-5.0, -5.0], 14.0, (0.0, 100.0)), [0.0, 14.0]);
    }
}
