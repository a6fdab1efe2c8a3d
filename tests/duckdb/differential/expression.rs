//! Typed expressions, written once. Where Tarn and DuckDB differ on purpose the text has marks that each reads its own way.
use super::random::Random;
use super::table::{COLUMNS, Type};

/// What a mark stands for in Tarn and in DuckDB. Sums of integers stay 64 bits wide in Tarn (or fail), `first` and `last` go by the
/// time column, a truncated date stays a date, and integers have one width.
const MARKS: [(&str, &str, &str); 10] = [
    ("⟦week⟨", "date_trunc('week', ", "week_of("),
    ("⟦sum⟨", "sum(", "cast(sum("),
    ("⟩sum⟧", ")", ") as bigint)"),
    ("⟦first⟨", "first(", "arg_min("),
    ("⟦last⟨", "last(", "arg_max("),
    ("⟩at⟧", ")", ", moment)"),
    ("⟦wide⟨", "(", "cast("),
    ("⟩wide⟧", ")", " as bigint)"),
    ("⟩date⟧", ")", " as date)"),
    ("⟩narrow⟧", ")", " as integer)"),
];

pub fn for_tarn(marked: &str) -> String {
    MARKS.iter().fold(marked.to_owned(), |text, (mark, tarn, _)| text.replace(mark, tarn))
}

pub fn for_duckdb(marked: &str) -> String {
    MARKS.iter().fold(marked.to_owned(), |text, (mark, _, duckdb)| text.replace(mark, duckdb))
}

fn truncated(unit: &str, value: &str) -> String {
    if unit == "week" { format!("⟦week⟨{value})") } else { format!("date_trunc('{unit}', {value})") }
}

fn wide(inner: &str) -> String {
    format!("⟦wide⟨{inner}⟩wide⟧")
}

const ALL: [Type; 9] =
    [Type::Int, Type::Double, Type::Decimal, Type::Boolean, Type::Text, Type::Date, Type::Time, Type::Timestamp, Type::Instant];

pub struct Expressions<'a> {
    pub random: &'a mut Random,
    /// Whether the last bit may depend on the library of mathematics: not in what is grouped by.
    pub inexact: bool,
    /// Whether aggregates may have conditions: DuckDB computes their arguments first, and fails where Tarn skips the row.
    pub filters: bool,
}

