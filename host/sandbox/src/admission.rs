//! Admission: may this module ever run here? One file per check, from the cheapest to the dearest, and the first that
//! fails is the verdict.

mod bounds;
mod gate;
mod header;
mod manifest;
mod probe;
mod purity;
mod refusal;
mod report;
mod shape;
mod trial;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use manifest::Manifest;
pub use probe::Probe;
pub use purity::Purity;
pub use refusal::Refusal;
pub use report::{Report, Verdict};

use crate::artifact::Artifact;
use crate::compile::compile;
use crate::engine::Sandbox;

/// The contract version this host speaks.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// The number of these rules. Whoever changes what is admitted, what a report says, or what a module is made into, counts it
/// up: modules that were admitted by other rules are looked at again.
pub(crate) const RULES: u32 = 8;

/// The worlds of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// `workflow`: an ordinary function, run on its caller's stack.
    Workflow,
    /// `workflow-async`: an asynchronous function.
    WorkflowAsync,
}

impl World {
    /// The world's name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::WorkflowAsync => "workflow-async",
        }
    }
}

/// The answer to an upload: what the module is, and whether it may run.
#[derive(Debug)]
pub struct Admission {
    /// What is known about it.
    pub report: Report,
    /// The compiled module, or why it is refused.
    pub verdict: Result<Artifact, Refusal>,
}

impl Admission {
    /// The refusal of a module that was not looked at any further.
    pub(crate) fn refused(wasm: &[u8], digest: String, refusal: Refusal) -> Self {
        Self { report: Report::of(wasm, digest, String::new()).refused(&refusal), verdict: Err(refusal) }
    }
}

impl Sandbox {
    /// Decides whether a module may run here, and compiles it.
    ///
    /// This compiles what may be hostile code: it takes up to seconds and is not for a process that serves requests. That
    /// one has an [`AdmissionWorker`](crate::AdmissionWorker) do it.
    #[must_use]
    pub fn admit(&self, wasm: &[u8]) -> Admission {
        let mut report = Report::of(wasm, hex(&Sha256::digest(wasm)), self.host_key().to_owned());
        let verdict = self.judge(wasm, &mut report).map_err(Refusal::shown);
        if let Err(refusal) = &verdict {
            report = report.refused(refusal);
        }
        Admission { report, verdict }
    }

    fn judge(&self, wasm: &[u8], report: &mut Report) -> Result<Artifact, Refusal> {
        header::check(wasm)?;
        bounds::check(wasm)?;
        let shape = shape::read(wasm)?;
        report.imports(shape.imports.iter().map(|import| import.name.clone()).collect());
        // A bad one is no reason to be silent about a forbidden import.
        let manifest = manifest::read(wasm);
        report.manifest = manifest.as_ref().ok().cloned().flatten();
        shape.imports.iter().try_for_each(gate::check)?;
        let manifest = manifest?;
        manifest.as_ref().map_or(Ok(()), Manifest::check_contract)?;
        let world = shape.world()?;
        report.world = Some(world);
        let keeps_texts = manifest.is_some_and(|manifest| manifest.keeps_texts());
        let compiled = compile(self.runtime(world), world, wasm, keeps_texts)
            .map(|code| Artifact::of(code, world, report.digest.clone()));
        let artifact = compiled.or_else(|refusal| shape::check_bodies(wasm).and(Err(refusal)))?;
        let (workflow, memory_bytes) = trial::run(self, &artifact)?;
        report.memory_bytes = u64::try_from(memory_bytes).ok();
        report.probes(probe::run(self, &workflow)?);
        Ok(artifact)
    }
}

/// What may be asked of a module before anything else, where nothing else is: its size and its first bytes.
pub(crate) fn check_header(wasm: &[u8]) -> Result<(), Refusal> {
    header::check(wasm)
}

/// Bytes in hexadecimal. Digit by digit, because the compile cache names a file for each function that it is asked for.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len().saturating_mul(2));
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.extend(halves.filter_map(|half| char::from_digit(half.into(), 16)));
    digits
}
