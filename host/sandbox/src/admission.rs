//! Admission: may this module ever run here? One file per check, from the cheapest to the dearest, and the first that
//! fails is the verdict.

mod gate;
mod header;
mod manifest;
mod refusal;
mod shape;
mod trial;

use sha2::{Digest, Sha256};

pub use manifest::Manifest;
pub use refusal::Refusal;

use crate::compile::{Artifact, compile};
use crate::engine::Sandbox;

/// The contract version this host speaks.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// What is known about a module after admission, admitted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// SHA-256 of the module, in hexadecimal: its name everywhere.
    pub digest: String,
    /// The module's size in bytes.
    pub size: usize,
    /// Everything it imports, as `package:name/interface@version`, in its own order.
    pub imports: Vec<String>,
    /// Which of the contract's worlds it is built for; none when that could not be told.
    pub world: Option<World>,
    /// What it says of itself; none when it says nothing, or was refused before that was read.
    pub manifest: Option<Manifest>,
}

/// The worlds of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Sandbox {
    /// Decides whether a module may run here, and compiles it.
    ///
    /// This compiles what may be hostile code: it takes up to seconds and is not for the path of a request.
    #[must_use]
    pub fn admit(&self, wasm: &[u8]) -> Admission {
        let digest = hex(&Sha256::digest(wasm));
        let mut report = Report { digest, size: wasm.len(), imports: Vec::new(), world: None, manifest: None };
        let verdict = self.judge(wasm, &mut report).map_err(Refusal::shown);
        Admission { report, verdict }
    }

    fn judge(&self, wasm: &[u8], report: &mut Report) -> Result<Artifact, Refusal> {
        header::check(wasm)?;
        let shape = shape::read(wasm)?;
        report.imports = shape.imports.iter().map(|import| import.name.clone()).collect();
        // A bad one is no reason to be silent about a forbidden import.
        let manifest = manifest::read(wasm);
        report.manifest = manifest.as_ref().ok().cloned().flatten();
        shape.imports.iter().try_for_each(gate::check)?;
        if let Some(manifest) = manifest? {
            manifest.check_contract()?;
        }
        let world = shape.world()?;
        report.world = Some(world);
        let artifact = compile(&self.runtime(world).engine, wasm, world, &report.digest)?;
        trial::run(self, &artifact)?;
        Ok(artifact)
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
