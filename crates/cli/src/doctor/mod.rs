//! `tarn doctor`: asks a deployed site for what its viewers ask for, and tells what is wrong with the answers.
mod client;
mod data;
mod finding;
mod guarded;
mod page;

use crate::input;
use client::Client;
use finding::{Findings, Severity};
use std::process::ExitCode;
use url::Url;

#[derive(clap::Args)]
#[command(
    after_help = "Exit code: 0 without errors, 1 with errors, 2 when the command was not understood.\n\nExamples:\n  tarn doctor https://dashboards.example.com/sales/\n  tarn doctor https://dashboards.example.com/ --header \"Cookie: _oauth2_proxy=…\""
)]
pub struct Arguments {
    /// The address of the deployed page
    url: String,
    /// A header for every request to the page's own origin, such as a session's cookie
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("nothing can be asked: {error}"))?;
    let progress = crate::progress::Progress::of(format!("asking {}", arguments.url));
    let findings = runtime.block_on(examine(arguments))?;
    drop(progress);
    input::print(&findings.text(&arguments.url))?;
    Ok(if findings.n(Severity::Error) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(arguments: &Arguments) -> Result<Findings, String> {
    let url = Url::parse(&arguments.url)
        .map_err(|error| format!("`{}` is no address: {error}\nhint: as in https://dashboards.example.com/", arguments.url))?;
    let client = Client::new(&url, &arguments.headers)?;
    let mut findings = Findings::default();
    if let Some(page) = page::examine(&client, &url, &mut findings).await {
        match page.opens {
            page::Opens::Dashboard(dashboard) => {
                if let Some(dashboard) = page::dashboard(&client, &dashboard, &mut findings).await {
                    data::examine(&client, &url, &dashboard, false, &mut findings).await;
                }
            }
            page::Opens::Chosen(script) => {
                for dashboard in guarded::examine(&client, &url, &script, &mut findings).await {
                    data::examine(&client, &url, &dashboard, true, &mut findings).await;
                }
            }
        }
    }
    Ok(findings)
}
