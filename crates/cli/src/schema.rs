//! `tarn schema`: what editors need to complete and check a dashboard file.
use crate::input;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  tarn schema > dashboard.schema.json\n\nThe first line of the dashboard then tells the editor:\n  # yaml-language-server: $schema=dashboard.schema.json"
)]
pub struct Arguments {}

pub fn run(_: &Arguments) -> Result<ExitCode, String> {
    input::print(&format!("{:#}\n", tarn_spec::schema()))?;
    Ok(ExitCode::SUCCESS)
}
