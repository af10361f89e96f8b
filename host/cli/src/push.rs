//! `usher push`: a workflow uploaded through the admin API, like any other client does it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use crate::config::PushOptions;
use crate::output::{self, OutputError};

/// Time for one upload: compiling the largest module takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why the workflow is not live.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PushError {
    /// The author's move.
    #[error("the module `{}` cannot be read", path.display())]
    Module {
        /// Which file.
        path: PathBuf,
        source: std::io::Error,
    },
    /// The author's move, or the operator's whose server it is.
    #[error("the server at `{url}` cannot be asked")]
    Unreachable {
        /// Where it was looked for.
        url: String,
        source: Box<ureq::Error>,
    },
    /// In the server's own words, which say whose move it is.
    #[error("{message}")]
    Refused {
        /// What the server said.
        message: String,
    },
    /// The author's move: the URL is of something else.
    #[error(
        "the server at `{url}` answers with status {status}, and not as Usher does; expected the URL that `usher serve` prints"
    )]
    Stranger {
        /// Where it was looked for.
        url: String,
        /// What it answered.
        status: u16,
    },
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// What is read of the server's answer.
#[derive(Deserialize)]
struct Live {
    slug: String,
    digest: String,
    size: u64,
    enabled: bool,
    release: u64,
}

/// What is read of the server's errors.
#[derive(Deserialize)]
struct ServerError {
    message: String,
}

/// Uploads a workflow and prints what became live.
pub(crate) fn push(options: &PushOptions) -> Result<ExitCode, PushError> {
    let path = &options.module;
    let wasm = std::fs::read(path).map_err(|source| PushError::Module { path: path.clone(), source })?;
    let (status, body) = upload(options, &wasm)
        .map_err(|source| PushError::Unreachable { url: options.url.clone(), source: Box::new(source) })?;
    let stranger = || PushError::Stranger { url: options.url.clone(), status };
    if !(200..300).contains(&status) {
        let error: ServerError = serde_json::from_str(&body).map_err(|_not_ours| stranger())?;
        return Err(PushError::Refused { message: error.message });
    }
    let answer: Value = serde_json::from_str(&body).map_err(|_not_ours| stranger())?;
    let live = Live::deserialize(&answer).map_err(|_not_ours| stranger())?;
    match options.json {
        true => output::json(&answer)?,
        false => output::text(&live.to_text())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends the module, and returns the status and the body of the answer, whatever they are.
fn upload(options: &PushOptions, wasm: &[u8]) -> Result<(u16, String), ureq::Error> {
    // A slug needs no escaping in a path.
    let url = format!("{}/admin/v1/workflows/{}", options.url.trim_end_matches('/'), options.slug);
    let mut response = agent()
        .put(url)
        .query("enabled", if options.disabled { "false" } else { "true" })
        .header("authorization", format!("Bearer {}", options.key))
        .content_type("application/wasm")
        // A server that refuses the key has not read the module, and would close the connection under it.
        .header("expect", "100-continue")
        .send(wasm)?;
    Ok((response.status().as_u16(), response.body_mut().read_to_string()?))
}

/// A client that trusts whom this machine trusts, and takes a key nowhere but where it was sent.
fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .new_agent()
}

impl Live {
    fn to_text(&self) -> String {
        let Self { slug, digest, size, enabled, release } = self;
        let state = if *enabled { "live" } else { "stored, and disabled" };
        format!("workflow `{slug}` is {state}: release {release}, {size} bytes, SHA-256 {digest}\n")
    }
}
