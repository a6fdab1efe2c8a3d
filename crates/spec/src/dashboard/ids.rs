use crate::{Span, diagnostic::Report, names, yaml::Node};
use std::collections::BTreeSet;

/// The ids of one kind, each given once. Given ids are taken before derived ones are made, so that adding a view never
/// takes another view's given id.
#[derive(Default)]
pub(super) struct Ids {
    taken: BTreeSet<String>,
}

impl Ids {
    /// Takes an id that the author gave.
    pub fn give(&mut self, node: &Node, what: &str, report: &mut Report) -> Option<String> {
        let id = node.text(report)?;
        if !names::is_id(id) {
            report.error(node.span, format!("`{id}` cannot be an id")).hint("letters, digits, `-` and `_`, at most 64");
            return None;
        }
        self.take(id, node.span, what, report)
    }

    fn take(&mut self, id: &str, span: Span, what: &str, report: &mut Report) -> Option<String> {
        if !self.taken.insert(id.to_owned()) {
            report.error(span, format!("another {what} has the id `{id}`")).hint("ids are unique in the dashboard");
            return None;
        }
        Some(id.to_owned())
    }

    /// The id itself, or with `-2`, `-3` … behind it.
    pub fn derive(&mut self, id: &str) -> String {
        let candidates = std::iter::once(id.to_owned()).chain((2..).map(|n: u32| format!("{id}-{n}")));
        let free = candidates.into_iter().find(|id| !self.taken.contains(id)).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}
