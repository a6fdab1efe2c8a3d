//! Which columns of a source expressions, measures and views read.
use crate::{AggregateFunction, Dashboard, Expr, Measure, Node, View, ViewKind};

impl Dashboard {
    /// Adds the columns of the view's keys and measures.
    pub fn add_columns_of(&self, view: &View, columns: &mut Vec<String>) {
        self.walk_view(view, &mut |node| add_column(node, columns));
        let Some(source) = self.source(&view.source) else { return };
        let mut measures = view.measures.iter().filter_map(|name| source.measure(name)).chain(&view.having);
        if view.kind == ViewKind::Kpi || measures.any(Measure::has_order) {
            columns.extend(source.time.clone());
        }
    }

    /// Adds the columns by which a filter of that id tells the rows of a source.
    pub fn add_columns_of_filter(&self, id: &str, source: &str, columns: &mut Vec<String>) {
        for (of, _, expr) in self.filter(id).into_iter().flat_map(|filter| filter.fields()) {
            if of == source {
                expr.add_columns(columns);
            }
        }
    }

    /// Calls with every node of the view's keys and measures.
    pub(crate) fn walk_view<'a>(&'a self, view: &'a View, found: &mut dyn FnMut(&'a Node)) {
        let source = self.source(&view.source);
        let measures = view.measures.iter().filter_map(|name| source?.measure(name));
        measures.chain(&view.having).for_each(|measure| measure.walk(found));
        view.all_keys().for_each(|key| key.expr.walk(found));
    }
}

impl Measure {
    /// `time`: the source's column, which the first and the last value are by.
    pub fn add_columns(&self, time: Option<&String>, columns: &mut Vec<String>) {
        self.walk(&mut |node| add_column(node, columns));
        if self.has_order() {
            columns.extend(time.cloned());
        }
    }

    fn has_order(&self) -> bool {
        self.aggregates.iter().any(|aggregate| matches!(aggregate.function, AggregateFunction::First | AggregateFunction::Last))
    }

    pub(crate) fn walk<'a>(&'a self, found: &mut dyn FnMut(&'a Node)) {
        let parts = self.aggregates.iter().flat_map(|aggregate| aggregate.argument.iter().chain(&aggregate.filter));
        parts.chain([&self.value]).for_each(|part| part.walk(found));
    }
}

impl Expr {
    /// Adds the columns that it reads, and has not found there.
    pub fn add_columns(&self, columns: &mut Vec<String>) {
        self.walk(&mut |node| add_column(node, columns));
    }

    /// Calls with every node of the expression, the outer ones first.
    pub(crate) fn walk<'a>(&'a self, found: &mut dyn FnMut(&'a Node)) {
        found(&self.node);
        match &self.node {
            Node::Column(_) | Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => {}
            Node::Call(_, arguments) => arguments.iter().for_each(|argument| argument.walk(found)),
            Node::Cast(argument) => argument.walk(found),
            Node::Case { whens, otherwise } => {
                let parts = whens.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref());
                parts.for_each(|part| part.walk(found));
            }
        }
    }
}

fn add_column(node: &Node, columns: &mut Vec<String>) {
    if let Node::Column(name) = node
        && !columns.contains(name)
    {
        columns.push(name.clone());
    }
}
