//! Linked code: mapped into this process, with its imports in place.

use std::fmt;
use std::sync::Arc;

use wasmtime::component::{Component, ComponentExportIndex, Func, InstancePre, TypedFunc};
use wasmtime::{Engine, Store};

use crate::admission::World;
use crate::artifact::Compiled;
use crate::bare::{Bare, Guest};
use crate::bindings::WorkflowPre;
use crate::engine::Runtime;
use crate::instance::RunState;
use crate::request::Request;
use crate::workflow::{LoadError, Slugs};

/// `provision` of the world `workflow`.
type Provision<'a> = TypedFunc<(&'a Request,), (Slugs,)>;
/// `provision` of the world `workflow-async`, which may outlive its caller's borrow.
type ProvisionAsync = TypedFunc<(Arc<Request>,), (Slugs,)>;

/// A module's code, ready to run.
pub(crate) enum Linked {
    /// A component that is one module, as most workflows are.
    Bare(Bare),
    Component(LinkedComponent),
}

/// A component of any other form.
pub(crate) struct LinkedComponent {
    pre: InstancePre<RunState>,
    /// The index of `provision`.
    export: ComponentExportIndex,
}

/// An instance of linked code, as far as it is asked.
pub(crate) enum Instance {
    Bare(Guest),
    /// `provision` of it.
    Component(Func),
}

impl Linked {
    /// Links the imports of compiled code, and finds its exports.
    pub(crate) fn of(compiled: &Compiled, world: World, runtime: &Runtime) -> Result<Self, LoadError> {
        let linked = match compiled {
            Compiled::Module(module) => Bare::of(module, &runtime.bare).map(Self::Bare),
            Compiled::Component(component) => LinkedComponent::of(component, world, runtime).map(Self::Component),
        };
        linked.map_err(|error| LoadError::DoesNotFit { reason: format!("{error:#}") })
    }

    pub(crate) fn engine(&self) -> &Engine {
        match self {
            Self::Bare(bare) => bare.engine(),
            Self::Component(component) => component.pre.engine(),
        }
    }

    /// Makes an instance of it.
    pub(crate) fn instantiate(&self, store: &mut Store<RunState>) -> wasmtime::Result<Instance> {
        match self {
            Self::Bare(bare) => bare.instantiate(store).map(Instance::Bare),
            Self::Component(component) => component.instantiate(store).map(Instance::Component),
        }
    }

    /// The same for what is asked on a stack of its own.
    pub(crate) async fn instantiate_async(&self, store: &mut Store<RunState>) -> wasmtime::Result<Instance> {
        match self {
            Self::Bare(bare) => bare.instantiate(store).map(Instance::Bare),
            Self::Component(component) => component.instantiate_async(store).await.map(Instance::Component),
        }
    }
}

impl Instance {
    /// Asks it, in the world `workflow`. The request is lowered straight from the decision's own.
    pub(crate) fn ask(&self, store: &mut Store<RunState>, request: &Request) -> wasmtime::Result<Slugs> {
        let provision = match self {
            Self::Bare(guest) => return guest.ask(store, request),
            Self::Component(provision) => *provision,
        };
        #[expect(unsafe_code, reason = "looking at the types once more costs a thirtieth of a decision")]
        // SAFETY: `LinkedComponent::of` makes all that are asked, and found the types to be right with `WorkflowPre::new`.
        let provision: Provision<'_> = unsafe { TypedFunc::new_unchecked(provision) };
        provision.call(store, (request,)).map(|(answer,)| answer)
    }

    /// What there is to ask in the world `workflow-async`, if it is of the contract's types.
    pub(crate) fn asynchronous(&self, store: &Store<RunState>) -> wasmtime::Result<ProvisionAsync> {
        match self {
            Self::Bare(_) => Err(wasmtime::format_err!("a module cannot wait")),
            Self::Component(provision) => provision.typed(store),
        }
    }
}

impl LinkedComponent {
    fn of(component: &Component, world: World, runtime: &Runtime) -> wasmtime::Result<Self> {
        let pre = runtime.linker.instantiate_pre(component)?;
        let export = component.get_export_index(None, "provision").ok_or_else(no_provision)?;
        if world == World::Workflow {
            WorkflowPre::new(pre.clone())?;
        }
        Ok(Self { pre, export })
    }

    fn instantiate(&self, store: &mut Store<RunState>) -> wasmtime::Result<Func> {
        let instance = self.pre.instantiate(&mut *store)?;
        instance.get_func(store, self.export).ok_or_else(no_provision)
    }

    async fn instantiate_async(&self, store: &mut Store<RunState>) -> wasmtime::Result<Func> {
        let instance = self.pre.instantiate_async(&mut *store).await?;
        instance.get_func(store, self.export).ok_or_else(no_provision)
    }
}

#[cold]
fn no_provision() -> wasmtime::Error {
    wasmtime::format_err!("it exports no `provision`")
}

impl fmt::Debug for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked").finish_non_exhaustive()
    }
}