impl Expressions<'_> {
    pub fn of(&mut self, data_type: Type, depth: u32) -> String {
        if depth == 0 || self.random.one_in(5) {
            return self.leaf(data_type);
        }
        if data_type != Type::Boolean && self.random.one_in(4) {
            return self.choice(data_type, depth - 1);
        }
        match data_type {
            Type::Int => self.int(depth - 1),
            Type::Double => self.double(depth - 1),
            Type::Decimal => self.decimal(depth - 1),
            Type::Boolean => self.condition(depth - 1),
            Type::Text => self.text(depth - 1),
            Type::Date => self.date(depth - 1),
            Type::Time => self.time(depth - 1),
            Type::Timestamp => self.timestamp(depth - 1),
            Type::Instant => self.instant(depth - 1),
        }
    }

    pub fn any_type(&mut self) -> Type {
        self.random.pick(&ALL)
    }

    fn column(&mut self, data_type: Type) -> String {
        let names: Vec<&str> = COLUMNS.iter().filter(|column| column.data_type == data_type).map(|column| column.name).collect();
        self.random.pick(&names).to_owned()
    }

    fn leaf(&mut self, data_type: Type) -> String {
        if self.random.one_in(4) { self.literal(data_type) } else { self.column(data_type) }
    }

    fn literal(&mut self, data_type: Type) -> String {
        let random = &mut *self.random;
        match data_type {
            Type::Int => random.pick(&["0", "1", "-1", "2", "3", "7", "10", "-4", "100"]).to_owned(),
            Type::Double => random.pick(&["0e0", "1e0", "-1e0", "2.5e0", "-0.125e0", "1e3"]).to_owned(),
            Type::Decimal => random.pick(&["0.0", "1.5", "-2.25", "0.1", "10.00", "3.005"]).to_owned(),
            Type::Boolean => random.pick(&["true", "false"]).to_owned(),
            Type::Text => random.pick(&["''", "'a'", "'ATL'", "'B b'", "'%'", "'naïve'", "'it''s'"]).to_owned(),
            Type::Date => random.pick(&["date '1970-01-01'", "date '1969-12-31'", "date '2000-02-29'", "date '2024-12-30'"]).to_owned(),
            Type::Time => random.pick(&["time '00:00:00'", "time '12:34:56.789'", "time '23:59:59'"]).to_owned(),
            Type::Timestamp => random
                .pick(&["timestamp '1970-01-01 00:00:00'", "timestamp '1969-12-31 23:59:59.5'", "timestamp '2001-02-28 12:00:00'"])
                .to_owned(),
            Type::Instant => random
                .pick(&[
                    "timestamptz '1970-01-01 00:00:00+00'",
                    "timestamptz '1985-06-15 12:00:00+02'",
                    "timestamptz '1985-06-15 12:00:00'",
                ])
                .to_owned(),
        }
    }

    /// What works for every type.
    fn choice(&mut self, data_type: Type, depth: u32) -> String {
        let (a, b) = (self.of(data_type, depth), self.of(data_type, depth));
        match self.random.below(7) {
            0 => format!("coalesce({a}, {b})"),
            1 => format!("nullif({a}, {b})"),
            2 => format!("least({a}, {b})"),
            3 => format!("greatest({a}, {b})"),
            4 => format!("case when {} then {a} end", self.condition(depth)),
            5 => format!("case {} when {} then {a} else {b} end", self.leaf(Type::Text), self.literal(Type::Text)),
            _ => format!(
                "case when {} then {a} when {} then {b} else {} end",
                self.condition(depth),
                self.condition(depth),
                self.leaf(data_type)
            ),
        }
    }

    fn int(&mut self, depth: u32) -> String {
        let random_part = self.random.below(14);
        let (a, b) = (self.of(Type::Int, depth), self.of(Type::Int, depth));
        match random_part {
            0 => format!("({} + {b})", wide(&a)),
            1 => format!("({} - {b})", wide(&a)),
            2 => format!("({} * {b})", wide(&a)),
            3 => format!("({} // {b})", wide(&a)),
            4 => format!("({} % {b})", wide(&a)),
            5 => format!("abs({})", wide(&a)),
            6 => format!("-({})", wide(&a)),
            7 => wide(&format!("sign({a})")),
            8 => format!("length({})", self.of(Type::Text, depth)),
            9 | 10 => {
                let part = self.random.pick(&[
                    "year",
                    "quarter",
                    "month",
                    "week",
                    "day",
                    "dow",
                    "isodow",
                    "doy",
                    "hour",
                    "minute",
                    "second",
                    "millisecond",
                    "microsecond",
                    "isoyear",
                ]);
                let (from, of) = (self.random.pick(&[Type::Date, Type::Timestamp, Type::Instant]), self.random.one_in(2));
                let from = self.of(from, depth);
                if of { format!("extract({part} from {from})") } else { format!("date_part('{part}', {from})") }
            }
            11 => {
                let unit = self.random.pick(&["day", "week", "month", "quarter", "year", "hour", "minute", "second"]);
                let data_type = self.random.pick(&[Type::Date, Type::Timestamp, Type::Instant]);
                format!("date_diff('{unit}', {}, {})", self.of(data_type, depth), self.of(data_type, depth))
            }
            12 => format!("({} - {})", self.of(Type::Date, depth), self.of(Type::Date, depth)),
            _ => {
                let from = self.random.pick(&[Type::Double, Type::Decimal, Type::Boolean]);
                format!("cast({} as bigint)", self.of(from, depth))
            }
        }
    }

    fn double(&mut self, depth: u32) -> String {
        let (a, b) = (self.of(Type::Double, depth), self.of(Type::Double, depth));
        match self.random.below(if self.inexact { 16 } else { 12 }) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} / {b})"),
            4 => format!("({} / {})", self.of(Type::Int, depth), self.of(Type::Int, depth)),
            5 => format!("({a} % {b})"),
            6 => format!("abs({a})"),
            7 => format!("floor({a})"),
            8 => format!("ceil({a})"),
            9 => format!("round({a}{})", self.random.pick(&["", ", 1", ", 0", ", -1"])),
            10 => {
                let from = self.random.pick(&[Type::Int, Type::Decimal, Type::Boolean]);
                format!("cast({} as double)", self.of(from, depth))
            }
            11 => format!("({a} * {})", self.of(Type::Int, depth)),
            12 => format!("sqrt(abs({a}))"),
            13 => format!("ln(abs({a}) + 1)"),
            14 => format!("exp(least({a}, 5e0))"),
            _ => format!("pow({a}, {})", self.random.pick(&["2", "3", "0"])),
        }
    }

    fn decimal(&mut self, depth: u32) -> String {
        let (a, b) = (self.of(Type::Decimal, 0), self.of(Type::Decimal, depth.min(1)));
        match self.random.below(10) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {})", self.literal(Type::Decimal)),
            3 => format!("({a} * {})", self.literal(Type::Int)),
            4 => format!("abs({a})"),
            5 => format!("-({a})"),
            6 => format!("round({a}, {})", self.random.pick(&["0", "1", "2", "-1"])),
            7 => format!("{}({a})", self.random.pick(&["floor", "ceil"])),
            8 if self.random.one_in(2) => format!("cast(cast({a} as varchar) as decimal(38, 2))"),
            8 => format!("({a} % {})", self.literal(Type::Decimal)),
            _ => {
                let from = self.random.pick(&[Type::Int, Type::Decimal, Type::Boolean]);
                let to = self.random.pick(&["decimal(18, 3)", "decimal(38, 2)", "decimal(9, 0)"]);
                format!("cast({} as {to})", self.of(from, depth))
            }
        }
    }

    pub fn condition(&mut self, depth: u32) -> String {
        let below = depth.saturating_sub(1);
        let data_type = self.any_type();
        match self.random.below(16) {
            0..=3 => {
                let op = self.random.pick(&["=", "<>", "<", "<=", ">", ">="]);
                format!("({} {op} {})", self.of(data_type, below), self.of(data_type, below))
            }
            4 if depth > 0 => format!("({} and {})", self.condition(below), self.condition(below)),
            5 if depth > 0 => format!("({} or {})", self.condition(below), self.condition(below)),
            6 if depth > 0 => format!("(not {})", self.condition(below)),
            7 => {
                let not = self.random.pick(&["", "not "]);
                format!(
                    "({} {not}in ({}, {}, {}))",
                    self.of(data_type, below),
                    self.literal(data_type),
                    self.leaf(data_type),
                    self.literal(data_type)
                )
            }
            8 => format!("({} between {} and {})", self.of(data_type, below), self.literal(data_type), self.leaf(data_type)),
            9 => {
                let op = self.random.pick(&["like", "ilike", "not like", "not ilike"]);
                let pattern = self.random.pick(&["'a%'", "'%B%'", "'_'", "'%'", "''", "'äp%'", "'a\\%b'", "'%日_語'"]);
                format!("({} {op} {pattern})", self.of(Type::Text, below))
            }
            10 => format!("({} is null)", self.of(data_type, below)),
            11 => format!("({} is not null)", self.of(data_type, below)),
            12 => format!("({} is {})", self.leaf(Type::Boolean), self.random.pick(&["true", "false", "not true", "not false"])),
            13 => {
                format!("{}({}, {})", self.random.pick(&["starts_with", "contains"]), self.of(Type::Text, below), self.literal(Type::Text))
            }
            14 => format!("({} is {}distinct from {})", self.of(data_type, below), self.random.pick(&["", "not "]), self.leaf(data_type)),
            _ => self.leaf(Type::Boolean),
        }
    }

    fn text(&mut self, depth: u32) -> String {
        let a = self.of(Type::Text, depth);
        match self.random.below(14) {
            0 => format!("({a} || {})", self.of(Type::Text, depth)),
            1 => format!("lower({a})"),
            2 => format!("upper({a})"),
            3 => format!("trim({a})"),
            4 => format!("substr({a}, {})", self.random.pick(&["1", "2", "0", "-2", "-9", "9"])),
            5 => format!(
                "substring({a}, {}, {})",
                self.random.pick(&["1", "2", "0", "-2", "-9"]),
                self.random.pick(&["0", "1", "2", "9", "-1"])
            ),
            6 => format!("replace({a}, {}, {})", self.literal(Type::Text), self.literal(Type::Text)),
            7 => format!(
                "split_part({a}, {}, {})",
                self.random.pick(&["','", "' '", "''", "'a'"]),
                self.random.pick(&["1", "2", "0", "-1", "5"])
            ),
            8 => format!("concat({a}, {})", self.of(Type::Text, depth)),
            9 => format!("{}({a}, {})", self.random.pick(&["left", "right"]), self.random.pick(&["0", "1", "2", "9"])),
            10 => {
                let from = self.random.pick(&[
                    Type::Int,
                    Type::Double,
                    Type::Decimal,
                    Type::Boolean,
                    Type::Date,
                    Type::Time,
                    Type::Timestamp,
                    Type::Instant,
                ]);
                format!("cast({} as varchar)", self.leaf(from))
            }
            11 | 12 => {
                let from = self.random.pick(&[Type::Date, Type::Timestamp, Type::Instant]);
                let format = self.random.pick(&[
                    "%Y-%m-%d",
                    "%H:%M:%S",
                    "%y %j",
                    "%B %d",
                    "%b %a",
                    "%A",
                    "%I %p",
                    "%G-W%V",
                    "%U %W",
                    "%u %w",
                    "%f",
                    "%g",
                    "%-d.%-m.%Y",
                    "%-H:%-M",
                    "100%%",
                ]);
                format!("strftime({}, '{format}')", self.of(from, depth))
            }
            _ => format!("coalesce({a}, '-')"),
        }
    }

    fn date(&mut self, depth: u32) -> String {
        match self.random.below(4) {
            0 => format!("({} + ⟦wide⟨{}⟩narrow⟧)", self.leaf(Type::Date), self.literal(Type::Int)),
            1 => format!("({} - ⟦wide⟨{}⟩narrow⟧)", self.leaf(Type::Date), self.literal(Type::Int)),
            2 => {
                let unit = self.unit();
                format!("⟦wide⟨{}⟩date⟧", truncated(unit, &self.of(Type::Date, depth)))
            }
            _ => {
                let from = self.random.pick(&[Type::Timestamp, Type::Instant]);
                format!("cast({} as date)", self.of(from, depth))
            }
        }
    }

    fn time(&mut self, depth: u32) -> String {
        match self.random.below(3) {
            1 => format!("cast(cast({} as varchar) as time)", self.leaf(Type::Time)),
            0 => format!("cast({} as time)", self.of(Type::Timestamp, depth)),
            _ => format!(
                "({} {} interval '{}')",
                self.leaf(Type::Time),
                self.random.pick(&["+", "-"]),
                self.random.pick(&["1 hour", "90 minutes", "1 day"])
            ),
        }
    }

    fn unit(&mut self) -> &'static str {
        self.random.pick(&["day", "week", "month", "quarter", "year"])
    }

    fn interval(&mut self) -> &'static str {
        self.random.pick(&["1 day", "1 month", "13 months", "1 year", "90 minutes", "3 weeks", "1 hour 30 minutes"])
    }

    fn timestamp(&mut self, depth: u32) -> String {
        match self.random.below(5) {
            3 => format!("cast(cast({} as varchar) as timestamp)", self.leaf(Type::Timestamp)),
            0 => {
                let unit = self.random.pick(&["minute", "hour", "day", "week", "month", "quarter", "year"]);
                truncated(unit, &self.of(Type::Timestamp, depth))
            }
            1 | 2 => {
                let from = self.random.pick(&[Type::Date, Type::Timestamp]);
                format!("({} {} interval '{}')", self.of(from, depth), self.random.pick(&["+", "-"]), self.interval())
            }
            _ => {
                let from = self.random.pick(&[Type::Date, Type::Instant]);
                format!("cast({} as timestamp)", self.of(from, depth))
            }
        }
    }

    fn instant(&mut self, depth: u32) -> String {
        match self.random.below(4) {
            2 => {
                let from = self.random.pick(&[Type::Timestamp, Type::Instant]);
                format!("cast(cast({} as varchar) as timestamptz)", self.leaf(from))
            }
            0 => {
                let unit = self.random.pick(&["minute", "hour", "day", "week", "month"]);
                truncated(unit, &self.of(Type::Instant, depth))
            }
            1 => format!("({} + interval '{}')", self.of(Type::Instant, depth), self.interval()),
            _ => {
                let from = self.random.pick(&[Type::Date, Type::Timestamp]);
                format!("cast({} as timestamptz)", self.of(from, depth))
            }
        }
    }
}
