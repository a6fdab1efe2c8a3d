use super::address;
use tarn_dashboard::{Bucket, Dashboard, Filter, Key, OrderBy, Page, Source, View, ViewKind};

/// The filters that the view applies: those of its page and source, other than the one that it writes.
pub(super) fn applied<'d>(dashboard: &'d Dashboard, page: &Page, view: &View) -> Vec<&'d Filter> {
    let in_force = page.filters_in_force().into_iter().filter_map(|id| dashboard.filter(id));
    in_force.filter(|filter| filter.field_of(&view.source).is_some() && !view.selects.contains(&filter.id)).collect()
}

/// The view's query as SQL for DuckDB, to read rather than to run: filters stand in it as comments with their defaults.
pub(super) fn statement(dashboard: &Dashboard, page: &Page, view: &View, source: &Source) -> String {
    let keys: Vec<(String, &Key)> = view.all_keys().map(|key| (key_sql(key, source), key)).collect();
    let mut shown: Vec<String> = keys.iter().map(|(sql, key)| named(sql, &key.name)).collect();
    let measures = view.measures.iter().filter_map(|name| source.measure(name));
    shown.extend(measures.map(|measure| named(&measure.sql, &measure.name)));
    let mut text = format!("select\n  {}\nfrom '{}'", shown.join(",\n  "), address(source).replace('\'', "''"));
    let filters = applied(dashboard, page, view);
    for (at, filter) in filters.iter().enumerate() {
        let word = if at == 0 { "where" } else { "  and" };
        let value = filter.default.as_ref().map_or_else(|| "not set at first".to_owned(), |value| filter.text(value));
        text += &format!(
            "\n{word} true -- filter {} on {}: {value}",
            filter.id,
            field_sql(filter.field_of(&view.source).map_or("", |(field, _)| field), source)
        );
    }
    if !keys.is_empty() {
        let names: Vec<&str> = keys.iter().map(|(_, key)| key.name.as_str()).collect();
        text += &format!("\ngroup by {}", names.join(", "));
    }
    if let Some(having) = &view.having {
        text += &format!("\nhaving {}", having.sql);
    }
    let order = view.order.iter().filter_map(|order| {
        let name = match order.by {
            OrderBy::Key(at) => &view.keys.get(at as usize)?.name,
            OrderBy::Measure(at) => view.measures.get(at as usize)?,
        };
        Some(format!("{name}{} nulls last", if order.descending { " desc" } else { "" }))
    });
    let order: Vec<String> = order.collect();
    if !order.is_empty() {
        text += &format!("\norder by {}", order.join(", "));
    }
    if let Some(limit) = view.limit {
        text += &format!("\nlimit {limit}");
    }
    if view.kind == ViewKind::Histogram || view.keys.iter().any(|key| matches!(key.bucket, Bucket::Time { .. })) {
        text += "\n-- and a row for every gap on the axis";
    }
    text
}

fn named(sql: &str, name: &str) -> String {
    if sql == name { sql.to_owned() } else { format!("{sql} as {name}") }
}

/// A column, or the expression of a dimension.
fn field_sql(name: &str, source: &Source) -> String {
    let dimension = source.dimensions.iter().find(|dimension| dimension.name == name);
    dimension.map_or_else(|| name.to_owned(), |dimension| dimension.sql.clone())
}

fn key_sql(key: &Key, source: &Source) -> String {
    let field = field_sql(&key.name, source);
    match &key.bucket {
        Bucket::Value | Bucket::Span { .. } => field,
        Bucket::Time { grains } => format!("date_trunc('{}', {field})", grains.first().map_or("day", |grain| grain.name())),
        Bucket::Bins { from, width, .. } => {
            let from = from.unwrap_or(0.0);
            if from == 0.0 {
                format!("floor({field} / {width}) * {width}")
            } else {
                format!("floor(({field} - {from}) / {width}) * {width} + {from}")
            }
        }
    }
}
