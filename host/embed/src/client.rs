//! The client: how a host fetches over HTTP. It blocks, and so has threads of its own.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// How often a server may send elsewhere.
const REDIRECTS: u32 = 3;

/// A client that trusts whom this machine trusts. A whole fetch may take this time.
pub(crate) fn agent(patience: Duration) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(patience))
        .max_redirects(REDIRECTS)
        .max_idle_connections(0)
        .build()
        .new_agent()
}

/// Runs what blocks beside the runtime and not on one of its threads: whoever ends a runtime waits for those, and a program
/// that was asked to end would wait for an issuer.
pub(crate) async fn beside<T: Send + 'static>(
    name: &str,
    blocks: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (answer, answered) = oneshot::channel();
    // When nobody waits for the answer any more, nobody wants it.
    thread::Builder::new().name(name.to_owned()).spawn(move || drop(answer.send(blocks())))?;
    answered.await.map_err(|_broken| io::Error::other("it broke off"))
}
