//! What becomes of a table's columns and of its order when the viewer changes them.

/// The left edges of pinned columns by their widths, as far as together they leave the others room: at least two fifths of the table.
pub fn left_edges(widths: impl Iterator<Item = f64>, table_width: f64) -> Vec<f64> {
    let mut end = 0.0;
    let edges = widths.map(|width| {
        end += width;
        (end - width, end)
    });
    edges.take_while(|(_, end)| *end <= table_width * 0.6).map(|(edge, _)| edge).collect()
}

/// Pins a column that is not, and the other way round.
pub fn pinned(shown: &[u32], n_pinned: usize, position: u32) -> Option<Vec<u32>> {
    let mut pins = shown[..n_pinned].to_vec();
    match pins.iter().position(|own| *own == position) {
        Some(at) => _ = pins.remove(at),
        None => pins.push(position),
    }
    // As without a choice.
    (pins.len() != 1 || shown.first() != pins.first()).then_some(pins)
}

/// Shows or hides one column; a table keeps at least one.
pub fn toggled(all: &[u32], shown: &[u32], position: u32) -> Vec<u32> {
    if shown.contains(&position) {
        let rest: Vec<u32> = shown.iter().copied().filter(|other| *other != position).collect();
        return if rest.is_empty() { shown.to_vec() } else { rest };
    }
    // Back at its place among those that stand before it in the author's order.
    let before: Vec<u32> = all.iter().copied().take_while(|other| *other != position).collect();
    let at = shown.iter().rposition(|other| before.contains(other)).map_or(0, |at| at + 1);
    let mut shown = shown.to_vec();
    shown.insert(at, position);
    shown
}

/// One place to the left or to the right.
pub fn moved(shown: &[u32], position: u32, right: bool) -> Vec<u32> {
    let mut shown = shown.to_vec();
    if let Some(at) = shown.iter().position(|other| *other == position) {
        let to = if right { at + 1 } else { at.wrapping_sub(1) };
        if to < shown.len() {
            shown.swap(at, to);
        }
    }
    shown
}

/// The order after a click on a column.
pub fn ordered(order: &[(u32, bool)], clicked: (u32, bool), adds: bool) -> Vec<(u32, bool)> {
    if !adds {
        return vec![clicked];
    }
    let mut order = order.to_vec();
    match order.iter_mut().find(|(position, _)| *position == clicked.0) {
        Some(entry) => *entry = clicked,
        None => order.push(clicked),
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_hidden_shown_again_and_moved() {
        let all = [0, 1, 2, 3];
        assert_eq!(toggled(&all, &all, 2), [0, 1, 3]);
        assert_eq!(toggled(&all, &[3, 0], 1), [3, 0, 1], "after its neighbour of before");
        assert_eq!(toggled(&all, &[1], 0), [0, 1]);
        assert_eq!(toggled(&all, &[1], 1), [1], "one stays");
        assert_eq!(moved(&all, 0, true), [1, 0, 2, 3]);
        assert_eq!(moved(&all, 0, false), all);
        assert_eq!(moved(&all, 3, true), all);
    }

    #[test]
    fn columns_are_pinned_in_front_and_let_go() {
        assert_eq!(pinned(&[0, 1, 2], 1, 2), Some(vec![0, 2]));
        assert_eq!(pinned(&[0, 2, 1], 2, 0), Some(vec![2]));
        assert_eq!(pinned(&[0, 2, 1], 2, 2), None, "the first one is pinned anyway");
        assert_eq!(pinned(&[0, 1, 2], 1, 0), Some(vec![]));
    }

    #[test]
    fn pinned_columns_leave_room_for_the_others() {
        assert_eq!(left_edges([100.0, 80.0].into_iter(), 328.0), [0.0, 100.0]);
        assert_eq!(left_edges([100.0, 80.0, 60.0].into_iter(), 328.0), [0.0, 100.0]);
        assert_eq!(left_edges([250.0, 10.0].into_iter(), 328.0), [0.0; 0]);
    }

    #[test]
    fn shift_adds_to_the_order() {
        assert_eq!(ordered(&[(2, true)], (0, false), false), [(0, false)]);
        assert_eq!(ordered(&[(2, true)], (0, false), true), [(2, true), (0, false)]);
        assert_eq!(ordered(&[(2, true), (0, false)], (2, false), true), [(2, false), (0, false)]);
    }
}
