//! Which columns of a source expressions, measures and views read.
use crate::{AggregateFunction, Dashboard, Expr, Measure, Node, View, ViewKind};

impl Dashboard {
    /// Adds the columns of the view's keys and measures.
    pub fn add_columns_of(&self, view: &View, columns: &mut Vec<String>) {
        let Some(source) = self.source(&view.source) else { return };
        view.all_keys().for_each(|key| key.expr.add_columns(columns));
        for measure in view.measures.iter().filter_map(|name| source.measure(name)).chain(&view.having) {
            measure.add_columns(source.time.as_ref(), columns);
        }
        if view.kind == ViewKind::Kpi {
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
}

impl Measure {
    /// `time`: the source's column, which the first and the last value are by.
    pub fn add_columns(&self, time: Option<&String>, columns: &mut Vec<String>) {
        for aggregate in &self.aggregates {
            aggregate.argument.iter().chain(&aggregate.filter).for_each(|expr| expr.add_columns(columns));
            if matches!(aggregate.function, AggregateFunction::First | AggregateFunction::Last) {
                columns.extend(time.cloned());
            }
        }
    }
}

impl Expr {
    /// Adds the columns that it reads, and has not found there.
    pub fn add_columns(&self, columns: &mut Vec<String>) {
        match &self.node {
            Node::Column(name) => {
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            Node::Literal(_) | Node::Aggregate(_) | Node::Parameter(_) => {}
            Node::Call(_, arguments) => arguments.iter().for_each(|argument| argument.add_columns(columns)),
            Node::Cast(inner) => inner.add_columns(columns),
            Node::Case { whens, otherwise } => {
                whens.iter().for_each(|(when, then)| [when, then].into_iter().for_each(|expr| expr.add_columns(columns)));
                otherwise.iter().for_each(|expr| expr.add_columns(columns));
            }
        }
    }
}
