//! What dbt's manifest.json (and catalog.json) say of one model. Keys that are not there, as in manifests of other versions, are
//! as good as empty.
use super::sql_type::of_contract;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What is promised of a model.
#[derive(Debug, Default, PartialEq)]
pub struct Contract {
    pub model: String,
    /// Versions of dbt and the adapter's name.
    pub written_by: String,
    pub columns: Vec<Column>,
    /// Keys of which no combination comes twice.
    pub unique: Vec<Vec<String>>,
    pub accepted_values: Vec<(String, Vec<String>)>,
    pub fresh_within: Option<String>,
    /// What a contract cannot say, each with its reason.
    pub notes: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub type_name: String,
    /// Never null.
    pub required: bool,
}

pub struct Manifest(Value);

/// The columns that the warehouse has.
pub struct Catalog(Value);

impl Manifest {
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if value["metadata"]["dbt_schema_version"].as_str().is_some_and(|schema| schema.contains("/manifest/")) {
            return Ok(Self(value));
        }
        Err("it is not a manifest of dbt\nhint: dbt writes target/manifest.json".to_owned())
    }

    /// `wanted` is a name or a unique id; without one there has to be only one model.
    pub fn contract(&self, wanted: Option<&str>, catalog: Option<&Catalog>) -> Result<Contract, String> {
        let (id, node) = self.find(wanted)?;
        let adapter = text(&self.0["metadata"]["adapter_type"]);
        let mut contract = Contract {
            model: id.to_owned(),
            written_by: format!("dbt {}, {adapter}", text(&self.0["metadata"]["dbt_version"])),
            ..Contract::default()
        };
        let mut required = BTreeSet::new();
        self.constraints(node, &mut required, &mut contract);
        for test in self.tests(id) {
            take_test(test, &mut required, &mut contract);
        }
        columns(node, catalog.and_then(|catalog| catalog.columns(id)), adapter, &required, &mut contract);
        freshness(node, &mut contract);
        keep_published(&mut contract);
        if contract.columns.is_empty() {
            return Err(format!(
                "dbt knows no column types of {id}\nhint: run `dbt docs generate`, or give each column a `data_type:`\n{}",
                contract.notes.join("\n")
            ));
        }
        Ok(contract)
    }

    fn find(&self, wanted: Option<&str>) -> Result<(&str, &Value), String> {
        let all = ["nodes", "sources"].into_iter().flat_map(|key| entries(&self.0[key]));
        let tables: Vec<(&str, &Value)> =
            all.filter(|(_, node)| ["model", "seed", "snapshot", "source"].contains(&text(&node["resource_type"]))).collect();
        let models = || tables.iter().filter(|(_, node)| text(&node["resource_type"]) == "model").copied().collect::<Vec<_>>();
        let found = match wanted {
            None => models(),
            Some(wanted) => {
                let named = |(id, node): &(&str, &Value)| *id == wanted || text(&node["name"]) == wanted || text(&node["alias"]) == wanted;
                tables.iter().filter(|table| named(table)).copied().collect()
            }
        };
        let names = |tables: &[(&str, &Value)]| tables.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ");
        match (found.as_slice(), wanted) {
            ([one], _) => Ok(*one),
            ([], Some(wanted)) => Err(format!("dbt has no model `{wanted}`\nhint: it has {}", names(&tables))),
            ([], None) => Err(format!("there is no model\nhint: name a source with --model: {}", names(&tables))),
            (several, _) => Err(format!("there are several models\nhint: choose one with --model: {}", names(several))),
        }
    }

    fn constraints(&self, node: &Value, required: &mut BTreeSet<String>, contract: &mut Contract) {
        let of_columns = entries(&node["columns"]).flat_map(|(name, column)| {
            list(&column["constraints"]).iter().map(move |constraint| (vec![text(&column["name"]).to_owned()], name, constraint))
        });
        let of_model = list(&node["constraints"]).iter().map(|constraint| (texts(&constraint["columns"]), "", constraint));
        for (columns, name, constraint) in of_columns.chain(of_model) {
            let kind = text(&constraint["type"]);
            if ["not_null", "primary_key"].contains(&kind) {
                required.extend(columns.iter().cloned());
            }
            if ["unique", "primary_key"].contains(&kind) {
                contract.add_unique(columns);
            } else if kind != "not_null" {
                let of = if name.is_empty() { String::new() } else { format!(" of `{name}`") };
                contract.notes.push(format!("constraint `{kind}`{of}: {}", reason(kind)));
            }
        }
    }

    /// The tests of a model, in the order of their ids.
    fn tests<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Value> {
        entries(&self.0["nodes"]).map(|(_, node)| node).filter(move |node| {
            let attached = match node["attached_node"].as_str() {
                Some(attached) => attached == id,
                // Tests of sources are attached to nothing; the table that a test is of comes last.
                None => list(&node["depends_on"]["nodes"]).last().is_some_and(|last| last == id),
            };
            text(&node["resource_type"]) == "test" && attached
        })
    }
}

impl Catalog {
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map(Self).map_err(|error| error.to_string())
    }

    /// Names and types, in the order of the table.
    fn columns(&self, id: &str) -> Option<Vec<(&str, &str)>> {
        let columns = ["nodes", "sources"].into_iter().find_map(|key| self.0[key][id]["columns"].as_object())?;
        let mut columns: Vec<&Value> = columns.values().collect();
        columns.sort_by_key(|column| column["index"].as_u64());
        Some(columns.into_iter().map(|column| (text(&column["name"]), text(&column["type"]))).collect())
    }
}

