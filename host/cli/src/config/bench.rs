//! What can be set for `usher bench`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::LimitOptions;

/// Measure what one decision of a workflow costs, in the production sandbox
///
/// Every run is a decision of its own, in a fresh instance, under all limits. Fuel and memory are the same on every machine;
/// times are this machine's, so compare them within one run. Exit code: 0 when every run's outcome was ok, 1 when one was
/// another, 2 as in `usher run`.
#[derive(Debug, Args)]
pub(crate) struct BenchOptions {
    /// The workflow: a WebAssembly component
    #[arg(value_name = "FILE.wasm")]
    pub(crate) module: PathBuf,
    /// The request to run it on
    #[arg(long, value_name = "FILE.json")]
    pub(crate) request: PathBuf,
    /// How many runs to measure; a tenth of them more come before, unmeasured
    #[arg(long, value_name = "N", default_value = "2000")]
    pub(crate) runs: NonZeroUsize,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}
