//! The dashboard's language. English and German are known; the separators and names of any other come from the browser.
use js_sys::{Array, Function, Object, Reflect};
use std::array;
use tarn_chart::Locale;
use wasm_bindgen::{JsCast as _, JsValue};

pub fn from_tag(tag: &str) -> Locale {
    Locale::from_tag(tag).unwrap_or_else(|| from_browser(tag).unwrap_or_default())
}

/// `None` when the browser does not know the tag.
fn from_browser(tag: &str) -> Option<Locale> {
    let tags = Array::of1(&tag.into());
    let number = js_sys::Intl::NumberFormat::new(&tags, &options(&[("minimumFractionDigits", 1.into())]));
    let percent = js_sys::Intl::NumberFormat::new(&tags, &options(&[("style", "percent".into())]));
    let name = |style: &[(&str, JsValue)], ms: f64| {
        let mut style = style.to_vec();
        style.push(("timeZone", "UTC".into()));
        let format = js_sys::Intl::DateTimeFormat::new(&tags, &options(&style));
        call(&format, "format", &js_sys::Date::new(&ms.into()).into())?.as_string()
    };
    // 15 January 2001 was a Monday.
    let month = |style: &'static str| {
        array::from_fn(|i| name(&[("month", style.into())], 979_516_800_000.0 + 30.4 * 86_400_000.0 * i as f64).unwrap_or_default())
    };
    let weekday = |style: &'static str| {
        array::from_fn(|i| name(&[("weekday", style.into())], 979_516_800_000.0 + 86_400_000.0 * i as f64).unwrap_or_default())
    };
    let known = Locale::default();
    Some(Locale {
        tag: tag.to_owned(),
        decimal: part(&number, 12_345.6, "decimal")?,
        group: part(&number, 12_345_678.9, "group").unwrap_or_default(),
        percent: percent_suffix(&percent).unwrap_or(known.percent.clone()),
        months_short: month("short"),
        months_long: month("long"),
        weekdays_short: weekday("short"),
        weekdays_long: weekday("long"),
        ..known
    })
}

fn options(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a property of a fresh object does not fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object
}

fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let function: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    function.call1(object, argument).ok()
}

fn parts(format: &JsValue, value: f64) -> Vec<(String, String)> {
    let parts = call(format, "formatToParts", &value.into()).map(|parts| Array::from(&parts)).unwrap_or_default();
    let text = |part: &JsValue, key: &str| Reflect::get(part, &key.into()).ok()?.as_string();
    parts.iter().filter_map(|part| Some((text(&part, "type")?, text(&part, "value")?))).collect()
}

fn part(format: &JsValue, value: f64, kind: &str) -> Option<String> {
    parts(format, value).into_iter().find(|(part, _)| part == kind).map(|(_, text)| text)
}

/// What follows the digits of a percentage, with its space.
fn percent_suffix(format: &JsValue) -> Option<String> {
    let parts = parts(format, 0.5);
    let digits = parts.iter().position(|(kind, _)| kind == "integer")?;
    Some(parts.get(digits + 1..)?.iter().map(|(_, text)| text.as_str()).collect())
}
