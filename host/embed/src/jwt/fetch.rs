//! Fetching: a document from a file or a URL, within bounds of time and size. It blocks.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use ureq::Agent;

use super::key::Unusable;
use crate::client;

/// Bytes that a document may have.
const DOCUMENT_BYTES: u64 = 1 << 20;
/// Time that a whole fetch may take.
const PATIENCE: Duration = Duration::from_secs(5);

static AGENT: LazyLock<Agent> = LazyLock::new(|| client::agent(PATIENCE));

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
