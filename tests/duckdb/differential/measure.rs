//! Measures: aggregates with and without conditions, and arithmetic over them.
use super::expression::Expressions;
use super::table::Type;

pub struct Measure {
    pub marked: String,
    /// Whether both sides must give the same bits, so that an order by it is comparable.
    pub exact: bool,
}

impl Expressions<'_> {
    pub fn measure(&mut self) -> Measure {
        match self.random.below(8) {
            0 => {
                let (a, b) = (self.number(), self.number());
                Measure { marked: format!("{a} / {b}"), exact: false }
            }
            1 => {
                let (a, b) = (self.whole(), self.whole());
                let op = self.random.pick(&["+", "-", "%", "//"]);
                Measure { marked: format!("{a} {op} {b}"), exact: true }
            }
            2 => Measure { marked: format!("case when {} > 3 then {} else {} end", self.whole(), self.whole(), self.whole()), exact: true },
            3 => {
                let data_type = self.random.pick(&[Type::Int, Type::Decimal]);
                Measure { marked: format!("round(coalesce(avg({}), 0), 2)", self.of(data_type, 1)), exact: false }
            }
            _ => self.aggregate(),
        }
    }

    fn filter(&mut self) -> String {
        if self.filters && self.random.one_in(3) { format!(" filter (where {})", self.condition(1)) } else { String::new() }
    }

    /// A condition on a group.
    pub fn having(&mut self) -> String {
        // DuckDB compares a sum before its cast could fail.
        let counted = |expressions: &mut Self| {
            let data_type = expressions.any_type();
            format!("count({})", expressions.of(data_type, 2))
        };
        let (a, b) = if self.filters { (self.whole(), self.whole()) } else { (counted(self), counted(self)) };
        match self.random.below(3) {
            0 => format!("{a} > 1"),
            1 => format!("{a} <= {b}"),
            _ => format!("{a} % 2 = 0 or {b} is null"),
        }
    }

    /// An aggregate that is a whole number and varies.
    pub fn whole_measure(&mut self) -> String {
        self.whole()
    }

    /// An aggregate that is a whole number.
    fn whole(&mut self) -> String {
        let filter = self.filter();
        match self.random.below(4) {
            0 => format!("count(*){filter}"),
            1 => {
                let data_type = self.any_type();
                format!("count({}){filter}", self.of(data_type, 2))
            }
            2 => {
                let data_type = self.any_type();
                self.inexact = false;
                let distinct = format!("count(distinct {}){filter}", self.of(data_type, 1));
                self.inexact = true;
                distinct
            }
            _ => {
                let inner = self.of(Type::Int, 2);
                if filter.is_empty() {
                    format!("⟦sum⟨{inner}⟩sum⟧")
                } else {
                    format!("⟦sum⟨case when {} then {inner} end⟩sum⟧", self.condition(1))
                }
            }
        }
    }

    fn average(&mut self) -> String {
        let data_type = self.random.pick(&[Type::Int, Type::Double, Type::Decimal]);
        format!("avg({}){}", self.of(data_type, 1), self.filter())
    }

    fn number(&mut self) -> String {
        if self.random.one_in(2) { self.whole() } else { self.average() }
    }

    fn aggregate(&mut self) -> Measure {
        let filter = self.filter();
        let number = self.random.pick(&[Type::Int, Type::Double, Type::Decimal]);
        let any = self.any_type();
        match self.random.below(11) {
            0 | 1 => Measure { marked: self.whole(), exact: true },
            2 => Measure { marked: format!("sum({}){filter}", self.of(Type::Double, 2)), exact: false },
            3 => Measure { marked: format!("sum({}){filter}", self.of(Type::Decimal, 1)), exact: true },
            4 => Measure { marked: self.average(), exact: false },
            5 => Measure { marked: format!("min({}){filter}", self.of(any, 2)), exact: any != Type::Double },
            6 => Measure { marked: format!("max({}){filter}", self.of(any, 2)), exact: any != Type::Double },
            7 => {
                let data_type = self.random.pick(&[Type::Int, Type::Double, Type::Decimal, Type::Timestamp, Type::Date]);
                Measure { marked: format!("median({}){filter}", self.of(data_type, 1)), exact: false }
            }
            8 => {
                let fraction = self.random.pick(&["0", "0.25", "0.9", "1"]);
                Measure { marked: format!("quantile_cont({}, {fraction}){filter}", self.of(number, 1)), exact: false }
            }
            9 => {
                let function = self.random.pick(&["stddev", "variance"]);
                Measure { marked: format!("{function}({}){filter}", self.leaf_number(number)), exact: false }
            }
            _ => {
                let function = self.random.pick(&["first", "last"]);
                Measure { marked: format!("⟦{function}⟨{}⟩at⟧{filter}", self.of(any, 1)), exact: any != Type::Double }
            }
        }
    }

    fn leaf_number(&mut self, data_type: Type) -> String {
        self.of(data_type, 0)
    }
}
