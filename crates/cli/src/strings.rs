//! `tarn strings`: what the page says, as a file to translate or to change.
use crate::input;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  tarn strings > strings.yaml\n\nThe dashboard file then names it beside its locale:\n  locale: fr-FR\n  strings: strings.yaml"
)]
pub struct Arguments {
    /// The language to print: `en` or `de`
    #[arg(default_value = "en")]
    language: String,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let file = tarn_spec::strings(&arguments.language)
        .ok_or_else(|| format!("there are no words for `{}`\nhint: `en` and `de` are known; translate one of them", arguments.language))?;
    input::print(&file)?;
    Ok(ExitCode::SUCCESS)
}
