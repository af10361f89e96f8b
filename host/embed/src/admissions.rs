//! Admissions: a module in, a workflow that is ready to run out. Modules are looked at one at a time, each in a process of its
//! own; this one never compiles.

use std::sync::Arc;

use tokio::sync::Semaphore;
use usher_sandbox::{
    Admission, AdmissionWorker, Artifact, Limits, LoadError, Refusal, Report, Sandbox, Verdict, WorkerError, Workflow,
};

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
    /// There was no verdict. The operator's move: the log has the fault.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Admission itself broke off. The operator's move: the log has the fault.
    #[error("the module could not be looked at; the operator has to look at the log")]
    Broken {
        /// What happened to it.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Admits modules of others for a host. Looking at one takes up to minutes of a processor, so the next one waits.
#[derive(Debug)]
pub struct Admissions {
    sandbox: Arc<Sandbox>,
    worker: AdmissionWorker,
    one_at_a_time: Semaphore,
}

/// A module that was looked at.
#[derive(Debug)]
pub struct Admitted {
    /// What is known about it.
    pub report: Report,
    /// The workflow that it is, or why it is none.
    pub workflow: Result<Workflow, AdmissionError>,
}

impl Admissions {
    /// Admits modules with this worker, and loads them into this sandbox.
    #[must_use]
    pub fn new(sandbox: Arc<Sandbox>, worker: AdmissionWorker) -> Self {
        Self { sandbox, worker, one_at_a_time: Semaphore::new(1) }
    }

    /// Admits and loads a module. Nobody looks at it any further once the future is dropped.
    ///
    /// # Errors
    ///
    /// There is no verdict. A refusal is one, and in the answer.
    pub async fn admit(&self, wasm: &[u8], limits: Limits) -> Result<Admitted, AdmissionError> {
        let turn = self.one_at_a_time.acquire().await;
        let _turn = turn.map_err(|error| AdmissionError::Broken { cause: error.into() })?;
        let Admission { report, verdict } = self.worker.admit(wasm).await?;
        let workflow = match verdict {
            Ok(artifact) => self.load(artifact, limits).await,
            Err(refusal) => Err(refusal.into()),
        };
        Ok(Admitted { report, workflow })
    }

    /// Loads a module that this host has admitted before, by what it said then; none when it has to look at it again.
    pub async fn admitted_before(&self, report: &str, limits: Limits) -> Option<Admitted> {
        let report: Report = serde_json::from_str(report).ok()?;
        let is_ours = report.verdict == Verdict::Admitted && report.admitted_by == self.sandbox.host_key();
        let world = report.world.filter(|_| is_ours)?;
        let (sandbox, digest) = (Arc::clone(&self.sandbox), report.digest.clone());
        let artifact = tokio::task::spawn_blocking(move || sandbox.kept(&digest, world)).await.ok()??;
        // What is kept and does not load is made anew.
        let workflow = self.load(artifact, limits).await.ok()?;
        Some(Admitted { report, workflow: Ok(workflow) })
    }

    /// Loads a module that was admitted before and that the sandbox has kept; none when it has to be looked at again.
    pub async fn kept(&self, digest: &str, limits: Limits) -> Option<Workflow> {
        let (sandbox, digest) = (Arc::clone(&self.sandbox), digest.to_owned());
        let artifact = tokio::task::spawn_blocking(move || sandbox.kept_of_any_world(&digest)).await.ok()??;
        // What is kept and does not load is made anew.
        self.load(artifact, limits).await.ok()
    }

    /// Loading writes and reads files, so it is not for a thread that serves.
    async fn load(&self, artifact: Artifact, limits: Limits) -> Result<Workflow, AdmissionError> {
        let sandbox = Arc::clone(&self.sandbox);
        let loaded = tokio::task::spawn_blocking(move || sandbox.load(&artifact, limits)).await;
        Ok(loaded.map_err(|error| AdmissionError::Broken { cause: error.into() })??)
    }
}
