fn main() {
    if let Ok(dir) = std::env::var("TRUNK_STAGING_DIR") {
        let _ = std::fs::write(std::path::Path::new(&dir).join("dashboard-0000.json"), "{}");
    }
}
