//! Fetching: what is at a location, unless it is what was there before. It blocks.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

use ureq::Agent;
use usher_bundle::{Bundle, ReadError, read_whole};

use super::location::BundleLocation;
use crate::client;

/// Fetches from one location.
#[derive(Debug, Clone)]
pub(super) struct Fetcher {
    pub(super) location: BundleLocation,
    agent: Agent,
    patience: Duration,
}

/// What a location says of what is there, to be told from what will be there later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    ETag(String),
    File { length: u64, modified: SystemTime },
}

/// What was found.
pub(super) enum Found {
    /// What was there before.
    Same,
    /// Something, and what to tell it by, if anything.
    Bytes(Vec<u8>, Option<Version>),
}

impl Fetcher {
    pub(super) fn new(location: BundleLocation, patience: Duration) -> Self {
        Self { location, agent: client::agent(patience), patience }
    }

    /// Looks, or says in words why there is nothing to be seen.
    pub(super) fn fetch(&self, known: Option<&Version>) -> Result<Found, String> {
        match &self.location {
            BundleLocation::File(path) => read(path, known),
            BundleLocation::Url(url) => self.ask(url, known),
        }
    }

    fn ask(&self, url: &str, known: Option<&Version>) -> Result<Found, String> {
        let mut request = self.agent.get(url).header("accept", "application/octet-stream, */*");
        if let Some(Version::ETag(tag)) = known {
            request = request.header("if-none-match", tag);
        }
        let mut response = request.call().map_err(|error| self.in_words(&error))?;
        match response.status().as_u16() {
            200 => {}
            304 if known.is_some() => return Ok(Found::Same),
            status => return Err(format!("expected status 200, found {status}")),
        }
        let headers = response.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let version = text("etag").map(|tag| Version::ETag(tag.to_owned()));
        let length: Option<usize> = text("content-length").and_then(|length| length.parse().ok());
        if length.is_some_and(|length| length > Bundle::MAX_BYTES) {
            return Err(ReadError::TooLarge.to_string());
        }
        let bytes = read_whole(response.body_mut().as_reader()).map_err(in_words)?;
        Ok(Found::Bytes(bytes, version))
    }

    fn in_words(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::StatusCode(status) => format!("expected status 200, found {status}"),
            ureq::Error::Timeout(_) => format!("expected an answer within {:?}, found none", self.patience),
            // Nothing that may hold the URL.
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => "expected a URL".to_owned(),
            other => format!("expected an answer: {other}"),
        }
    }
}

fn read(path: &Path, known: Option<&Version>) -> Result<Found, String> {
    let unreadable = |error| format!("expected a file that can be read: {error}");
    let file = File::open(path).map_err(unreadable)?;
    // Asked before it is read: what is written while it is read is another version afterwards.
    let version = file.metadata().and_then(|metadata| version(&metadata)).map_err(unreadable)?;
    if known == Some(&version) {
        return Ok(Found::Same);
    }
    Ok(Found::Bytes(read_whole(file).map_err(in_words)?, Some(version)))
}

fn version(metadata: &Metadata) -> std::io::Result<Version> {
    Ok(Version::File { length: metadata.len(), modified: metadata.modified()? })
}

/// An error and what caused it.
fn in_words(error: ReadError) -> String {
    match error {
        ReadError::Broken(cause) => format!("expected bytes that can be read to the end: {cause}"),
        other => other.to_string(),
    }
}
