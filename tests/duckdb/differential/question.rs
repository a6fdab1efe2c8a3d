//! A dashboard of many views over one table, and for each view the same question in SQL.
use super::expression::{Expressions, for_duckdb, for_tarn};
use super::nested::{Part, nested};
use super::random::Random;
use super::table::{COLUMNS, Table, Type};
use serde_json::{Value, json};
use std::fmt::Write as _;

pub struct Question {
    /// `{view, filters}` for `tarn query --batch`.
    pub asked: Value,
    pub sql: String,
    /// What else the answer has, where the view asks for it: totals, the groups beyond the limit, levels of row groups.
    pub parts: Vec<Part>,
    /// How many columns are keys; rows are compared by these where the order is not exact.
    pub n_keys: usize,
    pub ordered: bool,
}

/// The file and its questions.
pub struct Dashboard {
    pub yaml: String,
    pub setup: Vec<String>,
    /// The time zone of both.
    pub zone: &'static str,
    pub questions: Vec<Question>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Kpi,
    Table,
    Line,
    Histogram,
}

impl Dashboard {
    pub fn random(seed: u64, n_questions: usize) -> Self {
        let random = &mut Random::new(seed);
        let zone = random.pick(&ZONES);
        let week_start = random.pick(&["monday", "monday", "sunday", "saturday"]);
        let Table { mut setup, extremes } = Table::random(random);
        // DuckDB's weeks start on Mondays.
        let shift = ["monday", "sunday", "saturday"].iter().position(|day| *day == week_start).unwrap();
        setup.push(format!("create macro week_of(x) as date_trunc('week', x + interval {shift} day) - interval {shift} day"));
        let (mut dimensions, mut measures, mut filters, mut views) = (String::new(), String::new(), String::new(), String::new());
        let mut questions = vec![];
        for at in 0..n_questions {
            let mut parts = Parts {
                at,
                filters: !extremes,
                random,
                dimensions: &mut dimensions,
                measures: &mut measures,
                controls: &mut filters,
                views: &mut views,
            };
            questions.push(parts.question());
        }
        let columns: Vec<String> = COLUMNS.iter().map(|column| format!("      {}: {}\n", column.name, column.contract)).collect();
        for column in COLUMNS.iter().filter(|column| fixed_filter(column.data_type).is_some()) {
            let _ = writeln!(filters, "  f_{0}: {{ field: data.{0}, type: {1} }}", column.name, fixed_filter(column.data_type).unwrap());
        }
        let _ = writeln!(filters, "  f_search: {{ field: data.w, type: search }}");
        let ids: Vec<&str> = filters.lines().filter_map(|line| line.trim().split(':').next()).collect();
        let yaml = format!(
            "title: Differential\ntime_zone: {zone}\nweek_start: {week_start}\ndata:\n  data:\n    source: data.parquet\n    ttl: 1h\n    time: moment\n    schema:\n{}    dimensions:\n{dimensions}    measures:\n{measures}filters:\n{filters}pages:\n  - title: All\n    filters: [{}]\n    rows:\n{views}",
            columns.concat(),
            ids.join(", ")
        );
        Self { yaml, setup, zone, questions }
    }
}

/// With changes of an hour, of half an hour, with odd offsets, with none.
const ZONES: [&str; 8] =
    ["UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"];

fn fixed_filter(data_type: Type) -> Option<&'static str> {
    match data_type {
        Type::Int | Type::Double | Type::Decimal => Some("range"),
        Type::Text => Some("multi_select"),
        Type::Date | Type::Timestamp | Type::Instant => Some("date_range"),
        _ => None,
    }
}

struct Parts<'a> {
    at: usize,
    filters: bool,
    random: &'a mut Random,
    dimensions: &'a mut String,
    measures: &'a mut String,
    controls: &'a mut String,
    views: &'a mut String,
}

