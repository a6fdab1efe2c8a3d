use std::{fs, path::Path};
use tarn_spec::Compiled;

/// Reads and compiles a dashboard file.
pub fn compile(path: &Path) -> Result<Compiled, String> {
    let bytes =
        fs::read(path).map_err(|error| format!("{}: {error}\nhint: name a dashboard file, such as dashboard.yaml", path.display()))?;
    Ok(tarn_spec::compile(&path.display().to_string(), &bytes))
}

/// "1 error", "3 errors".
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
