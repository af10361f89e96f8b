//! `usher push`: a workflow uploaded through the admin API.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Deserialize;

use crate::client::{Call, ClientError};
use crate::config::PushOptions;
use crate::output::{self, OutputError};

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
    #[error(transparent)]
    Client(#[from] ClientError),
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
    #[serde(rename = "liveIn")]
    live_in: Vec<String>,
    #[serde(default)]
    warnings: Vec<String>,
}

/// Uploads a workflow and prints what became live.
pub(crate) fn push(options: &PushOptions) -> Result<ExitCode, PushError> {
    let path = &options.module;
    let wasm = std::fs::read(path).map_err(|source| PushError::Module { path: path.clone(), source })?;
    // A slug needs no escaping in a path.
    let mut path = format!("workflows/{}?enabled={}", options.slug, !options.disabled);
    if options.allow_unknown_slugs {
        path.push_str("&allow-unknown-slugs=true");
    }
    let (answer, live) = Call::new(&options.server, "PUT", &path).send::<Live>("application/wasm", &wasm)?;
    match options.json {
        true => output::json(&answer)?,
        false => output::text(&live.to_text())?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Live {
    fn to_text(&self) -> String {
        let Self { slug, digest, size, enabled, release, live_in, warnings } = self;
        let state = match (enabled, live_in.iter().any(|name| name == "live")) {
            (false, _) => "stored, and disabled",
            (true, true) => "live",
            (true, false) => "in the draft, and not in `live`",
        };
        let mut text = format!("workflow `{slug}` is {state}: release {release}, {size} bytes, SHA-256 {digest}\n");
        for warning in warnings {
            text.push_str(&format!("warning: {warning}\n"));
        }
        text
    }
}
