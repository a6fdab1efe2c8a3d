use xxhash_rust::xxh3::xxh3_64;

/// The name of a compiled dashboard, which changes with its content.
pub fn dashboard_name(content: &[u8], extension: &str) -> String {
    format!("dashboard-{:016x}.{extension}", xxh3_64(content))
}
