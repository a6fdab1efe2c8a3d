//! The JSON Schema of the dashboard file, for editors: from the list of keys here and their descriptions in the reference
//! pages. Tests hold both to what the compiler reads.
mod described;
mod json;
mod keys;
#[cfg(test)]
mod tests;
mod view_keys;

pub use json::schema;
