//! `usher compat`: what of a server's releases this program would refuse, said before it serves them.

use std::collections::HashMap;
use std::fmt;
use std::process::ExitCode;

use serde::Serialize;
use usher_bundle::Digest;
use usher_host::{Catalog, Release};
use usher_sandbox::{AdmissionWorker, WorkerError};

use crate::config::CompatOptions;
use crate::output::{self, OutputError};
use crate::release_copy::{self, CopyError, ReleaseCopy};

/// Why nothing is known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompatError {
    #[error(transparent)]
    Release(#[from] CopyError),
    #[error("this machine gives no processes or timers to look at modules with")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// What this program makes of everything that can be deployed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compatibility {
    /// The version of this program.
    version: &'static str,
    environment: String,
    /// What decides there, or what was asked for.
    #[serde(flatten)]
    first: OfRelease,
    /// Every other release, and the draft.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<OfRelease>,
}

/// What this program makes of a release.
#[derive(Serialize)]
struct OfRelease {
    release: u64,
    /// Why the catalog is refused; null when it is not.
    catalog: Option<String>,
    workflows: Vec<Workflow>,
}

#[derive(Serialize)]
struct Workflow {
    slug: String,
    enabled: bool,
    /// Why its module is refused; null when it is not.
    refused: Option<String>,
}

/// Says what of a server's releases this program would refuse.
pub(crate) fn compat(options: &CompatOptions) -> Result<ExitCode, CompatError> {
    let source = options.source.source();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CompatError::Runtime)?;
    let mut known = Known::new();
    let mut look_at = |copy| runtime.block_on(OfRelease::of(copy, &mut known));
    let copy = release_copy::copy(&source, options.source.release)?;
    let environment = copy.environment.clone();
    let mut found =
        Compatibility { version: env!("CARGO_PKG_VERSION"), environment, first: look_at(copy)?, others: Vec::new() };
    if options.source.release.is_none() {
        for which in release_copy::all(&source)? {
            let copy = release_copy::copy(&source, Some(which))?;
            // One after the other, so that no more than one is held at a time.
            if copy.number != found.first.release && found.others.iter().all(|other| other.release != copy.number) {
                found.others.push(look_at(copy)?);
            }
        }
    }
    match options.json {
        true => output::json(&found)?,
        false => output::text(&found.to_string())?,
    }
    Ok(if found.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

/// Why modules are refused that were looked at, if they are, by their digests.
type Known = HashMap<Digest, Option<String>>;

impl OfRelease {
    async fn of(copy: ReleaseCopy, known: &mut Known) -> Result<Self, CompatError> {
        let worker = AdmissionWorker::this_program();
        let mut workflows = Vec::new();
        for workflow in copy.workflows {
            let digest = Digest::of(&workflow.module);
            let refused = match known.get(&digest) {
                Some(refused) => Option::clone(refused),
                None => {
                    let verdict = worker.admit(&workflow.module).await?.verdict;
                    known.entry(digest).or_insert(verdict.err().map(|refusal| refusal.to_string())).clone()
                }
            };
            workflows.push(Workflow { slug: workflow.slug, enabled: workflow.enabled, refused });
        }
        Ok(Self { release: copy.number, catalog: refusal_of(&copy.catalog, copy.number), workflows })
    }
}

/// Why a catalog is refused, if it is.
fn refusal_of(catalog: &str, number: u64) -> Option<String> {
    match Catalog::parse(catalog) {
        Ok(catalog) => Release::new(number, catalog).err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

impl Compatibility {
    fn is_whole(&self) -> bool {
        let whole =
            |one: &OfRelease| one.catalog.is_none() && one.workflows.iter().all(|workflow| workflow.refused.is_none());
        whole(&self.first) && self.others.iter().all(whole)
    }
}

/// The report for people.
impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "release {} of `{}`, with usher {}", self.first.release, self.environment, self.version)?;
        self.first.fmt(f)?;
        for other in &self.others {
            writeln!(f, "release {}", other.release)?;
            other.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for OfRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict =
            |refused: &Option<String>| refused.as_ref().map_or("ok".to_owned(), |why| format!("refused: {why}"));
        writeln!(f, "catalog: {}", verdict(&self.catalog))?;
        for Workflow { slug, enabled, refused } in &self.workflows {
            let disabled = if *enabled { "" } else { " (disabled)" };
            writeln!(f, "workflow `{slug}`{disabled}: {}", verdict(refused))?;
        }
        Ok(())
    }
}
