//! Row groups with their subtotals, by DuckDB's grouping sets.

/// A further table of an answer.
pub struct Part {
    /// Where it stands in the answer.
    pub pointer: String,
    pub sql: String,
    pub n_keys: usize,
}

/// A table with row groups.
pub struct Nested {
    /// In the order of the row groups.
    pub rows: String,
    pub levels: Vec<Part>,
}

/// Groups by some keys, ordered by the first measure of every level, the greatest first.
pub fn nested(keys: &[String], measures: &[String], wheres: &str, having: &str, limit: Option<u64>) -> Nested {
    let listed = |of: &dyn Fn(usize) -> String, n: usize| (0..n).map(of).collect::<Vec<_>>().join(", ");
    let n_keys = keys.len();
    let named = |at: usize| format!("({}) as g{at}", keys[at]);
    let values = listed(&|at| format!("{} as v{at}", measures[at]), measures.len());
    let prefix = |n: usize| listed(&|at| format!("g{at}"), n);
    let sets = listed(&|level| format!("({})", prefix(level + 1)), n_keys - 1);
    // Ones where a key is not grouped by.
    let ids: Vec<u32> = (1..n_keys).map(|n| (1 << (n_keys - 1 - n)) - 1).collect();
    let joins: Vec<String> = (1..n_keys)
        .map(|n| {
            let same: Vec<String> = (0..n).map(|at| format!("l{n}.g{at} is not distinct from leaf.g{at}")).collect();
            format!("join levels l{n} on l{n}.id = {} and {}", ids[n - 1], same.join(" and "))
        })
        .collect();
    let order = |n: usize| {
        let levels = (1..n).map(|level| format!("l{level}.v0 desc nulls last, leaf.g{} asc nulls last, ", level - 1));
        format!(
            "{}{}.v0 desc nulls last, leaf.g{} asc nulls last",
            levels.collect::<String>(),
            if n == n_keys { "leaf".into() } else { format!("l{n}") },
            n - 1
        )
    };
    let limit = limit.map_or(String::new(), |limit| format!(" limit {limit}"));
    let common = format!(
        "with keyed as (select *, {} from data{wheres}),
         leaf as (select {}, {values} from keyed group by {}{having}),
         levels as (select {}, {values}, grouping_id({}) as id from keyed group by grouping sets ({sets})),
         shown as (select leaf.* from leaf {} order by {}{limit})",
        listed(&named, n_keys),
        prefix(n_keys),
        prefix(n_keys),
        prefix(n_keys - 1),
        prefix(n_keys - 1),
        joins.join(" "),
        order(n_keys),
    );
    let rows = format!("{common} select leaf.* from shown leaf {} order by {}", joins.join(" "), order(n_keys));
    let level = |n: usize| {
        let columns = format!("{}, {}", listed(&|at| format!("l{n}.g{at}"), n), listed(&|at| format!("l{n}.v{at}"), measures.len()));
        let distinct = format!("select distinct {} from shown", prefix(n));
        let sql = format!("{common} select {columns} from ({distinct}) leaf {} order by {}", joins[..n].join(" "), order(n));
        Part { pointer: format!("/subtotals/{}", n - 1), sql, n_keys: n }
    };
    Nested { rows, levels: (1..n_keys).map(level).collect() }
}
