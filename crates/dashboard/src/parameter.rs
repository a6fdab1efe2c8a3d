use crate::{Aggregate, Dashboard, Expr, FilterKind, FilterValue, Measure, Node, Scalar};
use serde::{Deserialize, Serialize};

/// What a parameter may be, beyond its type. The parameter itself is a filter of the kind [`FilterKind::Parameter`], which
/// always has a value: expressions read it instead of rows being held against it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The values that there are to choose from; empty for any.
    pub values: Vec<Scalar>,
    /// Both included.
    pub min: Option<Scalar>,
    pub max: Option<Scalar>,
    /// From one position of the slider to the next.
    pub step: Option<f64>,
}

impl Parameter {
    pub fn allows(&self, value: &Scalar) -> bool {
        let within = |bound: &Option<Scalar>, below: bool| match (bound.as_ref().and_then(position), position(value)) {
            (Some(bound), Some(value)) => {
                if below {
                    value >= bound
                } else {
                    value <= bound
                }
            }
            (bound, _) => bound.is_none(),
        };
        let listed = self.values.is_empty() || self.values.contains(value);
        *value != Scalar::Null && listed && within(&self.min, true) && within(&self.max, false)
    }
}

/// Numbers by their size, dates by their day.
fn position(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value),
        Scalar::Date(days) => Some(f64::from(*days)),
        _ => None,
    }
}

/// What every parameter of a dashboard is at the moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterValues(Vec<(String, Scalar)>);

impl ParameterValues {
    /// As chosen; its default where nothing was, or something that it may not be.
    pub fn of(dashboard: &Dashboard, chosen: &[(String, FilterValue)]) -> Self {
        let values = dashboard.filters.iter().filter(|filter| filter.kind == FilterKind::Parameter).filter_map(|filter| {
            let chosen = chosen.iter().find(|(id, _)| *id == filter.id).and_then(|(_, value)| single(value));
            let allowed = chosen.filter(|value| filter.parameter.as_ref().is_none_or(|parameter| parameter.allows(value)));
            Some((filter.id.clone(), allowed.or(filter.default.as_ref().and_then(single))?.clone()))
        });
        Self(values.collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &(String, Scalar)> {
        self.0.iter()
    }

    /// The expression with literals in the place of parameters.
    pub fn bind(&self, expr: &Expr) -> Expr {
        if self.0.is_empty() {
            return expr.clone();
        }
        let inner = |expr: &Expr| self.bind(expr);
        let node = match &expr.node {
            Node::Parameter(name) => match self.0.iter().find(|(known, _)| known == name) {
                Some((_, value)) => Node::Literal(value.clone()),
                None => expr.node.clone(),
            },
            Node::Call(function, arguments) => Node::Call(*function, arguments.iter().map(inner).collect()),
            Node::Cast(argument) => Node::Cast(Box::new(inner(argument))),
            Node::Case { whens, otherwise } => Node::Case {
                whens: whens.iter().map(|(when, then)| (inner(when), inner(then))).collect(),
                otherwise: otherwise.as_ref().map(|otherwise| Box::new(inner(otherwise))),
            },
            Node::Column(_) | Node::Literal(_) | Node::Aggregate(_) => expr.node.clone(),
        };
        Expr { data_type: expr.data_type, node }
    }

    pub fn bind_measure(&self, measure: &Measure) -> Measure {
        let bound = |expr: &Option<Expr>| expr.as_ref().map(|expr| self.bind(expr));
        let aggregates = measure.aggregates.iter().map(|aggregate| Aggregate {
            argument: bound(&aggregate.argument),
            filter: bound(&aggregate.filter),
            ..aggregate.clone()
        });
        Measure { aggregates: aggregates.collect(), value: self.bind(&measure.value), ..measure.clone() }
    }
}

fn single(value: &FilterValue) -> Option<&Scalar> {
    match value {
        FilterValue::Set(values) => values.first(),
        _ => None,
    }
}

impl Expr {
    /// Calls with the name of every parameter that the expression reads.
    pub fn parameters<'a>(&'a self, found: &mut dyn FnMut(&'a str)) {
        self.walk(&mut |node| parameter(node, found));
    }
}

impl Measure {
    pub fn parameters<'a>(&'a self, found: &mut dyn FnMut(&'a str)) {
        self.walk(&mut |node| parameter(node, found));
    }
}

fn parameter<'a>(node: &'a Node, found: &mut dyn FnMut(&'a str)) {
    if let Node::Parameter(name) = node {
        found(name);
    }
}

impl Dashboard {
    /// The parameters that a view's numbers depend on, in the dashboard's order.
    pub fn parameters_of(&self, view: &crate::View) -> Vec<&str> {
        let mut read = vec![];
        let mut note = |name| read.push(name);
        self.walk_view(view, &mut |node| parameter(node, &mut note));
        let ids = self.filters.iter().map(|filter| filter.id.as_str());
        ids.filter(|id| read.contains(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataType, Function};

    #[test]
    fn limits_hold_for_numbers_and_days_and_lists_for_what_is_in_them() {
        let bounded = Parameter { min: Some(Scalar::Int(0)), max: Some(Scalar::Int(60)), ..Parameter::default() };
        let allowed = [-1, 0, 60, 61].map(|value| bounded.allows(&Scalar::Int(value)));
        assert_eq!(allowed, [false, true, true, false]);
        let since = Parameter { min: Some(Scalar::Date(10)), ..Parameter::default() };
        assert!(since.allows(&Scalar::Date(10)) && !since.allows(&Scalar::Date(9)) && !since.allows(&Scalar::Null));
        let listed = Parameter { values: vec![Scalar::String("a".into())], ..Parameter::default() };
        assert!(listed.allows(&Scalar::String("a".into())) && !listed.allows(&Scalar::String("b".into())));
    }

    #[test]
    fn parameters_become_literals_wherever_they_stand() {
        let parameter = || Expr { data_type: DataType::Int64, node: Node::Parameter("p".into()) };
        let call = |arguments| Expr { data_type: DataType::Boolean, node: Node::Call(Function::Greater, arguments) };
        let cast = Expr { data_type: DataType::Float64, node: Node::Cast(Box::new(parameter())) };
        let case = Node::Case { whens: vec![(call(vec![cast, parameter()]), parameter())], otherwise: Some(Box::new(parameter())) };
        let expr = Expr { data_type: DataType::Int64, node: case };
        let bound = ParameterValues(vec![("p".into(), Scalar::Int(7))]).bind(&expr);
        let mut left = 0;
        bound.parameters(&mut |_| left += 1);
        assert_eq!(left, 0);
        let mut read = 0;
        expr.parameters(&mut |_| read += 1);
        assert_eq!(read, 4);
    }
}
