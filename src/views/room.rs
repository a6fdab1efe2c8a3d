//! How high views are whose content decides it: told before it is there, so that nothing moves when it comes.
use tarn_dashboard::{View, ViewKind};

/// Of bars in a panel: more of them are thinner.
const MAX_ROWS: u32 = 20;
/// A block of a text, with what is below it; and what a text takes more: a heading is higher than a line, below the last block there is
/// nothing, on a phone a paragraph has a second line.
const LINE: u32 = 28;
const MORE: [i32; 3] = [-5, -5, 15];

/// On a wide page, on a narrower one, on a phone. `None` where the kind of view decides.
pub fn heights(view: &View, span: u8) -> Option<[u32; 3]> {
    match view.kind {
        // About what a heading and a paragraph take.
        ViewKind::Text => Some(MORE.map(|more| (view.text.len() as u32 * LINE).saturating_add_signed(more))),
        _ => panel_heights(view, span),
    }
}

fn panel_heights(view: &View, span: u8) -> Option<[u32; 3]> {
    let facet = view.facet.as_ref()?;
    let rows = view.limit.unwrap_or(MAX_ROWS).min(MAX_ROWS);
    let (one, foot) = match view.kind {
        ViewKind::Bar | ViewKind::Box => (40 + rows * 16, 20),
        ViewKind::Heatmap | ViewKind::Scatter => (160, 60),
        ViewKind::Line | ViewKind::Area | ViewKind::Histogram => (112, 30),
        _ => (140, 30),
    };
    let wide = if facet.columns > 0 { facet.columns } else { (u32::from(span) / 2).clamp(1, 4) };
    // Points and their labels need the width of a phone.
    let on_phone = if view.kind == ViewKind::Scatter { 1 } else { wide.min(2) };
    Some([wide, wide.min(3), on_phone].map(|columns| facet.limit.div_ceil(columns) * one + foot))
}
