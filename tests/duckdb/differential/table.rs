//! Schemas and data: nulls, extremes, empty and all-null columns among them.
use super::random::Random;

/// The type that an expression sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Int,
    Double,
    Decimal,
    Boolean,
    Text,
    Date,
    Time,
    Timestamp,
    Instant,
}

pub struct Column {
    pub name: &'static str,
    pub data_type: Type,
    /// In `schema:`.
    pub contract: &'static str,
    /// In the Parquet file.
    stored: &'static str,
    /// As Tarn computes with it: integers as 64 bits, floats as doubles.
    seen: &'static str,
}

const fn column(name: &'static str, data_type: Type, contract: &'static str, stored: &'static str, seen: &'static str) -> Column {
    Column { name, data_type, contract, stored, seen }
}

pub const COLUMNS: [Column; 22] = [
    column("i8", Type::Int, "int8", "tinyint", "bigint"),
    column("i16", Type::Int, "int16", "smallint", "bigint"),
    column("i32", Type::Int, "int32", "integer", "bigint"),
    column("i64", Type::Int, "int64", "bigint", "bigint"),
    column("u8", Type::Int, "uint8", "utinyint", "bigint"),
    column("u16", Type::Int, "uint16", "usmallint", "bigint"),
    column("u32", Type::Int, "uint32", "uinteger", "bigint"),
    column("u64", Type::Decimal, "uint64", "ubigint", "decimal(20, 0)"),
    column("f32", Type::Double, "float", "float", "double"),
    column("f64", Type::Double, "double", "double", "double"),
    column("m4", Type::Decimal, "decimal(4, 1)", "decimal(4, 1)", "decimal(4, 1)"),
    column("m9", Type::Decimal, "decimal(9, 2)", "decimal(9, 2)", "decimal(9, 2)"),
    column("m18", Type::Decimal, "decimal(18, 4)", "decimal(18, 4)", "decimal(18, 4)"),
    column("m30", Type::Decimal, "decimal(30, 6)", "decimal(30, 6)", "decimal(30, 6)"),
    column("b", Type::Boolean, "boolean", "boolean", "boolean"),
    column("s", Type::Text, "string", "varchar", "varchar"),
    column("w", Type::Text, "string", "varchar", "varchar"),
    column("d", Type::Date, "date", "date", "date"),
    column("h", Type::Time, "time", "time", "time"),
    column("t", Type::Timestamp, "timestamp", "timestamp", "timestamp"),
    column("z", Type::Instant, "timestamptz", "timestamptz", "timestamptz"),
    // Unique and never null: what `first` and `last` go by.
    column("moment", Type::Timestamp, "timestamp", "timestamp", "timestamp"),
];

const TEXTS: [&str; 14] = ["", "a", "A", "ab", "abc", "B b", " x ", "zebra", "a%b", "_", "Äpfel", "naïve", "日本語", "a,b,c"];

pub struct Table {
    /// Statements that make the table `stored`, and the view `data` of it as Tarn sees it.
    pub setup: Vec<String>,
    /// Whether some values are at the ends of their types.
    pub extremes: bool,
}

impl Table {
    pub fn random(random: &mut Random) -> Self {
        let n_rows = match random.below(20) {
            0 => 0,
            1 => 1,
            2 => 2,
            _ => 20 + random.below(180),
        };
        let extremes = random.one_in(4);
        let nulls: Vec<u64> = COLUMNS.iter().map(|_| random.pick(&[1, 2, 5, 5, 10, 10, u64::MAX >> 1])).collect();
        let columns: Vec<String> = COLUMNS.iter().map(|column| format!("{} {}", column.name, column.stored)).collect();
        let mut setup = vec![format!("create table stored ({})", columns.join(", "))];
        let rows: Vec<String> = (0..n_rows)
            .map(|row| {
                let value = |(column, nulls): (&Column, &u64)| match column.name {
                    "moment" => format!("timestamp '2001-01-01 00:00:00' + to_minutes({})", row * 37 % 1009 * 50),
                    _ if random.one_in(*nulls) => "null".to_owned(),
                    _ => value(column, extremes, random),
                };
                format!("({})", COLUMNS.iter().zip(&nulls).map(value).collect::<Vec<_>>().join(", "))
            })
            .collect();
        setup.extend(rows.chunks(50).map(|rows| format!("insert into stored values {}", rows.join(", "))));
        let seen: Vec<String> = COLUMNS.iter().map(|column| format!("cast({0} as {1}) as {0}", column.name, column.seen)).collect();
        setup.push(format!("create table data as select {} from stored", seen.join(", ")));
        Self { setup, extremes }
    }
}

fn value(column: &Column, extremes: bool, random: &mut Random) -> String {
    let extreme = extremes && random.one_in(8);
    match column.data_type {
        Type::Int | Type::Decimal if extreme => {
            let (least, greatest) = match column.name {
                "i8" => ("-128", "127"),
                "i16" => ("-32768", "32767"),
                "i32" => ("-2147483648", "2147483647"),
                "i64" => ("-9223372036854775808", "9223372036854775807"),
                "u8" => ("0", "255"),
                "u16" => ("0", "65535"),
                "u32" => ("0", "4294967295"),
                "u64" => ("0", "18446744073709551615"),
                "m4" => ("-999.9", "999.9"),
                "m9" => ("-9999999.99", "9999999.99"),
                "m18" => ("-9999999999.9999", "9999999999.9999"),
                _ => ("-999999999999999999999999.999999", "999999999999999999999999.999999"),
            };
            random.pick(&[least, greatest]).to_owned()
        }
        Type::Int if column.name.starts_with('u') => random.below(40).to_string(),
        Type::Int => random.between(-20, 20).to_string(),
        Type::Decimal if column.name == "u64" => random.below(500).to_string(),
        Type::Decimal => format!("{}.{}", random.between(-50, 50), random.pick(&["0", "5", "1", "9"])),
        Type::Double if extreme => format!("'{}'::double", random.pick(&["nan", "inf", "-inf", "-0.0", "1e30"])),
        Type::Double => format!("{}.0 / 8", random.between(-400, 400)),
        Type::Boolean => random.pick(&["true", "false"]).to_owned(),
        Type::Text if column.name == "s" => format!("'{}'", random.pick(&["ATL", "ORD", "SFO", "JFK", "LAX"])),
        Type::Text => format!("'{}'", random.pick(&TEXTS)),
        Type::Date => format!("date '1970-01-01' + {}", random.between(-4000, 16000)),
        Type::Time => format!("time '00:00:00' + interval {} second", random.below(86_400)),
        Type::Timestamp | Type::Instant => {
            let moment = format!("timestamp '1969-12-20 00:00:00' + to_seconds({})", random.between(-90_000_000, 900_000_000));
            if column.data_type == Type::Instant { format!("cast({moment} as timestamptz)") } else { moment }
        }
    }
}
