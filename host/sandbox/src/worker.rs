//! Admission in a process of its own: whatever a module does to the compiler, it does not do it to the process that serves.
//!
//! The process is this very program, started once more for one module and ended with it. It is given the module through a
//! pipe, holds itself to less than it was given ([`confine`]), and answers through another pipe, of which no more is read
//! than an answer can have. It is killed when it takes too long, and ends by itself when whoever asked is gone.

mod child;
mod confine;
mod message;

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use crate::admission::{Admission, Refusal, check_header, hex};
use crate::artifact::Artifact;
use message::{Answer, Assignment};

/// What tells a program, as its only argument, that it is to be an admission worker.
const ARGUMENT: &str = "usher-admission-worker";
/// Bytes of what a worker that failed has said, for the log.
const WORDS_BYTES: u64 = 4 << 10;
/// Bytes that are hashed before somebody else has the thread: they take less than a tenth of a millisecond.
const HASHED_AT_ONCE: usize = 64 << 10;

/// Admits modules in a process of its own, one for each module.
///
/// The process is started from a program that begins with [`AdmissionWorker::take_over`]:
///
/// ```no_run
/// use std::process::ExitCode;
/// use usher_sandbox::AdmissionWorker;
///
/// fn main() -> ExitCode {
///     if let Some(ended) = AdmissionWorker::take_over() {
///         return ended;
///     }
///     let worker = AdmissionWorker::this_program();
///     // … serve; `worker.admit(&wasm).await` whenever a module is uploaded.
/// #   drop(worker);
///     ExitCode::SUCCESS
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionWorker {
    program: PathBuf,
    assignment: Assignment,
    patience: Duration,
}

/// Why a worker came to no verdict. The operator's move: it says nothing about the module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// It could not be started.
    #[error("the admission worker `{}` cannot be started; the operator has to see that this program may be run", program.display())]
    NotStarted {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It took longer than any worker may, although it did not use that much of a processor.
    #[error(
        "the admission worker was ended after {patience:?}; the machine is too busy, or the operator has to look at the log"
    )]
    TookTooLong {
        /// How long it was waited for.
        patience: Duration,
    },
    /// It ended without an answer.
    #[error(
        "the admission worker broke off ({ended}): {words}; upload the module again, or the operator has to look at the log"
    )]
    BrokeOff {
        /// How it ended.
        ended: String,
        /// What it said last.
        words: String,
    },
}

impl AdmissionWorker {
    /// Starts workers from the program that this process runs.
    #[must_use]
    pub fn this_program() -> Self {
        // On Linux the very one, even when its file has been replaced since. A program that has no name cannot be started, and
        // that is then said of each worker.
        let linux = cfg!(target_os = "linux").then(|| PathBuf::from("/proc/self/exe"));
        Self::of(linux.unwrap_or_else(|| std::env::current_exe().unwrap_or_default()))
    }