impl Parts<'_> {
    fn question(&mut self) -> Question {
        let at = self.at;
        let kind = match self.random.below(20) {
            0..=2 => Kind::Kpi,
            3 | 4 => Kind::Line,
            5 | 6 => Kind::Histogram,
            _ => Kind::Table,
        };
        let (asked, wheres) = self.chosen();
        let n_measures = if matches!(kind, Kind::Kpi | Kind::Histogram) { 1 } else { 1 + self.random.below(3) };
        let mut names = vec![];
        let mut values = vec![];
        let mut first_exact = true;
        for index in 0..n_measures {
            let measure = Expressions { random: self.random, inexact: true, filters: self.filters }.measure();
            first_exact &= index > 0 || measure.exact;
            let name = format!("m{at}_{index}");
            let _ = writeln!(self.measures, "      {name}: {{ sql: {} }}", json!(for_tarn(&measure.marked)));
            values.push(for_duckdb(&measure.marked));
            names.push(name);
        }
        let first_value = values[0].clone();
        let (values_list, values) = (values.clone(), values.join(", "));
        let totals = format!("select {values} from data{wheres}");
        let id = format!("q{at}");
        let question = |sql: String, totals: Option<String>, n_keys: usize, ordered: bool| Question {
            asked: json!({ "view": id, "filters": asked }),
            sql,
            parts: totals.map(|sql| Part { pointer: "/totals".into(), sql, n_keys: 0 }).into_iter().collect(),
            n_keys,
            ordered,
        };
        match kind {
            Kind::Kpi => {
                let _ = writeln!(self.views, "      - {{ kpi: {}, id: q{at} }}", names[0]);
                question(totals, None, 0, true)
            }
            Kind::Table => {
                let n_keys = 1 + self.random.below(3) as usize;
                let mut keys = vec![];
                let mut by = vec![];
                for index in 0..n_keys {
                    let mut expressions = Expressions { random: self.random, inexact: false, filters: self.filters };
                    let data_type = expressions.any_type();
                    let marked = expressions.of(data_type, 2);
                    let name = format!("k{at}_{index}");
                    let _ = writeln!(self.dimensions, "      {name}: {}", json!(for_tarn(&marked)));
                    keys.push(for_duckdb(&marked));
                    by.push(name);
                }
                let (mut having, mut having_sql) = (String::new(), String::new());
                if self.random.one_in(4) {
                    let condition = Expressions { random: self.random, inexact: false, filters: self.filters }.having();
                    having = format!(", having: {}", json!(for_tarn(&condition)));
                    having_sql = format!(" having {}", for_duckdb(&condition));
                }
                let limit = if first_exact && self.random.one_in(3) { Some(1 + self.random.below(8)) } else { None };
                let other = limit.is_some() && self.random.one_in(2);
                let subtotals =
                    if n_keys > 1 && !other && self.random.one_in(3) { self.random.pick(&["true", "collapsed"]) } else { "false" };
                let shown_limit = limit.map_or("100000".to_owned(), |limit| limit.to_string());
                let _ = writeln!(
                    self.views,
                    "      - {{ table: [{}], by: [{}], limit: {shown_limit}{having}{}, subtotals: {subtotals}, id: q{at} }}",
                    names.join(", "),
                    by.join(", "),
                    if other { ", other: true" } else { "" }
                );
                let positions: Vec<String> = (1..=n_keys).map(|position| position.to_string()).collect();
                let order: Vec<String> = positions.iter().map(|position| format!("{position} asc nulls last")).collect();
                let mut sql = format!(
                    "select {}, {values} from data{wheres} group by {}{having_sql} order by {} desc nulls last, {}",
                    keys.join(", "),
                    positions.join(", "),
                    n_keys + 1,
                    order.join(", ")
                );
                if let Some(limit) = limit {
                    let _ = write!(sql, " limit {limit}");
                }
                let nested = (subtotals != "false").then(|| nested(&keys, &values_list, &wheres, &having_sql, limit));
                let mut question = question(sql, Some(totals), n_keys, first_exact);
                if let Some(nested) = nested {
                    question.sql = nested.rows;
                    question.parts.extend(nested.levels);
                }
                if let Some(limit) = limit.filter(|_| other) {
                    let named: Vec<String> = keys.iter().enumerate().map(|(index, key)| format!("{key} as g{index}")).collect();
                    let same: Vec<String> =
                        keys.iter().enumerate().map(|(index, key)| format!("cut.g{index} is not distinct from ({key})")).collect();
                    let names: Vec<String> = (0..n_keys).map(|index| format!("g{index}")).collect();
                    let sql = format!(
                        "with cut as (select {} from data{wheres} group by {}{having_sql} order by {} desc nulls last, {} limit 1000000 offset {limit}),
                         there as (select count(*) as n from cut)
                         select {values} from data{} having (select n from there) > 0",
                        named.join(", "),
                        names.join(", "),
                        first_value,
                        order.join(", "),
                        and(&wheres, &format!("exists (select 1 from cut where {})", same.join(" and ")))
                    );
                    question.parts.push(Part { pointer: "/other".into(), sql, n_keys: 0 });
                }
                question
            }
            Kind::Line => {
                let over_time = self.random.pick(&["", "running", "moving"]);
                let (mut extra, mut values) = (String::new(), values);
                if !over_time.is_empty() {
                    let base = Expressions { random: self.random, inexact: false, filters: self.filters }.whole_measure();
                    let window = if over_time == "moving" { ", window: 3" } else { "" };
                    let _ = writeln!(
                        self.measures,
                        "      m{at}_b: {}\n      m{at}_w: {{ {over_time}: m{at}_b{window} }}",
                        json!(for_tarn(&base))
                    );
                    extra = if over_time == "moving" {
                        ", avg(base) over (order by axis_at rows 2 preceding)".into()
                    } else {
                        ", cast(sum(base) over (order by axis_at) as bigint)".into()
                    };
                    values = format!("{values}, {} as base", for_duckdb(&base));
                    names.push(format!("m{at}_b"));
                    names.push(format!("m{at}_w"));
                }
                let field = self.random.pick(&["d", "t", "z", "moment"]);
                let unit = self.random.pick(&["day", "week", "month", "quarter", "year"]);
                let _ = writeln!(self.views, "      - {{ line: [{}], by: {field}, grain: {unit}, id: q{at} }}", names.join(", "));
                let length = if unit == "quarter" { "3 month".to_owned() } else { format!("1 {unit}") };
                let truncated = if unit == "week" { "week_of(".to_owned() } else { format!("date_trunc('{unit}', ") };
                let key = format!("{truncated}cast({field} as timestamp))");
                let axis = format!(
                    "select unnest(generate_series(min({key}), max({key}), interval {length})) as axis_at from data{}",
                    and(&wheres, &format!("{field} is not null"))
                );
                // Over no rows, what the measures are: a gap's values.
                let mut sql = format!(
                    "with axis as ({axis}), found as (select {key} as axis_at, true as found, {values} from data{wheres} group by 1), gap as (select null, false, {values} from data where false)
                     select axis.axis_at, columns(chosen.* exclude (axis_at, found)) from axis join lateral (select * from found where found.axis_at = axis.axis_at
                     union all select * from gap where not exists (select 1 from found where found.axis_at = axis.axis_at)) chosen on true order by 1"
                );
                if !extra.is_empty() {
                    sql = format!("select *{extra} from ({sql}) order by 1");
                }
                question(sql, None, 1, true)
            }
            Kind::Histogram => {
                let field = self.random.pick(&["i8", "i32", "f64", "m9", "m4"]);
                let (from, to, width) = self.random.pick(&[(-20, 20, 5), (-50, 50, 10), (0, 30, 3)]);
                let _ = writeln!(
                    self.views,
                    "      - {{ histogram: {field}, measure: {}, bins: {{ from: {from}, to: {to}, width: {width} }}, id: q{at} }}",
                    names[0]
                );
                let bin = format!("cast(floor((cast({field} as double) - ({from})) / {width}) as bigint)");
                let within = and(&wheres, &format!("{field} >= {from} and {field} < {to}"));
                let sql = format!(
                    "with axis as (select unnest(range({})) as bin), found as (select {bin} as bin, {values} from data{within} group by 1), gap as (select null, {values} from data where false)
                     select {from} + axis.bin * {width}.0::double, columns(chosen.* exclude (bin)) from axis join lateral (select * from found where found.bin = axis.bin
                     union all select * from gap where not exists (select 1 from found where found.bin = axis.bin)) chosen on true order by 1",
                    (to - from) / width
                );
                question(sql, None, 1, true)
            }
        }
    }

    /// Values of filters, and the condition that they are.
    fn chosen(&mut self) -> (Value, String) {
        let mut asked = serde_json::Map::new();
        let mut conditions = vec![];
        if self.random.one_in(3) {
            let condition = Expressions { random: self.random, inexact: true, filters: self.filters }.condition(2);
            let wanted = !self.random.one_in(4);
            let _ = writeln!(self.dimensions, "      w{}: {}", self.at, json!(for_tarn(&condition)));
            let _ = writeln!(self.controls, "  w{0}: {{ field: data.w{0}, type: boolean }}", self.at);
            asked.insert(format!("w{}", self.at), json!(wanted.to_string()));
            conditions.push(format!("({}) = {wanted}", for_duckdb(&condition)));
        }
        for _ in 0..self.random.below(3) {
            let column = &COLUMNS[self.random.below(COLUMNS.len() as u64) as usize];
            let (text, condition) = match fixed_filter(column.data_type) {
                Some("range") => {
                    let (from, to) = (self.random.between(-20, 10), self.random.between(0, 30));
                    match self.random.below(3) {
                        0 => (format!("{from}.."), format!("{} >= {from}", column.name)),
                        1 => (format!("..{to}"), format!("{} < {to}", column.name)),
                        _ if from < to => (format!("{from}..{to}"), format!("{0} >= {from} and {0} < {to}", column.name)),
                        _ => continue,
                    }
                }
                Some("multi_select") => {
                    let texts = if column.name == "s" { ["ATL", "ORD", "\\N"] } else { ["a", "日本語", "\\N"] };
                    let n = 1 + self.random.below(3) as usize;
                    let chosen = &texts[3 - n..];
                    let tests: Vec<String> = chosen
                        .iter()
                        .map(|text| {
                            if *text == "\\N" {
                                format!("{} is null", column.name)
                            } else {
                                format!("coalesce({} = '{text}', false)", column.name)
                            }
                        })
                        .collect();
                    (chosen.join(","), format!("({})", tests.join(" or ")))
                }
                Some("date_range") => {
                    let name = column.name;
                    ("1969-12-01..1999-06-15".to_owned(), format!("{name} >= '1969-12-01' and {name} < '1999-06-15'"))
                }
                _ => {
                    if asked.insert("f_search".into(), json!("A")).is_none() {
                        conditions.push("contains(lower(w), 'a')".into());
                    }
                    continue;
                }
            };
            let id = format!("f_{}", column.name);
            if !asked.contains_key(&id) {
                asked.insert(id, json!(text));
                conditions.push(condition);
            }
        }
        let wheres = if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
        (Value::Object(asked), wheres)
    }
}

fn and(wheres: &str, condition: &str) -> String {
    if wheres.is_empty() { format!(" where {condition}") } else { format!("{wheres} and {condition}") }
}
