//! `tarn serve`: the dashboard in the browser, from this program, in step with the file.
mod answer;
mod browser;
mod explored;
mod server;
mod shown;
mod watch;

use crate::input;
pub use explored::Explored;
use shown::Shown;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use tokio::net::TcpListener;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  tarn serve\n  tarn serve sales.yaml --port 9000 --no-open")]
pub struct Arguments {
    /// The dashboard file
    #[arg(default_value = "dashboard.yaml")]
    dashboard: PathBuf,
    /// The port on this machine; the next free one when it is taken
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// The folder that relative sources start from; else that of the dashboard, or the `public` folder above it
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// The first port that is tried.
pub const PORT: u16 = 4173;

/// How many ports are tried.
const PORTS: u16 = 20;

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.dashboard.is_file() {
        let hint = "`tarn init` writes a dashboard for a Parquet file";
        return Err(format!("{} is not there\nhint: {hint}", arguments.dashboard.display()));
    }
    start(arguments, None)
}

/// Serves what is explored until the program is told to end; then nothing of it is left.
pub fn explore(explored: Explored, port: u16, no_open: bool) -> Result<ExitCode, String> {
    let arguments = Arguments { dashboard: explored.dashboard(), port, no_open, data_dir: None };
    start(&arguments, Some(Arc::new(explored)))
}

fn start(arguments: &Arguments, explored: Option<Arc<Explored>>) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("no server can be started: {error}"))?.block_on(serve(arguments, explored))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(arguments: &Arguments, explored: Option<Arc<Explored>>) -> Result<(), String> {
    let first = Shown::read(&arguments.dashboard, arguments.data_dir.as_deref(), None);
    if let (Some(problem), None) = (&first.problem, &explored) {
        crate::terminal::tell(&format!("{problem}\n"));
    }
    let (sender, receiver) = tokio::sync::watch::channel(Arc::new(first));
    let (dashboard, data_dir) = (arguments.dashboard.clone(), arguments.data_dir.clone());
    thread::spawn(move || watch::run(&dashboard, data_dir.as_deref(), &sender));

    let listener = listen(arguments.port).await?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let url = format!("http://localhost:{port}/");
    input::print(&match &explored {
        None => format!("{}: {url}\nThe page follows the file. Stop with Ctrl-C.\n", arguments.dashboard.display()),
        Some(explored) => format!("{}: {url}\nNothing leaves this machine, and nothing is kept. Stop with Ctrl-C.\n", explored.name()),
    })?;
    if !arguments.no_open {
        browser::open(&url);
    }
    tokio::select! {
        ended = server::run(listener, receiver, explored) => ended.map_err(|error| format!("the server ended: {error}")),
        () = told_to_end() => Ok(()),
    }
}

/// Ctrl-C, a closed terminal, or the word of whoever started this program: what is temporary is cleared up.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return std::future::pending().await };
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = hangup.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    let last = port.saturating_add(PORTS);
    for port in port..=last {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            return Ok(listener);
        }
        if port == 0 {
            break;
        }
    }
    Err(format!("no port from {port} to {last} is free\nhint: choose another one with --port"))
}
