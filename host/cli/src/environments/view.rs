//! Environments and deployments, in words.

use std::fmt;

use serde::Deserialize;

use crate::instant::Instant;

/// What is read of an environment.
#[derive(Deserialize)]
pub(super) struct Environment {
    name: String,
    id: String,
    deployment: Deployment,
}

/// What is read of a deployment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deployment {
    id: u64,
    release: Release,
    author: String,
    note: Option<String>,
    at_ms: i64,
    canary: Option<Canary>,
    shadow: Option<Shadow>,
}

#[derive(Deserialize)]
struct Canary {
    release: u64,
    percent: f64,
}

#[derive(Deserialize)]
struct Shadow {
    release: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Release {
    Number(u64),
    /// `draft`.
    Word(String),
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<12} {}  {}", self.name, self.id, self.deployment)
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, release, author, note, at_ms, canary, shadow } = self;
        match release {
            Release::Number(number) => write!(f, "release {number}")?,
            Release::Word(word) => write!(f, "the {word}")?,
        }
        if let Some(Canary { release, percent }) = canary {
            write!(f, ", canary release {release} for {percent} %")?;
        }
        if let Some(Shadow { release }) = shadow {
            write!(f, ", shadow release {release}")?;
        }
        write!(f, ", deployment {id} by {author} at {}", Instant(*at_ms))?;
        match note {
            Some(note) => writeln!(f, ": {note}"),
            None => writeln!(f),
        }
    }
}
