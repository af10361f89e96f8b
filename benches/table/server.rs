//! A server as operators run one, and the operator.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;
use usher_host::SystemClock;
use usher_server::{Server, ServerConfig};
use usher_store::{Location, Store};

const CATALOG: &str = include_str!("../../examples/newsroom/catalog.toml");

/// A server that is being served.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

/// The keys of a new server.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) secret: String,
    pub(crate) admin: String,
}

impl Serving {
    /// Serves what is in a folder. A new one gets the newsroom's catalog, and has keys.
    pub(crate) async fn start(folder: &Path) -> (Self, Option<Keys>) {
        let clock = Arc::new(SystemClock);
        let location = Location::Folder(folder.to_owned());
        let store = Store::open(&location, Arc::<SystemClock>::clone(&clock)).await.expect("the store opens");
        let config = ServerConfig { rate_limit: None, ..ServerConfig::default() };
        let server = Server::start(store, clock, config).await.expect("the server starts");
        let keys = server.create_first_keys().await.expect("keys are made");
        server.publish_catalog(CATALOG).await.expect("the newsroom's catalog is valid");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let served = tokio::spawn(server.serve(listener, async { drop(stopped.await) }));
        let text = |key: &usher_store::NewKey| key.text().to_owned();
        let keys = keys.map(|keys| Keys { secret: text(&keys.secret), admin: text(&keys.admin) });
        (Self { address, stop, served }, keys)
    }

    /// Uploads a workflow, as an operator does. It is live when this returns.
    pub(crate) async fn upload(&self, admin: &str, slug: &str, wasm: Vec<u8>) {
        let url = format!("http://{}/admin/v1/workflows/{slug}", self.address);
        let authorization = format!("Bearer {admin}");
        let sent = tokio::task::spawn_blocking(move || {
            let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
            agent.put(url).header("authorization", authorization).send(wasm).map(drop)
        });
        sent.await.expect("the operator is done").expect("the operator is heard");
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("it is still serving");
        self.served.await.expect("it was serving").expect("nothing was in the way");
    }
}
