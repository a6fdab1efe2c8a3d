//! `tarn explore`: data in the browser with no dashboard file.
use crate::serve;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    after_help = "The data stays on this machine, and nothing of it is kept. On the page, *Save as YAML* gives the dashboard as a file to go on\nfrom; another file can be dropped on it at any time, and on the page /explore.\n\nExamples:\n  tarn explore exports/orders.parquet\n  tarn explore exports\n  tarn explore https://example.com/orders.parquet\n  tarn explore"
)]
pub struct Arguments {
    /// A Parquet file, its address, or a folder of files that are read as one, with those in its folders `column=value`; without it the page waits for a file
    data: Option<PathBuf>,
    /// The port on this machine; the next free one when it is taken
    #[arg(long, default_value_t = serve::PORT)]
    port: u16,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// Let the page /explore open addresses, too
    #[arg(long)]
    addresses: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let explored = serve::Explored::new(arguments.addresses)?;
    if let Some(data) = &arguments.data {
        explored.open(data)?;
    }
    serve::explore(explored, arguments.port, arguments.no_open)
}
