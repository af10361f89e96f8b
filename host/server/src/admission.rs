//! Admission: a module in, a workflow that is ready to run out. One at a time, and never on a thread that serves.

use std::sync::Arc;

use tokio::sync::Semaphore;
use usher_host::{Limits, LoadError, Refusal, Report, Sandbox, Workflow};

/// Why a module does not become a workflow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdmissionError {
    /// It is refused. The author's move.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was admitted, and cannot be loaded. The operator's move.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Admission itself broke off. The operator's move: the log has the fault.
    #[error("the module could not be looked at; the operator has to look at the log")]
    Broken {
        /// What happened to it.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Admits modules. Compiling one takes up to seconds of a processor, so the next one waits.
#[derive(Debug)]
pub(crate) struct Admissions {
    sandbox: Arc<Sandbox>,
    one_at_a_time: Arc<Semaphore>,
}

/// A module that was looked at.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) report: Report,
    pub(crate) workflow: Result<Workflow, AdmissionError>,
}

impl Admissions {
    pub(crate) fn new(sandbox: Arc<Sandbox>) -> Self {
        Self { sandbox, one_at_a_time: Arc::new(Semaphore::new(1)) }
    }

    /// Admits and loads a module.
    pub(crate) async fn admit(
        &self,
        wasm: impl AsRef<[u8]> + Send + 'static,
        limits: Limits,
    ) -> Result<Admitted, AdmissionError> {
        let broken = |cause| AdmissionError::Broken { cause };
        let turn = Arc::clone(&self.one_at_a_time).acquire_owned().await.map_err(|error| broken(error.into()))?;
        let sandbox = Arc::clone(&self.sandbox);
        let admit = move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _turn = turn;
            let admission = sandbox.admit(wasm.as_ref());
            let workflow = match admission.verdict {
                Ok(artifact) => sandbox.load(&artifact, limits).map_err(AdmissionError::from),
                Err(refusal) => Err(refusal.into()),
            };
            Admitted { report: admission.report, workflow }
        };
        tokio::task::spawn_blocking(admit).await.map_err(|error| broken(error.into()))
    }
}
