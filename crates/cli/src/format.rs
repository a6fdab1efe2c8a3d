//! `tarn fmt`: one layout for what authors write.
use crate::input;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tarn_spec::{FormatError, render_all};

#[derive(clap::Args)]
#[command(
    after_help = "Exit code: 0 when all is well, 1 when a file cannot be laid out, or with --check when one is not.\n\nExamples:\n  tarn fmt\n  tarn fmt dashboard.yaml shared/*.yaml\n  tarn fmt --check dashboards/*.yaml\n  cat dashboard.yaml | tarn fmt -"
)]
pub struct Arguments {
    /// The files; `-` reads standard input and writes standard output
    #[arg(default_value = "dashboard.yaml")]
    files: Vec<PathBuf>,
    /// Write nothing, name the files that would change
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let mut sound = true;
    for file in &arguments.files {
        sound &= run_one(file, arguments.check)?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether all is well with the file.
fn run_one(file: &Path, check: bool) -> Result<bool, String> {
    let read = read(file).and_then(|bytes| Ok((formatted(file, &bytes)?, bytes)));
    let (text, bytes) = match read {
        Ok(read) => read,
        Err(problem) => {
            crate::terminal::tell(&format!("{problem}\n"));
            return Ok(false);
        }
    };
    let changed = bytes != text.as_bytes();
    if check && changed {
        input::print(&format!("{}: not formatted\n", file.display()))?;
    } else if is_stdin(file) && !check {
        input::print(&text)?;
    } else if changed {
        fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        input::print(&format!("{}: formatted\n", file.display()))?;
    }
    Ok(!(check && changed))
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = vec![];
    let read = if is_stdin(file) { std::io::stdin().read_to_end(&mut bytes).map(|_| bytes) } else { fs::read(file) };
    read.map_err(|error| format!("error: {}: {error}\nhint: name a dashboard file, such as dashboard.yaml", file.display()))
}

/// The file's text as it should be, or why the file is left alone.
fn formatted(file: &Path, bytes: &[u8]) -> Result<String, String> {
    tarn_spec::format(&file.display().to_string(), bytes).map_err(|problem| match problem {
        FormatError::Invalid(files, diagnostics) => render_all(&files, &diagnostics),
        FormatError::Unsafe => {
            let hint = "please report this with the file; nothing was changed";
            format!("error: {}: this layout is not understood\nhint: {hint}", file.display())
        }
    })
}
