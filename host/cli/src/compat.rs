//! `usher compat`: what of a release this program would refuse, said before it serves it.

use std::collections::HashMap;
use std::fmt;
use std::process::ExitCode;

use serde::Serialize;
use usher_host::{Catalog, Release};
use usher_sandbox::{AdmissionWorker, WorkerError};

use crate::config::CompatOptions;
use crate::output::{self, OutputError};
use crate::release::{self, ReleaseCopy, ReleaseError};

/// Why nothing is known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompatError {
    #[error(transparent)]
    Release(#[from] ReleaseError),
    #[error("this machine gives no processes or timers to look at modules with")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// What this program makes of a release.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compatibility {
    /// The version of this program.
    version: &'static str,
    environment: String,
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

/// Says what of a release this program would refuse.
pub(crate) fn compat(options: &CompatOptions) -> Result<ExitCode, CompatError> {
    let copy = release::copy(&options.source.source())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CompatError::Runtime)?;
    let found = runtime.block_on(look_at(copy))?;
    match options.json {
        true => output::json(&found)?,
        false => output::text(&found.to_string())?,
    }
    Ok(if found.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

async fn look_at(copy: ReleaseCopy) -> Result<Compatibility, CompatError> {
    let worker = AdmissionWorker::this_program();
    let (mut known, mut workflows) = (HashMap::new(), Vec::new());
    for workflow in copy.workflows {
        let refused = match known.get(&workflow.module) {
            Some(refused) => Option::clone(refused),
            None => {
                let refused = worker.admit(&workflow.module).await?.verdict.err().map(|refusal| refusal.to_string());
                known.entry(workflow.module).or_insert(refused).clone()
            }
        };
        workflows.push(Workflow { slug: workflow.slug, enabled: workflow.enabled, refused });
    }
    let catalog = refusal_of(&copy.catalog, copy.number);
    let ReleaseCopy { environment, number: release, .. } = copy;
    Ok(Compatibility { version: env!("CARGO_PKG_VERSION"), environment, release, catalog, workflows })
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
        self.catalog.is_none() && self.workflows.iter().all(|workflow| workflow.refused.is_none())
    }
}

/// The report for people.
impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict =
            |refused: &Option<String>| refused.as_ref().map_or("ok".to_owned(), |why| format!("refused: {why}"));
        writeln!(f, "release {} of `{}`, with usher {}", self.release, self.environment, self.version)?;
        writeln!(f, "catalog: {}", verdict(&self.catalog))?;
        for Workflow { slug, enabled, refused } in &self.workflows {
            let disabled = if *enabled { "" } else { " (disabled)" };
            writeln!(f, "workflow `{slug}`{disabled}: {}", verdict(refused))?;
        }
        Ok(())
    }
}
