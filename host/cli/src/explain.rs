//! `usher explain`: everything about one user, and why they have what they have.

mod view;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::client::{Call, ClientError, path_segment};
use crate::config::ExplainOptions;
use crate::output::{self, OutputError};
use view::View;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExplainError {
    /// The caller's move.
    #[error("the request file `{}` cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        source: std::io::Error,
    },
    /// The caller's move.
    #[error("the request file `{}`: expected a JSON object", path.display())]
    NoObject {
        /// Which file.
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Asks a server about a user and prints what it knows.
pub(crate) fn explain(options: &ExplainOptions) -> Result<ExitCode, ExplainError> {
    let supposed = options.request.as_ref().map(read).transpose()?.unwrap_or_default();
    let user_type = if options.anonymous { "anonymous" } else { "authenticated" };
    let path = format!("users/{user_type}/{}/explain", path_segment(&options.user));
    let body = Value::Object(supposed).to_string();
    let (answer, view) = Call::new(&options.server, "POST", &path).send::<View>("application/json", body.as_bytes())?;
    match options.json {
        true => output::json(&answer)?,
        false => output::text(&view.to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &PathBuf) -> Result<Map<String, Value>, ExplainError> {
    let text = std::fs::read(path).map_err(|source| ExplainError::Unreadable { path: path.clone(), source })?;
    serde_json::from_slice(&text).map_err(|source| ExplainError::NoObject { path: path.clone(), source })
}
