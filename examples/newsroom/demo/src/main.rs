//! `cargo demo`: the newsroom's rules at work. It builds the eight workflows, starts a server on an embedded database,
//! uploads the workflows as any operator would, and asks who holds what. `cargo demo -- --serve` stays up.
#![expect(clippy::print_stdout, reason = "a demo is there to print")]

mod api;
mod operator;
mod visitors;
mod workflows;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, bail};
use tokio::sync::oneshot;
use usher_host::{AdmissionWorker, Clock, SystemClock};
use usher_server::{Server, ServerConfig};
use usher_store::{Location, Store};

fn main() -> Result<ExitCode> {
    // The server starts this program once more for each module that is uploaded.
    if let Some(ended) = AdmissionWorker::take_over() {
        return Ok(ended);
    }
    tokio::runtime::Runtime::new()?.block_on(demo())?;
    Ok(ExitCode::SUCCESS)
}

async fn demo() -> Result<()> {
    let stays_up = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--serve") => true,
        Some(other) => bail!("unknown argument `{other}`; expected `--serve` or nothing"),
    };
    println!("Building the newsroom's workflows …");
    let modules = workflows::build()?;

    let folder = tempfile::tempdir()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Arc::clone(&clock)).await?;
    let server = Server::start(store, clock, ServerConfig::default()).await?;
    let keys = server.create_first_keys().await?;
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(listener, async {
        let _asked_or_gone = stopped.await;
    }));

    let api = api::Api::new(url, keys)?;
    let (show, api) = tokio::task::spawn_blocking(move || (show(&api, &modules), api)).await?;
    show?;
    if stays_up {
        println!("\nThe server stays up until Ctrl-C.\n{api}");
        tokio::signal::ctrl_c().await?;
    }
    drop(stop);
    serving.await??;
    Ok(())
}

fn show(api: &api::Api, modules: &[workflows::Module]) -> Result<()> {
    let started = Instant::now();
    operator::publish(api, modules)?;
    println!("A catalog and {} workflows went live in {:.1?}.", modules.len(), started.elapsed());
    for visitor in visitors::all()? {
        visitors::ask(api, &visitor)?;
    }
    Ok(())
}