    /// Starts workers from another program, which has to be of the same build, or its machine code is of no use here.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), assignment: Assignment::default(), patience: Duration::from_secs(120) }
    }

    /// Lets workers keep what they compile in this folder, for the next one: see
    /// [`CompileCache::Folder`](crate::CompileCache::Folder).
    #[must_use]
    pub fn with_compile_cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.assignment.compile_cache = Some(folder.into());
        self
    }

    /// Gives each worker this much time on a processor, over all its threads; a module that needs more is refused. Default
    /// 60 s.
    #[must_use]
    pub fn with_cpu_time(mut self, time: Duration) -> Self {
        self.assignment.cpu_seconds = time.as_secs().max(1);
        self
    }

    /// Gives each worker this much memory; a module that needs more is refused. Default 2 GiB.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.assignment.memory_bytes = bytes;
        self
    }

    /// Waits this long for each worker, and kills it then. Default 120 s.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Does a worker's work if this process was started as one, and returns how the process has to end. The first thing
    /// that the program does; the argument that says so is this crate's own.
    #[must_use]
    pub fn take_over() -> Option<ExitCode> {
        let mut arguments = std::env::args_os().skip(1);
        let is_asked = arguments.next().as_deref() == Some(OsStr::new(ARGUMENT)) && arguments.next().is_none();
        is_asked.then(child::work)
    }

    /// Decides whether a module may run, and compiles it, in a process of its own. Nothing of the module is looked at here
    /// but its size and its first bytes. Dropping the future kills the process.
    ///
    /// # Errors
    ///
    /// The worker came to no verdict, whatever the module is.
    pub async fn admit(&self, wasm: &[u8]) -> Result<Admission, WorkerError> {
        let digest = digest(wasm).await;
        if let Err(refusal) = check_header(wasm) {
            return Ok(Admission::refused(wasm, digest, refusal));
        }
        let admission = tokio::time::timeout(self.patience, self.admit_aside(wasm, digest));
        admission.await.unwrap_or(Err(WorkerError::TookTooLong { patience: self.patience }))
    }

    async fn admit_aside(&self, wasm: &[u8], digest: String) -> Result<Admission, WorkerError> {
        let mut worker = self.start().await?;
        let pipes = (worker.stdin.take(), worker.stdout.take(), worker.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else { return Err(broke_off("no pipes", String::new())) };
        let (answer, words) = tokio::join!(self.ask(stdin, stdout, wasm), words(stderr));
        let Ok(Answer { report, verdict, unconfined }) = answer else {
            let ended = worker.wait().await.map_err(|error| broke_off(error, words.clone()))?;
            return match self.used_up(ended, &words) {
                Some(reason) => Ok(Admission::refused(wasm, digest, Refusal::TooExpensive { reason })),
                None => Err(broke_off(ended, words)),
            };
        };
        for missing in unconfined {
            tracing::warn!(missing, "the admission worker is less confined than it could be");
        }
        if report.digest != digest {
            return Err(broke_off("it answered about another module", words));
        }
        let verdict = match (verdict, report.world) {
            (Ok(code), Some(world)) => Ok(Artifact::of(code, world, digest)),
            (Ok(_), None) => return Err(broke_off("it named no world", words)),
            (Err(refusal), _) => Err(refusal),
        };
        Ok(Admission { report, verdict })
    }

    /// A process that will do the work. Starting one takes a thread some time, which is not one that serves.
    async fn start(&self) -> Result<Child, WorkerError> {
        let mut command = Command::new(&self.program);
        // Nothing of this process's environment is for it: there are keys in there, and it needs none.
        command.arg(ARGUMENT).env_clear().kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = tokio::task::spawn_blocking(move || command.spawn()).await.map_err(io::Error::other).flatten();
        started.map_err(|source| WorkerError::NotStarted { program: self.program.clone(), source })
    }

    /// Says what is asked, and hears the answer. Standard input stays open until then: its end is how a worker knows that
    /// nobody waits for it any more.
    async fn ask(&self, mut stdin: ChildStdin, mut stdout: ChildStdout, wasm: &[u8]) -> io::Result<Answer> {
        let asked = async {
            stdin.write_all(&self.assignment.to_bytes(wasm.len())?).await?;
            stdin.write_all(wasm).await?;
            stdin.flush().await
        };
        // One that is not heard to the end has its answer all the same, or it has broken off.
        let (_heard, answer) = tokio::join!(asked, Answer::read(&mut stdout));
        answer
    }

    /// What a worker that ended like this had used up, if that is why.
    fn used_up(&self, ended: ExitStatus, words: &str) -> Option<String> {
        let Assignment { cpu_seconds, memory_bytes, .. } = self.assignment;
        let out_of_memory = || Some(format!("it took more than {memory_bytes} bytes of memory"));
        if ended.code() == Some(child::OUT_OF_MEMORY.into()) {
            return out_of_memory();
        }
        match confine::signal(ended)? {
            confine::Signal::CpuTime => Some(format!("it took more than {cpu_seconds} s of a processor's time")),
            // What Rust says before it gives up for want of memory.
            confine::Signal::Abort if words.contains("memory allocation of ") => out_of_memory(),
            confine::Signal::Abort | confine::Signal::Fault => Some("the compiler did not survive it".to_owned()),
            confine::Signal::Other => None,
        }
    }
}

/// SHA-256 of a module, in hexadecimal. Hashing sixteen mebibytes at once would keep a thread for longer than decisions take.
async fn digest(wasm: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for part in wasm.chunks(HASHED_AT_ONCE) {
        hasher.update(part);
        tokio::task::yield_now().await;
    }
    hex(&hasher.finalize())
}

/// What a worker says besides its answer, as far as the log may have it.
async fn words(mut stderr: ChildStderr) -> String {
    let mut words = Vec::new();
    // What cannot be read was not said; the rest is read so that the worker is not held up.
    let _unheard = (&mut stderr).take(WORDS_BYTES).read_to_end(&mut words).await;
    let _unheard = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&words).trim().to_owned()
}

fn broke_off(ended: impl std::fmt::Display, words: String) -> WorkerError {
    WorkerError::BrokeOff { ended: ended.to_string(), words }
}
