#![doc = include_str!("../README.md")]

mod access;
mod admissions;
mod answer;
mod breaker;
mod bundle;
mod canary;
mod client;
mod clock;
mod context;
mod counter;
mod crawler_ranges;
mod data;
mod decide_error;
mod decision;
mod deployment;
mod geography;
mod host;
mod identity;
mod interval;
mod json;
mod jwt;
mod ladder;
mod last_good;
mod live;
mod meter;
mod provisioning;
mod reading;
mod release;
mod shadow;
mod surroundings;

pub use access::{
    AccessRequest, BotCategory, BotFacts, BotTag, HttpFacts, IdentityClaim, JwtFallback, Place, RequestError, Resource,
};
pub use admissions::{AdmissionError, Admissions, Admitted};
pub use answer::Answer;
pub use breaker::{BreakerState, CircuitBreaker};
pub use bundle::{
    BundleError, BundleFeed, BundleLocation, BundleSource, BundleStartError, BundleState, BundleWatch, Refreshed,
};
pub use canary::{
    Bounds, Canary, CanaryReport, CanaryVerdict, Evidence, Lack, Measure, Measured, ReleaseTally, Share, ShareError,
    Split, SplitError,
};
pub use clock::{Clock, SystemClock};
pub use counter::{CounterRequest, CounterUpdate};
pub use crawler_ranges::{CrawlerRanges, CrawlerRangesError};
pub use data::{CounterQuery, CounterReading, CustomerRecord, NoUserData, UserData, UserDataView};
pub use decide_error::{DecideError, Undecided};
pub use decision::{Decision, Degradation};
pub use deployment::{DeployedRelease, Deployment};
pub use geography::{Geography, GeographyError};
pub use host::Host;
pub use identity::{Identity, IdentityError};
pub use json::{JsonError, JsonObject, read_json};
pub use jwt::{JwtError, KeyError};
pub use ladder::{AppliedPolicy, WorkflowFailure};
pub use meter::Allowance;
pub use provisioning::WorkflowReport;
pub use release::{LoadedWorkflow, Release};
pub use shadow::{
    Change, Cohort, Difference, Dimension, Example, Shadow, ShadowConfig, ShadowError, ShadowReport, hashed_user,
};
pub use usher_bundle::{Digest, KeyTextError, OpenError, PublicKey, TrustedKeys};
pub use usher_decision::{
    Catalog, CatalogError, Change as CatalogChange, Difference as CatalogDifference, FailureKind, Part as CatalogPart,
    Period, Surface,
};
pub use usher_sandbox::request::{AuthType, UserType};
pub use usher_sandbox::{
    Admission, AdmissionWorker, Artifact, ArtifactFolder, CompileCache, CompileCacheStats, IdentityLink, Limits,
    LoadError, LookupError, LookupFuture, Manifest, Outcome, Probe, Purity, Refusal, Report, Run, Sandbox,
    SandboxConfig, Scope, SetupError, User, Verdict, WorkerError, Workflow, World,
};

/// Has the programs in the documentation compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rollouts.md")]
#[derive(Debug)]
pub struct Rollouts;
