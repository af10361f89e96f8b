//! Linked code: mapped into this process, with its imports in place.

use std::fmt;

use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Instance, InstancePre, TypedFunc};

use crate::admission::World;
use crate::bindings::WorkflowPre;
use crate::engine::Runtime;
use crate::instance::RunState;
use crate::workflow::{LoadError, Provision};

/// A module's code, ready to run.
pub(crate) struct Linked {
    pub(crate) pre: InstancePre<RunState>,
    /// The index of `provision`.
    pub(crate) export: ComponentExportIndex,
    world: World,
}

impl Linked {
    /// Links the imports of a component, and finds its export.
    pub(super) fn of(component: &Component, world: World, runtime: &Runtime) -> Result<Self, LoadError> {
        let does_not_fit = |error: wasmtime::Error| LoadError::DoesNotFit { reason: format!("{error:#}") };
        let pre = runtime.linker.instantiate_pre(component).map_err(does_not_fit)?;
        let export = component
            .get_export_index(None, "provision")
            .ok_or_else(|| LoadError::DoesNotFit { reason: "it exports no `provision`".to_owned() })?;
        if world == World::Workflow {
            WorkflowPre::new(pre.clone()).map_err(does_not_fit)?;
        }
        Ok(Self { pre, export, world })
    }

    /// The export of an instance of this, in the world `workflow`.
    pub(crate) fn provision(
        &self,
        store: &mut Store<RunState>,
        instance: &Instance,
    ) -> wasmtime::Result<Provision<'_>> {
        debug_assert_eq!(self.world, World::Workflow);
        let provision = instance.get_func(store, self.export);
        let provision = provision.ok_or_else(|| wasmtime::format_err!("it exports no `provision`"))?;
        #[expect(unsafe_code, reason = "looking at the types once more costs a thirtieth of a decision")]
        // SAFETY: `Linked::of` makes all of them, and found the type to be right with `WorkflowPre::new`.
        Ok(unsafe { TypedFunc::new_unchecked(provision) })
    }
}

impl fmt::Debug for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked").finish_non_exhaustive()
    }
}
