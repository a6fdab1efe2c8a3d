use crate::input;
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tarn completions bash > ~/.local/share/bash-completion/completions/tarn\n  tarn completions zsh > ~/.zfunc/_tarn"
)]
pub struct Arguments {
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let mut script = vec![];
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "tarn", &mut script);
    input::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
