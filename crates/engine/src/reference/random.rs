use crate::{Clause, KeyBucket, Query, QueryKey, Table, TableBuilder, Test, Top};
use std::sync::Arc;
use tarn_dashboard::{
    Aggregate, AggregateFunction, Column, ColumnType, DataType, DatePart, Expr, Function, Measure, Node, NumberFormat, Order, OrderBy,
    Scalar, TimeUnit, Weekday,
};

use super::{Rows, block};

/// Random tables and queries, all from one seed.
pub(crate) struct Random(u64);

const TEXTS: [&str; 7] = ["", "a", "B", "ab", "Äb", "zebra", "a%"];
const DAY_MICROS: i64 = 86_400_000_000;

/// A measure that is one aggregate.
pub(crate) fn measure_of(name: &str, aggregate: Aggregate) -> Measure {
    Measure {
        name: name.into(),
        label: name.into(),
        value: Expr { data_type: aggregate.data_type, node: Node::Aggregate(0) },
        aggregates: vec![aggregate],
        format: NumberFormat::default(),
        good: None,
        window: None,
        sql: String::new(),
    }
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize].clone()
    }

    /// A table of some rows, and the same rows for the reference. Extreme integers only sometimes: they fail most sums.
    pub fn table(&mut self, n_rows: usize) -> (Table, Rows) {
        let extremes = self.one_in(4);
        let nulls = if self.one_in(3) { u64::MAX >> 32 } else { 6 };
        let rows = (0..n_rows).map(|_| self.row(extremes, nulls)).collect();
        self.table_of(rows)
    }

    /// A table of these rows, in blocks of random lengths.
    pub fn table_of(&mut self, rows: Vec<Vec<Scalar>>) -> (Table, Rows) {
        let n_rows = rows.len();
        let contract: Vec<Column> = [
            ("a", ColumnType::Int64),
            ("b", ColumnType::Int16),
            ("s", ColumnType::String),
            ("t", ColumnType::Timestamp),
            ("d", ColumnType::Date),
            ("f", ColumnType::Double),
            ("m", ColumnType::Decimal { precision: 30, scale: 2 }),
            ("o", ColumnType::Boolean),
        ]
        .map(|(name, column_type)| Column { name: name.into(), column_type, nullable: true })
        .into();
        let mut builder = TableBuilder::new(&contract);
        let mut start = 0;
        while start < n_rows {
            let end = (start + 1 + self.below(n_rows as u64) as usize).min(n_rows);
            builder.add_rows(end - start).unwrap();
            for (place, column) in contract.iter().enumerate() {
                let values: Vec<&Scalar> = rows[start..end].iter().map(|row| &row[place]).collect();
                let (field, block) = block(column, &values, self.one_in(2));
                builder.append(place, &field, block).unwrap();
            }
            start = end;
        }
        (builder.finish().unwrap(), Rows { names: vec!["a", "b", "s", "t", "d", "f", "m", "o"], rows })
    }

    fn row(&mut self, extremes: bool, nulls: u64) -> Vec<Scalar> {
        let a = match self.below(30) {
            0 if extremes => i64::MAX,
            1 if extremes => i64::MIN,
            2 if extremes => 1 << 40,
            other => other as i64 - 10,
        };
        let f = match self.below(12) {
            0 => f64::NAN,
            1 => -0.0,
            2 => 0.0,
            3 => f64::INFINITY,
            other => other as f64 / 4.0 - 2.0,
        };
        let t = (self.below(4_000) as i64 - 1_500) * DAY_MICROS / 7;
        let m = if extremes && self.one_in(20) { i128::from(i64::MAX) * 1000 } else { i128::from(self.below(500)) - 250 };
        let values = [
            Scalar::Int(a),
            Scalar::Int(self.below(600) as i64 - 300),
            Scalar::String(self.pick(&TEXTS).into()),
            Scalar::Timestamp(if extremes { t } else { t / DAY_MICROS * DAY_MICROS }),
            Scalar::Date(self.below(900) as i32 - 400),
            Scalar::Float(f),
            Scalar::Decimal { unscaled: m, scale: 2 },
            Scalar::Boolean(self.one_in(2)),
        ];
        values.map(|value| if self.one_in(nulls) { Scalar::Null } else { value }).into()
    }

    pub fn query(&mut self) -> Query {
        let mut keys: Vec<QueryKey> = (0..self.below(4).min(2)).map(|key| self.key(&format!("key{key}"))).collect();
        // Two filled time axes have too many combinations for the reference.
        if let [QueryKey { bucket: KeyBucket::Time { .. }, .. }, QueryKey { bucket: KeyBucket::Time { fill, .. }, .. }] =
            keys.as_mut_slice()
        {
            *fill = false;
        }
        let measures: Vec<Arc<Measure>> =
            (0..1 + self.below(3)).map(|measure| Arc::new(self.measure(&format!("measure{measure}")))).collect();
        let mut order = Vec::new();
        for _ in 0..self.below(3) {
            let place = self.below((keys.len() + measures.len()) as u64) as usize;
            let by = if place < keys.len() { OrderBy::Key(place as u32) } else { OrderBy::Measure((place - keys.len()) as u32) };
            order.push(Order { by, descending: self.one_in(2) });
        }
        let clauses = self.clauses();
        let limit = if self.one_in(3) { Some(self.below(12) as u32) } else { None };
        let (totals, subtotals) = (self.one_in(2), self.one_in(3));
        Query {
            keys,
            measures,
            clauses,
            order,
            having: None,
            limit,
            tops: vec![],
            other: false,
            totals,
            subtotals,
            time: None,
            first: None,
            search: vec![],
        }
    }

    /// A query with series: two keys, of which the last and sometimes both are cut to their greatest values.
    pub fn series_query(&mut self) -> Query {
        let mut query = self.query();
        query.keys = (0..2).map(|key| self.key(&format!("key{key}"))).collect();
        query.keys[1].bucket = KeyBucket::Value;
        let ranked = query.keys[0].bucket == KeyBucket::Value && self.one_in(2);
        let keys = if ranked { 0..2 } else { 1..2 };
        query.tops =
            keys.map(|key| Top { key, limit: self.below(5) as u32, by_rows: self.one_in(3), in_own_order: self.one_in(3) }).collect();
        Query { order: vec![], limit: None, other: true, totals: false, ..query }
    }

    /// The same by panels: one more key before the others, cut too.
    pub fn panel_query(&mut self) -> Query {
        let mut query = self.series_query();
        let panel = Top { key: 0, limit: 1 + self.below(4) as u32, by_rows: false, in_own_order: self.one_in(2) };
        query.keys.insert(0, QueryKey { bucket: KeyBucket::Value, ..self.key("panel") });
        query.tops.iter_mut().for_each(|top| top.key += 1);
        query.tops.insert(0, panel);
        query
    }

    pub fn clauses(&mut self) -> Vec<Clause> {
        (0..self.below(4)).map(|_| self.clause()).collect()
    }

    pub fn clause(&mut self) -> Clause {
        let kind = self.below(7);
        let expr = match kind {
            0 => self.int(2),
            1 => self.float(2),
            2 => column("m", DataType::Decimal { precision: 30, scale: 2 }),
            3 => {
                if self.one_in(2) {
                    self.time(1)
                } else {
                    column("d", DataType::Date)
                }
            }
            4 | 5 => self.text(1),
            _ => self.bool(2),
        };
        Clause { filter: "filter".into(), expr, test: self.test(kind) }
    }

    /// Another test for values of the expression.
    pub fn test_of(&mut self, expr: &Expr) -> Test {
        let kind = match expr.data_type {
            DataType::String => 4 + self.below(2),
            DataType::Boolean => 6,
            data_type if data_type.is_temporal() => 3,
            _ => 0,
        };
        self.test(kind)
    }

    fn test(&mut self, kind: u64) -> Test {
        match kind {
            0..=2 => Test::Range { from: self.bound(), to: self.bound() },
            3 => {
                let from = (!self.one_in(3)).then(|| (self.below(900) as i64 - 400) * DAY_MICROS + self.below(3) as i64);
                Test::Instants { from, to: from.filter(|_| !self.one_in(3)).map(|from| from + self.below(400) as i64 * DAY_MICROS) }
            }
            4 => {
                let mut values: Vec<Scalar> = (0..1 + self.below(3)).map(|_| Scalar::String(self.pick(&TEXTS).into())).collect();
                if self.one_in(4) {
                    values.push(Scalar::Null);
                }
                Test::Set(values)
            }
            5 => Test::Contains(self.pick(&["A", "b", "ä", "x"]).into()),
            _ => Test::Is(self.one_in(2)),
        }
    }

    fn bound(&mut self) -> Option<f64> {
        (!self.one_in(4)).then(|| self.below(80) as f64 / 4.0 - 10.0)
    }

    fn key(&mut self, name: &str) -> QueryKey {
        let (expr, bucket) = match self.below(8) {
            0 => (self.int(2), KeyBucket::Value),
            1 => (self.text(1), KeyBucket::Value),
            2 => (self.float(1), KeyBucket::Value),
            3 => (self.bool(1), KeyBucket::Value),
            4 => {
                let unit = self.pick(&[TimeUnit::Day, TimeUnit::Week(Weekday::Sunday), TimeUnit::Month, TimeUnit::Quarter, TimeUnit::Year]);
                (column("t", DataType::Timestamp), KeyBucket::Time { unit, fill: self.one_in(2) })
            }
            5 => (column("b", DataType::Int64), KeyBucket::Bins { from: -100.0, to: 105.0, width: 25.0 }),
            6 => (self.float(1), KeyBucket::Bins { from: -2.0, to: 2.0, width: 0.5 }),
            _ => (self.time(1), KeyBucket::Value),
        };
        QueryKey { name: name.into(), expr, bucket }
    }

    fn measure(&mut self, name: &str) -> Measure {
        use AggregateFunction as F;
        let decimal = DataType::Decimal { precision: 30, scale: 2 };
        let (function, argument, data_type) = match self.below(13) {
            0 => (F::Count, None, DataType::Int64),
            1 => (F::Count, Some(self.int(1)), DataType::Int64),
            2 => (F::Sum, Some(self.int(2)), DataType::Int64),
            3 => (F::Avg, Some(self.int(1)), DataType::Float64),
            4 => (F::Sum, Some(column("m", decimal)), DataType::Decimal { precision: 38, scale: 2 }),
            5 => (F::Avg, Some(column("m", decimal)), DataType::Float64),
            6 => (F::Min, Some(self.int(1)), DataType::Int64),
            7 => (F::Max, Some(self.float(1)), DataType::Float64),
            8 => (F::Max, Some(self.text(1)), DataType::String),
            9 => (F::CountDistinct, Some(if self.one_in(2) { self.text(1) } else { self.float(1) }), DataType::Int64),
            10 => (F::Median, Some(column("b", DataType::Int64)), DataType::Float64),
            11 => (F::Variance, Some(column("b", DataType::Int64)), DataType::Float64),
            _ => (F::AnyValue, Some(self.text(1)), DataType::String),
        };
        let filter = self.one_in(3).then(|| self.bool(2));
        let aggregate = Aggregate { function, argument, filter, data_type };
        let mut measure = measure_of(name, aggregate);
        if data_type == DataType::Int64 && self.one_in(2) {
            // A share of all rows.
            measure.aggregates.push(Aggregate { function: F::Count, argument: None, filter: None, data_type });
            measure.value = call(Function::Divide, DataType::Float64, vec![measure.value, Expr { data_type, node: Node::Aggregate(1) }]);
        }
        measure
    }

    fn int(&mut self, depth: u32) -> Expr {
        use Function as F;
        let next = depth.saturating_sub(1);
        match self.below(if depth == 0 { 4 } else { 14 }) {
            0 | 1 => column("a", DataType::Int64),
            2 => column("b", DataType::Int64),
            3 => literal(DataType::Int64, Scalar::Int(self.below(20) as i64 - 8)),
            4 | 5 => call(self.pick(&[F::Add, F::Subtract, F::Multiply]), DataType::Int64, vec![self.int(next), self.int(next)]),
            6 => call(self.pick(&[F::IntegerDivide, F::Modulo]), DataType::Int64, vec![self.int(next), self.int(next)]),
            7 => call(F::Coalesce, DataType::Int64, vec![self.int(next), self.int(next)]),
            8 => call(F::Nullif, DataType::Int64, vec![self.int(next), self.int(next)]),
            9 => call(self.pick(&[F::Least, F::Greatest]), DataType::Int64, vec![self.int(next), self.int(next)]),
            10 => {
                let whens = vec![(self.bool(next), self.int(next)), (self.bool(next), self.int(next))];
                let otherwise = self.one_in(2).then(|| Box::new(self.int(next)));
                Expr { data_type: DataType::Int64, node: Node::Case { whens, otherwise } }
            }
            11 | 12 => {
                use DatePart as P;
                let part = self.pick(&[P::Year, P::Quarter, P::Month, P::Week, P::Day, P::DayOfWeek, P::DayOfYear, P::Hour, P::Minute]);
                let argument = if self.one_in(2) { self.time(next) } else { column("d", DataType::Date) };
                call(F::Extract(part), DataType::Int64, vec![argument])
            }
            _ => call(F::Length, DataType::Int64, vec![self.text(next)]),
        }
    }

    fn float(&mut self, depth: u32) -> Expr {
        use Function as F;
        let next = depth.saturating_sub(1);
        match self.below(if depth == 0 { 2 } else { 5 }) {
            0 | 1 => column("f", DataType::Float64),
            2 => call(self.pick(&[F::Add, F::Multiply, F::Divide]), DataType::Float64, vec![self.float(next), self.float(next)]),
            3 => call(F::Divide, DataType::Float64, vec![self.int(next), self.int(next)]),
            _ => Expr { data_type: DataType::Float64, node: Node::Cast(Box::new(self.int(next))) },
        }
    }

    fn text(&mut self, depth: u32) -> Expr {
        use Function as F;
        let next = depth.saturating_sub(1);
        match self.below(if depth == 0 { 3 } else { 6 }) {
            0..=2 => column("s", DataType::String),
            3 => call(self.pick(&[F::Lower, F::Upper]), DataType::String, vec![self.text(next)]),
            4 => call(F::Concat, DataType::String, vec![self.text(next), self.text(next)]),
            _ => {
                Expr { data_type: DataType::String, node: Node::Case { whens: vec![(self.bool(next), self.text(next))], otherwise: None } }
            }
        }
    }

    fn time(&mut self, depth: u32) -> Expr {
        if depth == 0 || self.one_in(2) {
            return column("t", DataType::Timestamp);
        }
        let unit = self.pick(&[
            TimeUnit::Hour,
            TimeUnit::Day,
            TimeUnit::Week(Weekday::Sunday),
            TimeUnit::Month,
            TimeUnit::Quarter,
            TimeUnit::Year,
        ]);
        call(Function::DateTrunc(unit), DataType::Timestamp, vec![self.time(depth - 1)])
    }

    fn bool(&mut self, depth: u32) -> Expr {
        use Function as F;
        let next = depth.saturating_sub(1);
        let operators = [F::Equal, F::NotEqual, F::Less, F::LessOrEqual, F::Greater, F::GreaterOrEqual];
        match self.below(if depth == 0 { 1 } else { 9 }) {
            0 => column("o", DataType::Boolean),
            1 => call(self.pick(&operators), DataType::Boolean, vec![self.int(next), self.int(next)]),
            2 => call(self.pick(&operators), DataType::Boolean, vec![self.float(next), self.float(next)]),
            3 => call(self.pick(&operators), DataType::Boolean, vec![self.text(next), self.text(next)]),
            4 => call(self.pick(&[F::And, F::Or]), DataType::Boolean, vec![self.bool(next), self.bool(next)]),
            5 => call(F::Not, DataType::Boolean, vec![self.bool(next)]),
            6 => call(self.pick(&[F::IsNull, F::IsNotNull]), DataType::Boolean, vec![self.int(next)]),
            7 => call(F::In, DataType::Boolean, vec![self.int(next), self.int(0), self.int(0)]),
            _ => call(F::Between, DataType::Boolean, vec![self.int(next), self.int(0), self.int(0)]),
        }
    }
}

fn column(name: &str, data_type: DataType) -> Expr {
    Expr { data_type, node: Node::Column(name.into()) }
}

fn literal(data_type: DataType, value: Scalar) -> Expr {
    Expr { data_type, node: Node::Literal(value) }
}

fn call(function: Function, data_type: DataType, arguments: Vec<Expr>) -> Expr {
    Expr { data_type, node: Node::Call(function, arguments) }
}
