//! The types and implicit casts of SQL expressions, as DuckDB has them.
//!
//! Columns: `i` int64, `d` double, `m` decimal(10, 2), `ts` timestamp, `tz` timestamptz, `dt` date, `t` time, `s` string,
//! `b` boolean. Written as `(function type argument …)`, casts as `type<argument>`.
use expect_test::{Expect, expect};
use tarn_dashboard::{Aggregate, Dashboard, DataType, Expr, Measure, Node, Scalar};
use tarn_spec::{compile, render_all};

fn dashboard(block: &str, sql: &str) -> Dashboard {
    let sql = sql.replace('\'', "''");
    let yaml = format!(
        "title: T\nparameters: {{ least: {{ type: integer, default: 1 }}, day: {{ type: date, default: 2001-06-01 }} }}\ndata:\n  f:\n    source: f.parquet\n    ttl: 1h\n    schema: {{ i: int64, d: double, m: 'decimal(10, 2)', ts: timestamp, tz: timestamptz, dt: date, t: time, s: string, b: boolean }}\n    time: ts\n    {block}: {{ x: '{sql}' }}\n    \npages: [{{ title: A, rows: [[{{ histogram: i, bins: {{ width: 1 }} }}]] }}]\n"
    );
    let compiled = compile("t.yaml", yaml.as_bytes());
    compiled.dashboard.unwrap_or_else(|| panic!("{}", render_all(&compiled.files, &compiled.diagnostics)))
}

fn measure(sql: &str) -> Measure {
    dashboard("measures", sql).sources[0].measures[0].clone()
}

/// The type of a dimension, then its expression.
fn check(sql: &str, expected: Expect) {
    let expr = dashboard("dimensions", sql).sources[0].dimensions[0].expr.clone();
    expected.assert_eq(&format!("{}: {}", show_type(expr.data_type), show(&expr)));
}

/// The type of a measure, its value, then its aggregates.
fn check_measure(sql: &str, expected: Expect) {
    let measure = measure(sql);
    let aggregates: Vec<String> = measure.aggregates.iter().map(show_aggregate).collect();
    expected.assert_eq(&format!("{}: {} where {}", show_type(measure.data_type()), show(&measure.value), aggregates.join(", ")));
}

fn show_aggregate(aggregate: &Aggregate) -> String {
    let argument = aggregate.argument.as_ref().map_or("*".into(), show);
    let filter = aggregate.filter.as_ref().map_or(String::new(), |filter| format!(" if {}", show(filter)));
    format!("{:?}({argument}){filter} as {}", aggregate.function, show_type(aggregate.data_type))
}

fn show(expr: &Expr) -> String {
    match &expr.node {
        Node::Column(name) => name.clone(),
        Node::Literal(scalar) => show_scalar(scalar),
        Node::Aggregate(at) => format!("#{at}"),
        Node::Parameter(name) => format!("${name}"),
        Node::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(show).collect();
            format!("({function:?} {} {})", show_type(expr.data_type), arguments.join(" "))
        }
        Node::Cast(argument) => format!("{}<{}>", show_type(expr.data_type), show(argument)),
        Node::Case { whens, otherwise } => {
            let whens: Vec<String> = whens.iter().map(|(when, then)| format!("{} -> {}", show(when), show(then))).collect();
            format!(
                "(case {} | {} else {})",
                show_type(expr.data_type),
                whens.join(" | "),
                otherwise.as_ref().map_or("none".into(), |e| show(e))
            )
        }
    }
}

fn show_scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => format!("{value:?}"),
        Scalar::String(text) => format!("'{text}'"),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn show_type(data_type: DataType) -> String {
    match data_type {
        DataType::Int64 => "int".into(),
        DataType::Float64 => "double".into(),
        DataType::Decimal { precision, scale } => format!("dec{precision}.{scale}"),
        DataType::Timestamp => "ts".into(),
        DataType::TimestampTz => "tz".into(),
        other => format!("{other:?}").to_lowercase(),
    }
}

#[test]
fn whole_numbers_become_decimals_and_both_become_doubles() {
    check("i + 1", expect!["int: (Add int i 1)"]);
    check("i * 0.5", expect!["dec21.1: (Multiply dec21.1 dec19.0<i> decimal { unscaled: 5, scale: 1 })"]);
    check("i + 0.25", expect!["dec22.2: (Add dec22.2 dec22.2<i> decimal { unscaled: 25, scale: 2 })"]);
    check("m + i", expect!["dec22.2: (Add dec22.2 dec22.2<m> dec22.2<i>)"]);
    check("m * m", expect!["dec20.4: (Multiply dec20.4 m m)"]);
    check("m + d", expect!["double: (Add double double<m> d)"]);
    check("m % 2", expect!["dec12.2: (Modulo dec12.2 dec12.2<m> decimal { unscaled: 200, scale: 2 })"]);
    check("-m", expect!["dec10.2: (Negate dec10.2 m)"]);
    check("i + null", expect!["int: (Add int i null)"]);
    check("-5 + i", expect!["int: (Add int -5 i)"]);
    check("i ^ 2", expect!["double: (Power double double<i> 2.0)"]);
}

