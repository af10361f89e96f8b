//! `usher check`: the admission report of a module, without a server.

mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use usher_sandbox::{AdmissionWorker, Verdict, WorkerError};

use crate::config::CheckOptions;
use crate::output::{self, OutputError};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    /// The author's move.
    #[error("the module `{}` cannot be read", path.display())]
    Module {
        /// Which file.
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("this machine gives no processes or timers to look at a module with")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Reports whether a module would be admitted: by the same checks, in the same confinement, as on a server.
pub(crate) fn check(options: &CheckOptions) -> Result<ExitCode, CheckError> {
    let path = &options.module;
    let wasm = std::fs::read(path).map_err(|source| CheckError::Module { path: path.clone(), source })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CheckError::Runtime)?;
    let report = runtime.block_on(AdmissionWorker::this_program().admit(&wasm))?.report;
    match options.json {
        true => output::json(&report)?,
        false => output::text(&text::of(&report))?,
    }
    Ok(if report.verdict == Verdict::Admitted { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}
