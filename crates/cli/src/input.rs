use crate::terminal;
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};
use tarn_dashboard::Dashboard;
use tarn_spec::{Access, Compiled, render_all};

/// Reads and compiles a dashboard file.
pub fn compile(path: &Path) -> Result<Compiled, String> {
    let bytes =
        fs::read(path).map_err(|error| format!("{}: {error}\nhint: name a dashboard file, such as dashboard.yaml", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = |beside: &str| fs::read(folder.join(beside)).map_err(|error| error.to_string());
    Ok(tarn_spec::compile_with(&path.display().to_string(), &bytes, &read))
}

/// A dashboard without errors, and who may see what of it; what is wrong or doubtful is told on standard error.
pub fn compile_sound(path: &Path) -> Result<(Dashboard, Option<Access>), String> {
    let compiled = compile(path)?;
    terminal::tell(&render_all(&compiled.files, &compiled.diagnostics));
    let n_errors = compiled.n_errors();
    let dashboard = compiled.dashboard.ok_or_else(|| format!("{} in {}: nothing was done", count(n_errors, "error"), path.display()))?;
    Ok((dashboard, compiled.access))
}

/// "1 error", "3 errors".
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Writes to standard output. A reader that went away, such as `head`, is an error and no panic.
pub fn print(text: &str) -> Result<(), String> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("cannot write the result: {error}"))
}
