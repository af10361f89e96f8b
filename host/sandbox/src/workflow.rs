//! A workflow that is ready to run: its code loaded, its limits set.

use std::fmt;
use std::sync::Arc;

use crate::admission::{Refusal, World};
use crate::artifact::Artifact;
use crate::backtrace::told;
use crate::code::{Code, Damaged};
use crate::engine::Sandbox;
use crate::instance::{RunState, Variables};
use crate::limits::Limits;
use crate::lookup::Answers;
use crate::places::WorkflowPlaces;
use crate::request::Request;
use crate::run::new_store;
use crate::shortage;

/// What `provision` answers.
pub(crate) type Slugs = Result<Vec<String>, String>;

/// A loaded workflow. Cheap to clone; shared by all decisions.
#[derive(Clone)]
pub struct Workflow {
    pub(crate) code: Arc<Code>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) places: WorkflowPlaces,
}

/// Why an artifact cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Its imports or its export are not of the contract's types. The author's move.
    #[error("the module does not fit the contract: {reason}")]
    DoesNotFit {
        /// Which one.
        reason: String,
    },
    /// There is no memory for it. The operator's move.
    #[error(
        "this process has no memory for the compiled module: {reason}; the operator has to look at what it may have"
    )]
    NoMemory {
        /// What the system said.
        reason: String,
    },
    /// It was compiled for another host, or is damaged. The operator's move: upload the module again.
    #[error("the compiled module cannot be used on this host: {reason}")]
    Damaged {
        /// What was found.
        reason: String,
    },
}

impl Workflow {
    /// Makes an artifact ready to run, and keeps it if the sandbox keeps any.
    fn load(sandbox: &Sandbox, artifact: &Artifact, limits: Limits) -> Result<Self, LoadError> {
        let code = sandbox.code.of(artifact, sandbox.runtime(artifact.world()), sandbox.artifacts.as_ref())?;
        Ok(Self { code, limits: Arc::new(limits), places: sandbox.places.of_a_workflow() })
    }

    /// Makes an artifact ready to run that may yet turn out to be no use.
    pub(crate) fn on_trial(sandbox: &Sandbox, artifact: &Artifact, limits: Limits) -> Result<Self, LoadError> {
        let code = sandbox.code.of(artifact, sandbox.runtime(artifact.world()), None)?;
        Ok(Self { code, limits: Arc::new(limits), places: sandbox.places.of_a_workflow() })
    }

    /// What has become of it since it was loaded, if it cannot be run any more: what was kept of its module is damaged. The
    /// operator's move.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        self.code.is_damaged().then_some(Damaged::WORDS)
    }

    /// SHA-256 of the module, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &Arc<str> {
        &self.code.digest
    }

    /// The limits of its runs.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Makes one instance, under all limits, and lets go of it; says how much memory it had.
    pub(crate) fn try_out(&self) -> Result<usize, Refusal> {
        let does_not_start = |error: wasmtime::Error| {
            let reason = told(&error);
            let is_short = shortage::is_of_memory(error.as_ref());
            if is_short { Refusal::TooExpensive { reason } } else { Refusal::DoesNotStart { reason } }
        };
        let does_not_fit = |error: wasmtime::Error| Refusal::DoesNotFit { reason: format!("{error:#}") };
        let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
        let state = RunState::new(request, variables, Limits::clone(&self.limits), Answers::default());
        let linked = self.code.ask_here().map_err(|error| Refusal::DoesNotStart { reason: error.to_string() })?;
        let mut store = new_store(linked, state, self.limits.deadline).map_err(does_not_start)?;
        let instance = linked.instantiate(&mut store).map_err(does_not_start)?;
        if self.code.world == World::WorkflowAsync {
            instance.asynchronous(&store).map_err(does_not_fit)?;
        }
        Ok(store.data().meter.memory_bytes(&self.limits))
    }
}

impl Sandbox {
    /// What this sandbox has kept of a module that was admitted, by the module's digest; none when it keeps nothing, or what
    /// it has kept is of another host or damaged. The module has to be admitted again then.
    #[must_use]
    pub fn kept(&self, digest: &str, world: World) -> Option<Artifact> {
        self.artifacts.as_ref()?.find(digest, &[world])
    }

    /// The same for whoever does not know the module's world.
    #[must_use]
    pub fn kept_of_any_world(&self, digest: &str) -> Option<Artifact> {
        self.artifacts.as_ref()?.find(digest, &[World::Workflow, World::WorkflowAsync])
    }

    /// Keeps nothing of a module any more.
    pub fn forget(&self, digest: &str) {
        if let Some(artifacts) = &self.artifacts {
            artifacts.forget(digest);
        }
    }

    /// Keeps nothing any more but the modules that are needed, by their digests.
    pub fn forget_all_but(&self, is_needed: &dyn Fn(&str) -> bool) {
        if let Some(artifacts) = &self.artifacts {
            artifacts.forget_all_but(is_needed);
        }
    }

    /// Makes an admitted module ready to run under these limits, and keeps its artifact if this sandbox keeps any. It stays ready
    /// until it is asked, unless too many others are: see [`SandboxConfig::kept_ready`].
    ///
    /// [`SandboxConfig::kept_ready`]: crate::SandboxConfig::kept_ready
    ///
    /// # Errors
    ///
    /// The artifact is of another host; one from this sandbox's own [`admit`](Self::admit) always loads.
    pub fn load(&self, artifact: &Artifact, limits: Limits) -> Result<Workflow, LoadError> {
        Workflow::load(self, artifact, limits)
    }

    /// Makes workflows ready again that are about to be asked, the first of them first: what was let go of takes up to some
    /// milliseconds each, what is ready takes nothing.
    pub fn make_ready<'a>(&self, workflows: impl IntoIterator<Item = &'a Workflow>) {
        self.code.make_ready(workflows.into_iter().map(|workflow| &workflow.code));
    }
}

impl fmt::Debug for Workflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflow")
            .field("digest", &self.code.digest)
            .field("world", &self.code.world)
            .finish_non_exhaustive()
    }
}
