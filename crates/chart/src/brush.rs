/// Where the ends of a brush may lie.
#[derive(Clone, Debug, PartialEq)]
pub enum Snap {
    /// On these values, ascending: the edges of a time axis's units.
    Edges(Vec<f64>),
    /// On the multiples of `step` within `from..=to`, and on both ends.
    Step { step: f64, from: f64, to: f64 },
}

/// What a pointer does to a brush between press and release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drag {
    /// One end follows the pointer, the other stays: a new brush, or one that is resized.
    End { fixed: f64 },
    /// The whole interval follows; `grabbed` is the value under the pointer when it was pressed.
    Whole { grabbed: f64, start: (f64, f64) },
}

impl Snap {
    /// For numbers on a scale that wide: about a pixel to a step, at least 1 for whole numbers.
    pub fn for_numbers(from: f64, to: f64, pixels: f64, whole: bool) -> Self {
        let step = crate::scale::nice_step((to - from) / pixels.max(1.0));
        Self::Step { step: if whole { step.max(1.0) } else { step }, from, to }
    }

    /// The least and the greatest place; `None` without any.
    pub fn ends(&self) -> Option<(f64, f64)> {
        match self {
            Self::Edges(edges) => Some((*edges.first()?, *edges.last()?)),
            Self::Step { from, to, .. } => (from < to).then_some((*from, *to)),
        }
    }

    pub fn nearest(&self, value: f64) -> f64 {
        match self {
            Self::Edges(edges) => {
                let after = edges.partition_point(|edge| *edge < value);
                let before = edges[..after].last();
                match (before, edges.get(after)) {
                    (Some(before), Some(after)) => {
                        if value - before < after - value {
                            *before
                        } else {
                            *after
                        }
                    }
                    (Some(edge), None) | (None, Some(edge)) => *edge,
                    (None, None) => value,
                }
            }
            Self::Step { step, from, to } => {
                let snapped = (value / step).round() * step;
                if value <= *from || (value - from).abs() < (value - snapped).abs() {
                    return *from;
                }
                if value >= *to || (value - to).abs() < (value - snapped).abs() { *to } else { tidy(snapped, *step).clamp(*from, *to) }
            }
        }
    }

    /// The place that many steps further, or the last one in that direction.
    pub fn steps_from(&self, value: f64, n: i32) -> f64 {
        match self {
            Self::Edges(edges) => {
                let at = edges.partition_point(|edge| *edge < self.nearest(value)) as i64 + i64::from(n);
                let last = edges.len().saturating_sub(1) as i64;
                edges.get(at.clamp(0, last) as usize).copied().unwrap_or(value)
            }
            Self::Step { step, from, to } => self.nearest((value + step * f64::from(n)).clamp(*from, *to)),
        }
    }
}

impl Drag {
    /// The interval with the pointer over that value. Never empty: an end that meets the other stops one step short.
    pub fn interval(self, value: f64, snap: &Snap) -> Option<(f64, f64)> {
        let (first, last) = snap.ends()?;
        match self {
            Self::End { fixed } => {
                let fixed = snap.nearest(fixed);
                let mut end = snap.nearest(value);
                if end == fixed {
                    end = snap.steps_from(fixed, if value < fixed { -1 } else { 1 });
                }
                if end == fixed {
                    end = snap.steps_from(fixed, if value < fixed { 1 } else { -1 });
                }
                (end != fixed).then_some((fixed.min(end), fixed.max(end)))
            }
            Self::Whole { grabbed, start } => {
                // The brush keeps its length at the edges; it is snapped by its beginning.
                let start = (start.0.max(first), start.1.min(last));
                let length = start.1 - start.0;
                let from = (start.0 + value - grabbed).clamp(first, (last - length).max(first));
                let from = snap.nearest(from);
                let to = snap.nearest(from + length);
                (from < to).then_some((from, to))
            }
        }
    }
}

/// Removes the dust of a multiplication: 0.30000000000000004 becomes 0.3.
fn tidy(value: f64, step: f64) -> f64 {
    if step >= 1.0 {
        return value;
    }
    // Six digits more than the step has.
    let scale = 10f64.powi((6.0 - step.log10().floor()) as i32);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes() -> Snap {
        Snap::Step { step: 1.0, from: -60.0, to: 180.0 }
    }

    fn days() -> Snap {
        Snap::Edges((0..=30).map(f64::from).collect())
    }

    #[test]
    fn ends_snap_and_stay_inside() {
        assert_eq!(Drag::End { fixed: 15.2 }.interval(90.4, &minutes()), Some((15.0, 90.0)));
        assert_eq!(Drag::End { fixed: 15.2 }.interval(-300.0, &minutes()), Some((-60.0, 15.0)));
        assert_eq!(Drag::End { fixed: 3.4 }.interval(9.6, &days()), Some((3.0, 10.0)));
    }

    #[test]
    fn a_brush_is_never_empty() {
        assert_eq!(Drag::End { fixed: 15.0 }.interval(15.0, &minutes()), Some((15.0, 16.0)));
        assert_eq!(Drag::End { fixed: 15.0 }.interval(14.9, &minutes()), Some((14.0, 15.0)));
        assert_eq!(Drag::End { fixed: 180.0 }.interval(200.0, &minutes()), Some((179.0, 180.0)));
        assert_eq!(Drag::End { fixed: 0.0 }.interval(1.0, &Snap::Edges(vec![])), None);
    }

    #[test]
    fn a_moved_brush_keeps_its_length_at_the_edge() {
        let drag = Drag::Whole { grabbed: 20.0, start: (15.0, 90.0) };
        assert_eq!(drag.interval(30.3, &minutes()), Some((25.0, 100.0)));
        assert_eq!(drag.interval(500.0, &minutes()), Some((105.0, 180.0)));
        let open = Drag::Whole { grabbed: 25.0, start: (20.0, f64::INFINITY) };
        assert_eq!(open.interval(15.0, &days()), Some((10.0, 20.0)));
    }

    #[test]
    fn keys_walk_by_steps() {
        assert_eq!(days().steps_from(29.0, 10), 30.0);
        assert_eq!(days().steps_from(3.0, -1), 2.0);
        assert_eq!(minutes().steps_from(15.0, 10), 25.0);
        let tenths = Snap::Step { step: 0.1, from: 0.0, to: 1.0 };
        assert_eq!(tenths.steps_from(0.2, 1), 0.3);
    }

    #[test]
    fn steps_follow_the_pixels() {
        assert_eq!(Snap::for_numbers(-60.0, 180.0, 365.0, true), Snap::Step { step: 1.0, from: -60.0, to: 180.0 });
        assert_eq!(Snap::for_numbers(0.0, 5000.0, 365.0, true), Snap::Step { step: 20.0, from: 0.0, to: 5000.0 });
    }
}
