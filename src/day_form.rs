//! How the dashboard's language writes a day in figures, from the browser.
use crate::page::{entry::DayForm, text::locale};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// ISO where the browser knows the language not.
pub fn of_page() -> DayForm {
    from_browser(&locale().tag).unwrap_or_else(DayForm::iso)
}

fn from_browser(tag: &str) -> Option<DayForm> {
    let options = Object::new();
    for (key, value) in [
        ("day", "2-digit"),
        ("month", "2-digit"),
        ("year", "numeric"),
        ("timeZone", "UTC"),
        ("calendar", "gregory"),
        ("numberingSystem", "latn"),
    ] {
        Reflect::set(&options, &key.into(), &value.into()).ok()?;
    }
    let format = js_sys::Intl::DateTimeFormat::new(&Array::of1(&tag.into()), &options);
    let mut parts: Vec<(char, String)> = vec![];
    for part in format.format_to_parts(&js_sys::Date::new(&0.0.into())).iter() {
        let text = |key: &str| Reflect::get(&part, &JsValue::from_str(key)).ok()?.as_string();
        match (text("type")?.as_str(), parts.last_mut()) {
            ("day", _) => parts.push(('d', String::new())),
            ("month", _) => parts.push(('m', String::new())),
            ("year", _) => parts.push(('y', String::new())),
            (_, Some((_, behind))) => *behind += &text("value")?,
            _ => {}
        }
    }
    (parts.len() == 3).then(|| DayForm::new(parts))
}
