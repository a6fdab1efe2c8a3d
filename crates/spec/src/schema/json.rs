use super::{
    described::description,
    keys::{Form, Key, NOTHING, Object, objects},
};
use serde_json::{Map, Value, json};

/// The schema, for editors that complete and check while an author types. `tarn check` knows more: names, types, SQL.
pub fn schema() -> Value {
    let definitions: Map<String, Value> = objects().map(|object| (slug(object.what), definition(object))).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tarn dashboard",
        "$ref": reference("a dashboard"),
        "definitions": definitions,
    })
}

fn definition(object: &Object) -> Value {
    let properties: Map<String, Value> = object.keys.iter().map(|key| (key.name.to_owned(), property(object, key))).collect();
    let required: Vec<&str> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn property(object: &Object, key: &Key) -> Value {
    let mut value = form(&key.value);
    if let (Value::Object(fields), Some(text)) = (&mut value, description(object.heading, key.name)) {
        // Draft 7 ignores what stands beside a reference.
        if let Some(reference) = fields.remove("$ref") {
            fields.insert("allOf".into(), json!([{ "$ref": reference }]));
        }
        fields.insert("description".into(), json!(text));
    }
    value
}

fn form(value: &Form) -> Value {
    match value {
        Form::Text => json!({ "type": ["string", "number", "boolean"] }),
        Form::Number => json!({ "type": "number" }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Any => json!({}),
        Form::Null => json!({ "type": "null" }),
        Form::One(names) => json!({ "enum": names }),
        Form::Object(what) => json!({ "$ref": reference(what) }),
        Form::List(item) => json!({ "type": "array", "items": form(item) }),
        Form::Several(item) => json!({ "anyOf": [form(item), { "type": "array", "items": form(item) }] }),
        Form::Named(item) => json!({ "type": "object", "additionalProperties": { "anyOf": [form(item), form(&NOTHING)] } }),
        Form::Either(forms) => json!({ "anyOf": forms.iter().map(form).collect::<Vec<_>>() }),
    }
}

fn reference(what: &str) -> String {
    format!("#/definitions/{}", slug(what))
}

/// "a bar chart" becomes `bar-chart`.
fn slug(what: &str) -> String {
    let words = what.split(' ').filter(|word| !matches!(*word, "a" | "the"));
    words.collect::<Vec<_>>().join("-")
}
