//! A workflow that is ready to run: its code mapped, its imports linked, its limits set.

use std::fmt;
use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, Instance, InstancePre, TypedFunc};

use crate::admission::World;
use crate::compile::Artifact;
use crate::engine::Sandbox;
use crate::instance::{RunState, Variables};
use crate::limits::Limits;
use crate::lookup::Answers;
use crate::request::Request;
use crate::run::new_store;

/// What `provision` answers.
pub(crate) type Slugs = Result<Vec<String>, String>;
/// `provision` of the world `workflow`: the request is lowered straight from the decision's own.
pub(crate) type Provision<'a> = TypedFunc<(&'a Request,), (Slugs,)>;
/// `provision` of the world `workflow-async`, which may outlive its caller's borrow.
pub(crate) type ProvisionAsync = TypedFunc<(Arc<Request>,), (Slugs,)>;

/// A loaded workflow. Cheap to clone; shared by all decisions.
#[derive(Clone)]
pub struct Workflow {
    pub(crate) pre: InstancePre<RunState>,
    pub(crate) provision: ComponentExportIndex,
    pub(crate) world: World,
    pub(crate) limits: Arc<Limits>,
    digest: Arc<str>,
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
    /// It was compiled for another host, or is damaged. The operator's move: upload the module again.
    #[error("the compiled module cannot be used on this host: {reason}")]
    Damaged {
        /// What was found.
        reason: String,
    },
}

impl Workflow {
    /// Maps an artifact's code and links its imports.
    pub(crate) fn load(sandbox: &Sandbox, artifact: &Artifact, limits: Arc<Limits>) -> Result<Self, LoadError> {
        let damaged = |error: wasmtime::Error| LoadError::Damaged { reason: format!("{error:#}") };
        let does_not_fit = |error: wasmtime::Error| LoadError::DoesNotFit { reason: format!("{error:#}") };
        let component = artifact.component(&sandbox.engine).map_err(damaged)?;
        let pre = sandbox.linker.instantiate_pre(&component).map_err(does_not_fit)?;
        let provision = component
            .get_export_index(None, "provision")
            .ok_or_else(|| LoadError::DoesNotFit { reason: "it exports no `provision`".to_owned() })?;
        Ok(Self { pre, provision, world: artifact.world(), limits, digest: artifact.digest().into() })
    }

    /// SHA-256 of the module, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &Arc<str> {
        &self.digest
    }

    /// The limits of its runs.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Makes one instance, under all limits.
    pub(crate) fn start_once(&self, sandbox: &Sandbox) -> wasmtime::Result<(Store<RunState>, Instance)> {
        let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
        let state = RunState::new(request, variables, Arc::clone(&self.limits), Answers::default());
        let mut store = new_store(sandbox, state, self.limits.deadline)?;
        let instance = self.pre.instantiate(&mut store)?;
        Ok((store, instance))
    }

    /// Whether the export is of the world's type.
    pub(crate) fn check_export(&self, mut store: Store<RunState>, instance: Instance) -> wasmtime::Result<()> {
        match self.world {
            World::Workflow => instance.get_typed_func::<(&Request,), (Slugs,)>(&mut store, self.provision).map(drop),
            World::WorkflowAsync => {
                instance.get_typed_func::<(Arc<Request>,), (Slugs,)>(&mut store, self.provision).map(drop)
            }
        }
    }
}

impl Sandbox {
    /// Makes an admitted module ready to run under these limits.
    ///
    /// # Errors
    ///
    /// The artifact is of another host; one from this sandbox's own [`admit`](Self::admit) always loads.
    pub fn load(&self, artifact: &Artifact, limits: Limits) -> Result<Workflow, LoadError> {
        Workflow::load(self, artifact, Arc::new(limits))
    }
}

impl fmt::Debug for Workflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflow").field("digest", &self.digest).field("world", &self.world).finish_non_exhaustive()
    }
}