impl Contract {
    fn add_unique(&mut self, columns: Vec<String>) {
        if !columns.is_empty() && !self.unique.contains(&columns) {
            self.unique.push(columns);
        }
    }
}

fn take_test(test: &Value, required: &mut BTreeSet<String>, contract: &mut Contract) {
    let (metadata, config) = (&test["test_metadata"], &test["config"]);
    let name = metadata["name"].as_str().unwrap_or_else(|| text(&test["name"]));
    let column = test["column_name"].as_str().or_else(|| metadata["kwargs"]["column_name"].as_str()).map(unquoted);
    let told = match column {
        Some(column) => format!("test `{name}` of `{column}`"),
        None => format!("test `{name}`"),
    };
    if !text(&config["severity"]).eq_ignore_ascii_case("error") && config["severity"].is_string() {
        contract.notes.push(format!("{told}: it only warns"));
        return;
    }
    if config["where"].as_str().is_some_and(|rows| !rows.trim().is_empty()) {
        contract.notes.push(format!("{told}: it is of some rows (`where`), and a contract is of all"));
        return;
    }
    let kwargs = &metadata["kwargs"];
    match (name, column) {
        ("not_null", Some(column)) => drop(required.insert(column.to_owned())),
        ("unique", Some(column)) => contract.add_unique(vec![column.to_owned()]),
        ("unique_combination_of_columns", _) if !texts(&kwargs["combination_of_columns"]).is_empty() => {
            contract.add_unique(texts(&kwargs["combination_of_columns"]));
        }
        ("accepted_values", Some(column)) => {
            let values = list(&kwargs["values"]).iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            contract.accepted_values.push((column.to_owned(), values.collect()));
        }
        _ => contract.notes.push(format!("{told}: {}", reason(name))),
    }
}

fn reason(kind: &str) -> &'static str {
    match kind {
        "relationships" | "foreign_key" => "a publication sees one table; joins and their tests belong upstream",
        _ => "it stays dbt's to check",
    }
}

fn columns(node: &Value, actual: Option<Vec<(&str, &str)>>, adapter: &str, required: &BTreeSet<String>, contract: &mut Contract) {
    let declared: Vec<(&str, &str)> =
        entries(&node["columns"]).map(|(_, column)| (text(&column["name"]), text(&column["data_type"]))).collect();
    let declared_type = |name: &str| declared.iter().find(|(other, _)| same(other, name)).map_or("", |(_, sql)| *sql);
    let all = actual.unwrap_or_else(|| declared.clone());
    for (name, sql) in &all {
        let (said, found) = (of_contract(declared_type(name), adapter), of_contract(sql, adapter));
        if let (Some(said), Some(found)) = (&said, &found)
            && said != found
        {
            contract.notes.push(format!("`data_type: {}` of `{name}`: the warehouse has {sql}", declared_type(name)));
        }
        let required = required.iter().any(|other| same(other, name));
        match found.or(said) {
            Some(type_name) => contract.columns.push(Column { name: (*name).to_owned(), type_name, required }),
            None if sql.is_empty() => contract.notes.push(format!("column `{name}`: it has no `data_type:`, and there is no catalog.json")),
            None => contract.notes.push(format!("column `{name}`: {sql} is none of a contract's types; cast it in the model")),
        }
    }
    for (name, _) in declared.iter().filter(|(name, _)| !all.iter().any(|(other, _)| same(other, name))) {
        contract.notes.push(format!("column `{name}`: the warehouse does not have it"));
    }
}

/// Checks name columns as the table has them, and only those that are published.
fn keep_published(contract: &mut Contract) {
    let of_table = |name: &str| contract.columns.iter().find(|column| same(&column.name, name)).map(|column| column.name.clone());
    let mut lost = vec![];
    let unique = std::mem::take(&mut contract.unique);
    let unique = unique.into_iter().filter_map(|key| {
        let known: Option<Vec<String>> = key.iter().map(|name| of_table(name)).collect();
        known.or_else(|| {
            lost.push(format!("unique `{}`: not all of it is published", key.join(", ")));
            None
        })
    });
    let unique: Vec<Vec<String>> = unique.collect();
    let accepted = std::mem::take(&mut contract.accepted_values);
    let accepted = accepted.into_iter().filter_map(|(name, values)| Some((of_table(&name)?, values)));
    let accepted: Vec<_> = accepted.collect();
    (contract.unique, contract.accepted_values) = (unique, accepted);
    contract.notes.extend(lost);
}

/// Of a source: how old its newest row may be.
fn freshness(node: &Value, contract: &mut Contract) {
    for (key, fails) in [("error_after", true), ("warn_after", false)] {
        let limit = &node["freshness"][key];
        let unit = match text(&limit["period"]) {
            "minute" => "m",
            "hour" => "h",
            "day" => "d",
            _ => continue,
        };
        let Some(count) = limit["count"].as_u64() else { continue };
        if fails {
            contract.fresh_within = Some(format!("{count}{unit}"));
        } else {
            contract.notes.push(format!("`warn_after: {count}{unit}`: it only warns"));
        }
    }
}

/// Names as SQL compares them, unless they are quoted.
fn same(a: &str, b: &str) -> bool {
    unquoted(a).eq_ignore_ascii_case(unquoted(b))
}

fn unquoted(name: &str) -> &str {
    let inner = |mark: char| name.strip_prefix(mark).and_then(|name| name.strip_suffix(mark));
    inner('"').or_else(|| inner('`')).unwrap_or(name)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(|item| item.as_str().map(|name| unquoted(name).to_owned())).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(key, value)| (key.as_str(), value))
}