#[test]
fn parameters_have_types_and_are_cast_like_columns() {
    check("i > $least", expect!["boolean: (Greater boolean i $least)"]);
    check("d * $least", expect!["double: (Multiply double d double<$least>)"]);
    check("ts >= $day", expect!["boolean: (GreaterOrEqual boolean ts ts<$day>)"]);
    check_measure(
        "sum(i) filter (where i > $Least) / $least",
        expect!["double: (Divide double double<#0> double<$least>) where Sum(i) if (Greater boolean i $least) as int"],
    );
}

#[test]
fn division_is_a_double_and_integer_division_is_not() {
    check("i / 2", expect!["double: (Divide double double<i> 2.0)"]);
    check("m / i", expect!["double: (Divide double double<m> double<i>)"]);
    check("i // 2", expect!["int: (IntegerDivide int i 2)"]);
    check("i % 2", expect!["int: (Modulo int i 2)"]);
}

#[test]
fn written_texts_take_the_type_of_the_other_side() {
    check("ts > '2001-06-01'", expect!["boolean: (Greater boolean ts timestamp(991353600000000))"]);
    check("'2001-06-01 12:30' <= ts", expect!["boolean: (LessOrEqual boolean timestamp(991398600000000) ts)"]);
    check("dt between '2001-06-01' and date '2001-06-30'", expect!["boolean: (Between boolean dt date(11474) date(11503))"]);
    check("i = '5'", expect!["boolean: (Equal boolean i 5)"]);
    check("tz < '2001-06-01T00:00:00+02:00'", expect!["boolean: (Less boolean tz timestamp(991346400000000))"]);
    check("dt = ts", expect!["boolean: (Equal boolean ts<dt> ts)"]);
    check(
        "i in (1, 2.5, 3)",
        expect![
            "boolean: (In boolean dec20.1<i> decimal { unscaled: 10, scale: 1 } decimal { unscaled: 25, scale: 1 } decimal { unscaled: 30, scale: 1 })"
        ],
    );
    check("s in ('ATL', 'ORD')", expect!["boolean: (In boolean s 'ATL' 'ORD')"]);
    check("s not in ('ATL')", expect!["boolean: (Not boolean (In boolean s 'ATL'))"]);
    check("dt > timestamp '2001-06-01'", expect!["boolean: (Greater boolean ts<dt> timestamp(991353600000000))"]);
}

#[test]
fn calendar_arithmetic() {
    check("dt + 1", expect!["date: (Add date dt 1)"]);
    check("dt + interval '3 days'", expect!["ts: (Add ts ts<dt> interval { months: 0, days: 3, micros: 0 })"]);
    check("ts - interval 1 month", expect!["ts: (Subtract ts ts interval { months: 1, days: 0, micros: 0 })"]);
    check("interval '1 day 02:30:00' + ts", expect!["ts: (Add ts ts interval { months: 0, days: 1, micros: 9000000000 })"]);
    check("dt - dt", expect!["int: (Subtract int dt dt)"]);
    check("t + interval '90 minutes'", expect!["time: (Add time t interval { months: 0, days: 0, micros: 5400000000 })"]);
    check("date_trunc('week', ts)", expect!["ts: (DateTrunc(Week(Monday)) ts ts)"]);
    check("date_trunc('month', dt)", expect!["date: (DateTrunc(Month) date dt)"]);
    check("date_diff('day', dt, ts)", expect!["int: (DateDiff(Day) int ts<dt> ts)"]);
    check("extract(hour from ts)", expect!["int: (Extract(Hour) int ts)"]);
    check("date_part('dow', dt)", expect!["int: (Extract(DayOfWeek) int dt)"]);
    check("year(dt) * 100 + month(dt)", expect!["int: (Add int (Multiply int (Extract(Year) int dt) 100) (Extract(Month) int dt))"]);
    check("extract(epoch from ts)", expect!["double: (Divide double double<(DateDiff(Microsecond) int timestamp(0) ts)> 1000000.0)"]);
    check("strftime(ts, '%Y-%m')", expect!["string: (Strftime string ts '%Y-%m')"]);
    check("ts::date", expect!["date: date<ts>"]);
}

