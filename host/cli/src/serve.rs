//! `usher serve`: a store opened, its first keys printed, the server run until someone ends it.

mod logging;
mod open_files;
mod shutdown;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpSocket;
use usher_host::{AdmissionWorker, Clock, CrawlerRanges, CrawlerRangesError, Geography, GeographyError, SystemClock};
use usher_server::{PublishError, Server, ServerConfig, StartError};
use usher_store::{FirstKeys, KeyError, Location, OpenError, Store};

use crate::config::ServeOptions;
use crate::output::{self, OutputError};
use shutdown::Shutdown;

/// The folder of compiled functions, which admission workers share.
const COMPILE_CACHE: &str = "compile-cache";
/// The folder of compiled modules.
const ARTIFACTS: &str = "artifacts";
/// Connections that may wait to be accepted. When visitors come in a burst, whoever finds no place tries again after a second.
const BACKLOG: u32 = 1_024;

/// Why the server does not run. The operator's move each time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("the catalog `{}` cannot be read", path.display())]
    CatalogFile {
        /// Which file.
        path: PathBuf,
        source: io::Error,
    },
    #[error("the catalog `{}` cannot be published", path.display())]
    Catalog {
        /// Which file.
        path: PathBuf,
        source: Box<PublishError>,
    },
    #[error("the address {address} cannot be listened on")]
    Listen {
        /// Which address.
        address: SocketAddr,
        source: io::Error,
    },
    #[error("this machine gives no threads, timers or signals to serve with")]
    Runtime(#[source] io::Error),
    #[error("serving broke off")]
    Serving(#[source] io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Geography(#[from] GeographyError),
    #[error(transparent)]
    CrawlerRanges(#[from] CrawlerRangesError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Serves until Ctrl-C or SIGTERM.
pub(crate) fn serve(options: &ServeOptions) -> Result<ExitCode, ServeError> {
    logging::start(options.log_format, options.log_level);
    open_files::allow();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Runtime)?;
    runtime.block_on(run(options))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(options: &ServeOptions) -> Result<(), ServeError> {
    // Before anything is stored or printed, so that a wrong option costs nothing.
    let shutdown = Shutdown::listen().map_err(ServeError::Runtime)?;
    let catalog = options.catalog.as_deref().map(read_catalog).transpose()?;
    let location = match &options.database {
        Some(url) => Location::Url { url: url.clone(), folder: options.data.clone() },
        None => Location::Folder(options.data.clone()),
    };
    let config = config(options, &location)?;
    let (listener, address) = listen(options.listen)?;

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(&location, Arc::clone(&clock)).await?;
    let server = Server::start(store, clock, config).await?;
    if let Some((path, text)) = catalog {
        let published = server.publish_catalog(&text).await;
        published.map_err(|source| ServeError::Catalog { path: path.to_owned(), source: Box::new(source) })?;
    }
    let keys = server.create_first_keys().await?;
    output::text(&lines(address, keys.as_ref()))?;
    server.serve(listener, shutdown.asked()).await.map_err(ServeError::Serving)
}

fn config(options: &ServeOptions, location: &Location) -> Result<ServerConfig, ServeError> {
    // Beside the database, where this server may write in any case, whatever flag has named the place.
    let folder = location.folder()?;
    let admission = AdmissionWorker::this_program();
    let admission = match &folder {
        Some(folder) => admission.with_compile_cache(folder.join(COMPILE_CACHE)),
        None => admission,
    };
    let mut crawler_ranges = CrawlerRanges::default();
    for (product, path) in &options.crawler_ranges {
        crawler_ranges = crawler_ranges.with_file(product, path)?;
    }
    Ok(ServerConfig {
        decision_deadline: options.decision_deadline(),
        rate_limit: options.rate_limit(),
        trusted_proxies: options.trusted_proxy.clone(),
        geography: options.geography.as_deref().map(Geography::open).transpose()?,
        crawler_ranges,
        artifacts: folder.map(|folder| folder.join(ARTIFACTS)),
        kept_ready: options.kept_ready,
        admission,
        ..ServerConfig::default()
    })
}

fn read_catalog(path: &Path) -> Result<(&Path, String), ServeError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((path, text)),
        Err(source) => Err(ServeError::CatalogFile { path: path.to_owned(), source }),
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let listener = bind(address).and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (bound, listener) = listener.map_err(|source| ServeError::Listen { address, source })?;
    Ok((listener, bound))
}

/// As the standard library does it, which leaves no choice of the backlog.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A start must not wait until the system has forgotten the connections of the run before.
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Where the server is, and the keys that are shown this once.
fn lines(address: SocketAddr, keys: Option<&FirstKeys>) -> String {
    let mut lines = format!("USHER_URL=http://{address}\n");
    if let Some(FirstKeys { secret, public, admin, .. }) = keys {
        for (name, key) in [("SECRET", secret), ("PUBLIC", public), ("ADMIN", admin)] {
            lines.push_str(&format!("USHER_{name}_KEY={}\n", key.text()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    /// Nobody accepts them, and the standard library would have 128 wait.
    #[test]
    fn a_burst_of_connections_waits_to_be_accepted() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let _entered = runtime.enter();
        let (_listener, address) = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(10)).unwrap();
        assert_eq!((0..500).map(connect).collect::<Vec<_>>().len(), 500);
    }
}
