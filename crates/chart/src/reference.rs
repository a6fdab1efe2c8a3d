use crate::pen::{Drawn, HPos, Pen, VPos};
use crate::text::fit;
use crate::{Frame, Rect, Scale};
use plotters_backend::DrawingBackend;

const DASH: (f64, f64) = (4.0, 3.0);
const LABEL_GAP: f64 = 4.0;

/// A line or, where its ends differ, a band that data is read against.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Whether it lies on the axis that runs across, rather than on the vertical one.
    pub across: bool,
    pub from: f64,
    pub to: f64,
    /// Empty where there is none.
    pub label: String,
}

impl Frame<'_> {
    /// Values that an axis has to span for the references on it, and for other panels.
    pub(crate) fn referred(&self, across: bool) -> impl Iterator<Item = f64> {
        self.references
            .iter()
            .filter(move |reference| reference.across == across)
            .flat_map(|reference| [reference.from, reference.to])
            .chain(self.shared(usize::from(!across)))
    }

    pub(crate) fn has_labels_above(&self) -> bool {
        self.references.iter().any(|reference| reference.across && !reference.label.is_empty())
    }
}

/// Bands, behind the marks.
pub(crate) fn draw_bands<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, area: Rect, x: Scale, y: Scale) -> Drawn<DB> {
    for reference in frame.references.iter().filter(|reference| reference.from < reference.to) {
        let scale = if reference.across { x } else { y };
        let end = |value: f64| scale.pixel_from_value(scale.clamp(value));
        let (a, b) = (end(reference.from), end(reference.to));
        let (first, last) = (a.min(b), a.max(b));
        let band = if reference.across { Rect { left: first, right: last, ..area } } else { Rect { top: first, bottom: last, ..area } };
        if first < last {
            pen.rect(band, frame.theme.muted.with_alpha(0.12))?;
        }
    }
    Ok(())
}

/// Lines and all labels, over the marks. What lies outside of the axis is not drawn.
pub(crate) fn draw_lines<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, area: Rect, x: Scale, y: Scale) -> Drawn<DB> {
    for reference in frame.references {
        let scale = if reference.across { x } else { y };
        let is_in = |value: f64| (scale.domain.0..=scale.domain.1).contains(&value);
        let is_line = reference.from == reference.to;
        if !is_in(reference.from) && (is_line || !is_in(reference.to)) {
            continue;
        }
        if is_line {
            dashed(pen, frame, area, (reference.across, scale.pixel_from_value(reference.from)))?;
        }
        label(pen, frame, area, reference, scale)?;
    }
    Ok(())
}

fn dashed<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, area: Rect, (across, at): (bool, f64)) -> Drawn<DB> {
    let (mut from, end) = if across { (area.top, area.bottom) } else { (area.left, area.right) };
    while from < end {
        let to = (from + DASH.0).min(end);
        if across {
            pen.vertical(at, from, to, frame.theme.ink)?
        } else {
            pen.horizontal(from, to, at, frame.theme.ink)?
        }
        from += DASH.0 + DASH.1;
    }
    Ok(())
}

/// On a card-coloured ground: at the right end of what lies across the plot, at the top of what stands in it.
fn label<DB: DrawingBackend>(pen: &Pen<'_, DB>, frame: &Frame<'_>, area: Rect, reference: &Reference, scale: Scale) -> Drawn<DB> {
    let (theme, size) = (frame.theme, frame.theme.font_size);
    let text = fit(&reference.label, (area.width() * 0.5).max(1.0), size, frame.measure);
    if reference.label.is_empty() {
        return Ok(());
    }
    let width = frame.text_width(&text);
    let height = size * 1.2;
    let end = |value: f64| scale.pixel_from_value(scale.clamp(value));
    let (left, top) = if reference.across {
        let right_of = end(reference.to) + LABEL_GAP;
        let left = if right_of + width <= area.right { right_of } else { end(reference.from) - LABEL_GAP - width };
        (left, area.top)
    } else {
        let above = end(reference.to) - height - 1.0;
        let inside = end(reference.to) + 2.0;
        (area.right - width - LABEL_GAP, if reference.from == reference.to && above >= area.top { above } else { inside })
    };
    let ground = Rect { left: left - 2.0, top, right: left + width + 2.0, bottom: top + height };
    pen.rect(ground, theme.card.with_alpha(0.8))?;
    pen.label(&text, (left, top + height / 2.0), (HPos::Left, VPos::Center), theme.ink)
}