#[test]
fn functions() {
    check("round(m, 1)", expect!["dec10.1: (Round dec10.1 m 1)"]);
    check("round(i / 3, 2)", expect!["double: (Round double (Divide double double<i> 3.0) 2)"]);
    check("round(i)", expect!["int: (Round int i)"]);
    check("floor(m)", expect!["dec10.0: (Floor dec10.0 m)"]);
    check("ceil(i)", expect!["double: (Ceil double double<i>)"]);
    check("abs(i) + sign(d)", expect!["int: (Add int (Abs int i) (Sign int d))"]);
    check("sqrt(m)", expect!["double: (Sqrt double double<m>)"]);
    check("coalesce(i, 0.5)", expect!["dec20.1: (Coalesce dec20.1 dec20.1<i> decimal { unscaled: 5, scale: 1 })"]);
    check("nullif(i, 0)", expect!["int: (Nullif int i 0)"]);
    check("nullif(i, 2.5)", expect!["int: (case int | (Equal boolean dec20.1<i> decimal { unscaled: 25, scale: 1 }) -> null else i)"]);
    check("least(i, m)", expect!["dec21.2: (Least dec21.2 dec21.2<i> dec21.2<m>)"]);
    check("s || i || 'x'", expect!["string: (Concat string (Concat string s string<i>) 'x')"]);
    check(
        "concat(s, i, 'x')",
        expect!["string: (Concat string (Concat string (Coalesce string s '') (Coalesce string string<i> '')) 'x')"],
    );
    check("upper(substring(s, 1, 2))", expect!["string: (Upper string (Substring string s 1 2))"]);
    check("left(s, 2)", expect!["string: (Substring string s 1 2)"]);
    check("length(trim(s))", expect!["int: (Length int (Trim string s))"]);
    check("split_part(s, '-', 1)", expect!["string: (SplitPart string s '-' 1)"]);
    check("starts_with(s, 'A') or contains(s, 'B')", expect!["boolean: (Or boolean (StartsWith boolean s 'A') (Contains boolean s 'B'))"]);
    check("s like 'A%' and s not ilike '%b'", expect!["boolean: (And boolean (Like boolean s 'A%') (Not boolean (Ilike boolean s '%b')))"]);
    check("cast(i as varchar)", expect!["string: string<i>"]);
    check("cast('7' as int) + i", expect!["int: (Add int 7 i)"]);
}

#[test]
fn branches_share_a_type() {
    check(
        "case when b then 1 else 0.5 end",
        expect!["dec11.1: (case dec11.1 | b -> decimal { unscaled: 10, scale: 1 } else decimal { unscaled: 5, scale: 1 })"],
    );
    check(
        "case s when 'ATL' then 'Atlanta' when 'ORD' then 'Chicago' end",
        expect!["string: (case string | (Equal boolean s 'ATL') -> 'Atlanta' | (Equal boolean s 'ORD') -> 'Chicago' else none)"],
    );
    check("case when i > 5 then null else dt end", expect!["date: (case date | (Greater boolean i 5) -> null else dt)"]);
    check("if(b, i, d)", expect!["double: (case double | b -> double<i> else d)"]);
    check("b is true", expect!["boolean: (Coalesce boolean b boolean(false))"]);
    check("not b and i is not null", expect!["boolean: (And boolean (Not boolean b) (IsNotNull boolean i))"]);
}

#[test]
fn aggregates() {
    check_measure("count(*)", expect!["int: #0 where Count(*) as int"]);
    check_measure("count(s)", expect!["int: #0 where Count(s) as int"]);
    check_measure("count(distinct s)", expect!["int: #0 where CountDistinct(s) as int"]);
    check_measure("sum(i)", expect!["int: #0 where Sum(i) as int"]);
    check_measure("sum(m)", expect!["dec38.2: #0 where Sum(m) as dec38.2"]);
    check_measure("sum(b)", expect!["int: #0 where Sum(int<b>) as int"]);
    check_measure("avg(m)", expect!["double: #0 where Avg(m) as double"]);
    check_measure("avg(i) filter (where s = 'ATL')", expect!["double: #0 where Avg(i) if (Equal boolean s 'ATL') as double"]);
    check_measure("median(i)", expect!["double: #0 where Median(double<i>) as double"]);
    check_measure("median(dt)", expect!["ts: #0 where Median(ts<dt>) as ts"]);
    check_measure("quantile_cont(d, 0.9)", expect!["double: #0 where QuantileCont(0.9)(d) as double"]);
    check_measure("stddev(i)", expect!["double: #0 where Stddev(double<i>) as double"]);
    check_measure("min(s)", expect!["string: #0 where Min(s) as string"]);
    check_measure("max(ts)", expect!["ts: #0 where Max(ts) as ts"]);
    check_measure("last(i)", expect!["int: #0 where Last(i) as int"]);
    check_measure("count_if(i > 15)", expect!["int: #0 where Count(*) if (Greater boolean i 15) as int"]);
    check_measure("any_value(s)", expect!["string: #0 where AnyValue(s) as string"]);
}

