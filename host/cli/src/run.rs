//! `usher run`: one run of one workflow in the production sandbox, on a request from a file.

mod known_users;
mod report;
mod request_file;
mod stream;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_sandbox::request::Request;
use usher_sandbox::{
    Artifact, Evaluation, Limits, LoadError, Outcome, Refusal, Run, Sandbox, SandboxConfig, SetupError, Variables,
    Workflow,
};

use crate::config::RunOptions;
use crate::output::{self, OutputError};
use known_users::KnownUsers;
use report::Report;
use request_file::{Question, RequestFileError};

/// Time for the decision around the run: never what ends it, since the workflow's own deadline does.
const MARGIN: Duration = Duration::from_secs(1);

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The author's move.
    #[error("the file `{}` cannot be read", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        source: std::io::Error,
    },
    /// The author's move.
    #[error("the request file `{}` cannot be used", path.display())]
    Request {
        /// Which file.
        path: PathBuf,
        source: RequestFileError,
    },
    /// The author's move.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error("the timer cannot be set up on this machine")]
    Timer(#[source] std::io::Error),
    #[error("standard input cannot be read")]
    Input(#[source] std::io::Error),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Runs a workflow once, or once for each line of standard input, and prints what came of it.
pub(crate) fn run(options: &RunOptions) -> Result<ExitCode, RunError> {
    let is_stream = options.request.as_os_str() == "-";
    // What is wrong with a request is said before a module is compiled.
    let question = if is_stream { None } else { Some(Asked::read(&options.request)?) };
    let runner = Runner::load(&options.module, options.limits.limits())?;
    let Some(question) = question else { return stream::run(&runner) };
    let run = runner.run(&question);
    let report = Report::of(&run);
    match options.json {
        true => output::json(&report)?,
        false => output::text(&report.to_string())?,
    }
    Ok(if run.outcome == Outcome::Ok { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

/// One question, to be asked as often as one likes.
pub(crate) struct Asked {
    request: Arc<Request>,
    variables: Arc<Variables>,
    known: KnownUsers,
}

impl Asked {
    /// Reads a request file.
    pub(crate) fn read(path: &Path) -> Result<Self, RunError> {
        let question = Question::read(&read(path)?);
        question.map(Self::from).map_err(|source| RunError::Request { path: path.to_owned(), source })
    }
}

impl From<Question> for Asked {
    fn from(question: Question) -> Self {
        let Question { request, variables, known } = question;
        Self { request: Arc::new(request), variables: Arc::new(variables), known }
    }
}

/// A workflow, loaded, and what runs it.
pub(crate) struct Runner {
    sandbox: Sandbox,
    artifact: Artifact,
    workflow: Workflow,
    runtime: tokio::runtime::Runtime,
    /// How long it took to be admitted, which is to be compiled.
    pub(crate) admitted_in: Duration,
}

impl Runner {
    pub(crate) fn load(module: &Path, limits: Limits) -> Result<Self, RunError> {
        let wasm = read(module)?;
        let sandbox = Sandbox::new(&one_run())?;
        let started = Instant::now();
        let artifact = sandbox.admit(&wasm).verdict?;
        let admitted_in = started.elapsed();
        Self::of(sandbox, artifact, limits, admitted_in)
    }

    /// The same workflow in a sandbox that keeps nothing of a run in memory.
    pub(crate) fn keeping_nothing(&self) -> Result<Self, RunError> {
        let sandbox = Sandbox::new(&SandboxConfig { keep_resident_bytes: 0, ..one_run() })?;
        Self::of(sandbox, self.artifact.clone(), self.workflow.limits().clone(), self.admitted_in)
    }

    fn of(sandbox: Sandbox, artifact: Artifact, limits: Limits, admitted_in: Duration) -> Result<Self, RunError> {
        let workflow = sandbox.load(&artifact, limits)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(RunError::Timer)?;
        Ok(Self { sandbox, artifact, workflow, runtime, admitted_in })
    }

    /// One decision, in a fresh instance.
    pub(crate) fn run(&self, asked: &Asked) -> Run {
        let Self { sandbox, workflow, runtime, .. } = self;
        let now = Instant::now();
        let ends = workflow.limits().deadline.checked_add(MARGIN).and_then(|time| now.checked_add(time)).unwrap_or(now);
        let mut evaluation = Evaluation::new(Arc::clone(&asked.request), &asked.variables, &asked.known, ends);
        runtime.block_on(sandbox.run(workflow, &mut evaluation))
    }
}

fn one_run() -> SandboxConfig {
    SandboxConfig { concurrent_runs: 1, ..SandboxConfig::default() }
}

fn read(path: &Path) -> Result<Vec<u8>, RunError> {
    std::fs::read(path).map_err(|source| RunError::File { path: path.to_owned(), source })
}
