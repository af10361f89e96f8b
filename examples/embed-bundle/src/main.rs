//! A gateway whose releases are signed files from elsewhere: `example-embed-bundle BUNDLE PUBLIC_KEY FOLDER [ADDR]`.
//!
//! The bundle is a path or a URL. The folder is the gateway's own, and survives it; a file `seal` in it has 32 random bytes, which
//! are this machine's secret (`head -c 32 /dev/urandom > FOLDER/seal`).

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use usher_host::{
    AccessRequest, AdmissionWorker, ArtifactFolder, BundleFeed, BundleSource, BundleWatch, Host, Sandbox,
    SandboxConfig, TrustedKeys,
};

/// How long the gateway goes on without having seen its source before it says that it is not ready.
const STALE: Duration = Duration::from_secs(10 * 60);

fn main() -> anyhow::Result<ExitCode> {
    // Modules are compiled by this program, started once more for each: it begins with this.
    if let Some(ended) = AdmissionWorker::take_over() {
        return Ok(ended);
    }
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (bundle, key, folder, address) = match arguments.as_slice() {
        [bundle, key, folder] => (bundle, key, folder, "127.0.0.1:8080"),
        [bundle, key, folder, address] => (bundle, key, folder, address.as_str()),
        _ => bail!("usage: example-embed-bundle BUNDLE PUBLIC_KEY FOLDER [ADDR]"),
    };
    let source = BundleSource::new(bundle.as_str(), TrustedKeys::one(key.parse()?), Path::new(folder).join("bundle"));
    let listener = TcpListener::bind(address)?;
    tokio::runtime::Runtime::new()?.block_on(serve(source, folder.into(), listener))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(source: BundleSource, folder: PathBuf, listener: TcpListener) -> anyhow::Result<()> {
    let seal = std::fs::read(folder.join("seal")).context("read the file `seal` in the folder")?;
    let seal = seal.try_into().ok().context("expected 32 bytes in the file `seal`")?;
    let artifacts = Some(ArtifactFolder::new(folder.join("artifacts"), seal));
    let sandbox = Arc::new(Sandbox::new(&SandboxConfig { artifacts, ..SandboxConfig::default() })?);

    // The last good release, or the first one. Without either there is nothing to decide by, and so no gateway.
    let (feed, release) = BundleFeed::open(source, Arc::clone(&sandbox), AdmissionWorker::this_program()).await?;
    let host = Arc::new(Host::new(sandbox, release));
    let watch = feed.watch();
    // From here on, new releases become live by themselves.
    tokio::spawn(feed.follow(Arc::clone(&host)));

    let router = Router::new().route("/", get(plans).with_state(host)).route("/readyz", get(ready).with_state(watch));
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    listener.set_nonblocking(true)?;
    Ok(axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await?)
}

/// What a new visitor holds.
async fn plans(State(host): State<Arc<Host>>) -> Result<String, StatusCode> {
    let decision = host.decide(&AccessRequest::anonymous("reader-1")).await;
    let decision = decision.map_err(|_undecided| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(format!("release {}: {}\n", decision.release().number(), decision.plans().collect::<Vec<_>>().join(", ")))
}

/// How the releases come along. An old release is better than none: whether to go on with one is the gateway's to say.
async fn ready(State(watch): State<BundleWatch>) -> (StatusCode, String) {
    let state = watch.now();
    let is_fresh = state.confirmed_ago().is_some_and(|ago| ago < STALE);
    let status = if is_fresh { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let error = state.error.as_deref().unwrap_or("none");
    (status, format!("release {}, failures {}, last error: {error}\n", state.release, state.failures))
}
