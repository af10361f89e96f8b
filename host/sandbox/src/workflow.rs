//! A workflow that is ready to run: its code mapped, its imports linked, its limits set.

use std::fmt;
use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, Instance, InstancePre, TypedFunc};

use crate::admission::{Refusal, World};
use crate::bindings::WorkflowPre;
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
        let runtime = sandbox.runtime(artifact.world());
        let component = artifact.component(&runtime.engine).map_err(damaged)?;
        let pre = runtime.linker.instantiate_pre(&component).map_err(does_not_fit)?;
        let provision = component
            .get_export_index(None, "provision")
            .ok_or_else(|| LoadError::DoesNotFit { reason: "it exports no `provision`".to_owned() })?;
        if artifact.world() == World::Workflow {
            WorkflowPre::new(pre.clone()).map_err(does_not_fit)?;
        }
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

    /// Makes one instance, under all limits, and lets go of it.
    pub(crate) fn try_out(&self) -> Result<(), Refusal> {
        let does_not_start = |error: wasmtime::Error| Refusal::DoesNotStart { reason: format!("{error:#}") };
        let does_not_fit = |error: wasmtime::Error| Refusal::DoesNotFit { reason: format!("{error:#}") };
        let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
        let state = RunState::new(request, variables, Arc::clone(&self.limits), Answers::default());
        let mut store = new_store(self, state, self.limits.deadline).map_err(does_not_start)?;
        let instance = self.pre.instantiate(&mut store).map_err(does_not_start)?;
        match self.world {
            World::Workflow => Ok(()),
            World::WorkflowAsync => {
                let provision: wasmtime::Result<ProvisionAsync> = instance.get_typed_func(&mut store, self.provision);
                provision.map(drop).map_err(does_not_fit)
            }
        }
    }

    /// The export of an instance of this workflow, in the world `workflow`.
    pub(crate) fn provision(
        &self,
        store: &mut Store<RunState>,
        instance: &Instance,
    ) -> wasmtime::Result<Provision<'_>> {
        debug_assert_eq!(self.world, World::Workflow);
        let provision = instance.get_func(store, self.provision);
        let provision = provision.ok_or_else(|| wasmtime::format_err!("it exports no `provision`"))?;
        #[expect(unsafe_code, reason = "looking at the types once more costs a thirtieth of a decision")]
        // SAFETY: `load` makes every workflow, and found the type to be right with `WorkflowPre::new`.
        Ok(unsafe { TypedFunc::new_unchecked(provision) })
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
