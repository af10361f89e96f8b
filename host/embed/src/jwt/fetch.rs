//! Fetching: a document from a file or a URL, within bounds of time and size. It blocks, and so has a thread of its own.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use super::key::Unusable;

/// Bytes that a document may have.
const DOCUMENT_BYTES: u64 = 1 << 20;
/// Time that a whole fetch may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a server may send elsewhere.
const REDIRECTS: u32 = 3;

static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(PATIENCE))
        .max_redirects(REDIRECTS)
        .max_idle_connections(0)
        .build()
        .new_agent()
});

/// Runs what blocks beside the runtime and not on one of its threads: whoever ends a runtime waits for those, and a program
/// that was asked to end would wait for an issuer.
pub(super) async fn beside<T: Send + 'static>(
    blocks: impl FnOnce() -> Result<T, Unusable> + Send + 'static,
) -> Result<T, Unusable> {
    let (answer, answered) = oneshot::channel();
    // When nobody waits for the answer any more, nobody wants it.
    let thread = thread::Builder::new().name("usher-key-set".to_owned()).spawn(move || drop(answer.send(blocks())));
    thread.map_err(|error| Unusable(format!("expected a thread to read it on: {error}")))?;
    answered.await.map_err(|_broken| Unusable("reading it broke off".to_owned()))?
}

pub(super) fn from_url(url: &str) -> Result<Vec<u8>, Unusable> {
    let mut response = AGENT.get(url).header("accept", "application/json").call().map_err(in_words)?;
    within_bounds(response.body_mut().as_reader())
}

pub(super) fn from_file(path: &Path) -> Result<Vec<u8>, Unusable> {
    let file = File::open(path).map_err(|error| Unusable(format!("expected a file that can be read: {error}")))?;
    within_bounds(file)
}

fn within_bounds(reader: impl Read) -> Result<Vec<u8>, Unusable> {
    let mut document = Vec::new();
    reader
        .take(DOCUMENT_BYTES + 1)
        .read_to_end(&mut document)
        .map_err(|error| Unusable(format!("expected a whole document: {error}")))?;
    if u64::try_from(document.len()).is_ok_and(|bytes| bytes > DOCUMENT_BYTES) {
        return Err(Unusable(format!("expected at most {DOCUMENT_BYTES} bytes, found more")));
    }
    Ok(document)
}

fn in_words(error: ureq::Error) -> Unusable {
    match error {
        ureq::Error::StatusCode(status) => Unusable(format!("expected status 200, found {status}")),
        ureq::Error::Timeout(_) => Unusable(format!("expected an answer within {PATIENCE:?}, found none")),
        other => Unusable(format!("expected an answer: {other}")),
    }
}
