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
    let mut taken = vec![];
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
        label(pen, frame, area, reference, scale, &mut taken)?;
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

/// On a card-coloured ground: at the right end of what lies across the plot, at the top of what stands in it; elsewhere beside it
/// where another label is.
fn label<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    frame: &Frame<'_>,
    area: Rect,
    reference: &Reference,
    scale: Scale,
    taken: &mut Vec<Rect>,
) -> Drawn<DB> {
    let (theme, size) = (frame.theme, frame.theme.font_size);
    let text = fit(&reference.label, (area.width() * 0.5).max(1.0), size, frame.measure);
    if reference.label.is_empty() {
        return Ok(());
    }
    let width = frame.text_width(&text);
    let height = size * 1.2;
    let end = |value: f64| scale.pixel_from_value(scale.clamp(value));
    let (first, last) = (end(reference.from).min(end(reference.to)), end(reference.from).max(end(reference.to)));
    let places = if reference.across {
        let (right, left) = (last + LABEL_GAP, first - LABEL_GAP - width);
        [(right, area.top), (left, area.top), (right, area.top + height), (left, area.top + height)]
    } else {
        let (right, left) = (area.right - width - LABEL_GAP, area.left + LABEL_GAP);
        let (above, inside) = (first - height - 1.0, first + 2.0);
        let (one, other) = if first == last { (above, inside) } else { (inside, above) };
        [(right, one), (right, other), (left, one), (left, other)]
    };
    let ground = |(left, top): (f64, f64)| Rect { left: left - 2.0, top, right: left + width + 2.0, bottom: top + height };
    let is_inside = |place: &Rect| place.left >= area.left - 2.0 && place.right <= area.right + 2.0 && place.top >= area.top;
    let is_free = |place: &Rect| {
        taken
            .iter()
            .all(|other| place.right <= other.left || other.right <= place.left || place.bottom <= other.top || other.bottom <= place.top)
    };
    let inside: Vec<Rect> = places.into_iter().map(ground).filter(is_inside).collect();
    let ground = inside.iter().find(|place| is_free(place)).or(inside.first()).copied().unwrap_or(ground(places[1]));
    pen.rect(ground, theme.card.with_alpha(0.8))?;
    taken.push(ground);
    pen.label(&text, (ground.left + 2.0, ground.top + height / 2.0), (HPos::Left, VPos::Center), theme.ink)
}
