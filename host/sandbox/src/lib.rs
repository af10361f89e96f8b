//! Runs workflows: a WebAssembly component in, plan slugs out.
//!
//! A module is [admitted](Sandbox::admit) once, [loaded](Sandbox::load) once, and then [run](Sandbox::run) in a fresh
//! instance for every evaluation. It can read the request it is given and make a few read-only look-ups; it cannot change
//! anything, remember anything, or tell one machine from another.
//!
//! One cargo feature, `yardstick`, off by default: what benchmarks and tests hold runs against, such as an instance that is reused.
//!
//! This crate alone knows the WebAssembly engine. None of the engine's types appear in its interface.

mod admission;
mod artifact;
mod backtrace;
mod bare;
mod bindings;
mod code;
mod compile;
mod compile_cache;
mod engine;
mod frozen;
mod instance;
mod lanes;
mod limits;
mod log;
mod lookup;
mod outcome;
mod places;
pub mod processor;
mod readonly;
pub mod request;
mod run;
mod shortage;
mod shown;
mod slim;
mod worker;
mod workflow;
#[cfg(feature = "yardstick")]
pub mod yardstick;

pub use admission::{Admission, CONTRACT_VERSION, Manifest, Probe, Purity, Refusal, Report, Verdict, World};
pub use artifact::{Artifact, ArtifactFolder};
pub use compile_cache::{CompileCache, CompileCacheStats};
pub use engine::{Sandbox, SandboxConfig, SetupError, TICK};
pub use instance::Variables;
pub use limits::Limits;
pub use log::{Level, Log, LogLine};
pub use lookup::{
    Found, IdentityLink, JwtVerification, LookupError, LookupFuture, LookupReport, NoLookups, ReadOnly, Scope, User,
    VerifiedJwt,
};
pub use outcome::{Outcome, Run};
pub use run::Evaluation;
pub use worker::{AdmissionWorker, WorkerError};
pub use workflow::{LoadError, Workflow};