#[test]
fn arithmetic_between_aggregates_computes_each_once() {
    check_measure("sum(i) / count(*)", expect!["double: (Divide double double<#0> double<#1>) where Sum(i) as int, Count(*) as int"]);
    check_measure(
        "100.0 * count(*) filter (where i > 15) / count(*)",
        expect![
            "double: (Divide double double<(Multiply dec23.1 decimal { unscaled: 1000, scale: 1 } dec19.0<#0>)> double<#1>) where Count(*) if (Greater boolean i 15) as int, Count(*) as int"
        ],
    );
    check_measure(
        "(sum(i) - sum(m)) / sum(i)",
        expect!["double: (Divide double double<(Subtract dec38.2 dec38.2<#0> #1)> double<#0>) where Sum(i) as int, Sum(m) as dec38.2"],
    );
    check_measure("coalesce(round(avg(i), 1), 0)", expect!["double: (Coalesce double (Round double #0 1) 0.0) where Avg(i) as double"]);
}

#[test]
fn references_are_expanded_before_grouping() {
    let yaml = "title: T\ndata:\n  f:\n    source: f.parquet\n    ttl: 1h\n    schema: { i: int64 }\n    measures:\n      share: '{late} / {rows}'\n      twice: '2 * {share}'\n      late: { sql: count(*) filter (where i > 15), hidden: true }\n      rows: count(*)\npages: [{ title: A, rows: [[kpi: twice]] }]\n";
    let dashboard = compile("t.yaml", yaml.as_bytes()).dashboard.unwrap();
    let names: Vec<&str> = dashboard.sources[0].measures.iter().map(|measure| measure.name.as_str()).collect();
    assert_eq!(names, ["share", "twice", "rows"], "hidden measures serve others only");
    let twice = dashboard.sources[0].measure("twice").unwrap();
    assert_eq!(twice.sql, "2 * (count(*) filter (where i > 15) / count(*))");
    assert_eq!(show(&twice.value), "(Multiply double 2.0 (Divide double double<#0> double<#1>))");
    assert_eq!(twice.aggregates.len(), 2);
}

#[test]
fn names_are_found_as_in_duckdb() {
    check("I + 1", expect!["int: (Add int i 1)"]);
    check("f.i", expect!["int: i"]);
    check("\"i\"", expect!["int: i"]);
}

/// What is compiled in Berlin, where weeks start on Sundays.
fn in_berlin(block: &str, sql: &str) -> Dashboard {
    let sql = sql.replace('\'', "''");
    let yaml = format!(
        "title: T\ntime_zone: Europe/Berlin\nweek_start: sunday\ndata:\n  f:\n    source: f.parquet\n    ttl: 1h\n    schema: {{ ts: timestamp, tz: timestamptz }}\n    {block}: {{ x: '{sql}' }}\n    \npages: [{{ title: A, rows: [[{{ histogram: i, measure: f.x, bins: {{ width: 1 }} }}]] }}]\n"
    );
    let yaml = yaml
        .replace("schema: { ts", "schema: { i: int64, ts")
        .replace("measure: f.x, ", if block == "measures" { "measure: x, " } else { "" });
    let compiled = compile("t.yaml", yaml.as_bytes());
    compiled.dashboard.unwrap_or_else(|| panic!("{}", render_all(&compiled.files, &compiled.diagnostics)))
}

#[test]
fn what_is_shown_of_an_instant_is_wall_time() {
    let dimension = |sql: &str| {
        let expr = in_berlin("dimensions", sql).sources[0].dimensions[0].expr.clone();
        format!("{}: {}", show_type(expr.data_type), show(&expr))
    };
    expect!["ts: ts<tz>"].assert_eq(&dimension("tz"));
    expect!["ts: ts"].assert_eq(&dimension("ts"));
    expect!["ts: (DateTrunc(Week(Sunday)) ts ts)"].assert_eq(&dimension("date_trunc('week', ts)"));
    // Written wall time is the zone's: noon in Berlin is ten o'clock UTC in summer.
    expect!["boolean: (Greater boolean tz timestamp(993895200000000))"].assert_eq(&dimension("tz > timestamptz '2001-06-30 12:00'"));
    expect!["boolean: (Greater boolean tz timestamp(978303600000000))"].assert_eq(&dimension("tz > date '2001-01-01'"));
    let measure = in_berlin("measures", "max(tz)").sources[0].measures[0].clone();
    expect!["ts: ts<#0>"].assert_eq(&format!("{}: {}", show_type(measure.data_type()), show(&measure.value)));
    let zone = in_berlin("dimensions", "ts").zone;
    assert_eq!((zone.name.as_str(), zone.offset(991_872_000_000_000)), ("Europe/Berlin", 7_200_000_000));
    assert!(zone.changes.len() > 100 && zone.changes.windows(2).all(|pair| pair[0].0 < pair[1].0));
}
