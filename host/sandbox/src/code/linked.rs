//! Linked code: mapped into this process, with its imports in place.

use std::fmt;

use wasmtime::Store;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, Func, Instance, InstancePre, Lower, TypedFunc,
};

use crate::admission::World;
use crate::bindings::WorkflowPre;
use crate::engine::Runtime;
use crate::instance::RunState;
use crate::lower::{InOneGo, MARK};
use crate::request::Request;
use crate::workflow::{LoadError, Slugs};

/// A module's code, ready to run.
pub(crate) struct Linked {
    pub(crate) pre: InstancePre<RunState>,
    /// The index of `provision`.
    pub(crate) export: ComponentExportIndex,
    world: World,
    /// Whether it takes all texts of a request in one place.
    takes_in_one_go: bool,
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
        let takes_in_one_go = component.get_export_index(None, MARK).is_some();
        Ok(Self { pre, export, world, takes_in_one_go })
    }

    /// Asks an instance of this, in the world `workflow`. The request is lowered straight from the decision's own.
    pub(crate) fn ask(
        &self,
        store: &mut Store<RunState>,
        instance: &Instance,
        request: &Request,
    ) -> wasmtime::Result<Slugs> {
        debug_assert_eq!(self.world, World::Workflow);
        let provision = instance.get_func(&mut *store, self.export);
        let provision = provision.ok_or_else(|| wasmtime::format_err!("it exports no `provision`"))?;
        let (answer,) = if self.takes_in_one_go {
            typed::<InOneGo<'_>>(provision).call(store, (InOneGo(request),))
        } else {
            typed::<&Request>(provision).call(store, (request,))
        }?;
        Ok(answer)
    }
}

/// An export whose types are known to be right, for `Asked` to be lowered as a request.
fn typed<Asked: Lower>(provision: Func) -> TypedFunc<(Asked,), (Slugs,)>
where
    (Asked,): ComponentNamedList,
{
    #[expect(unsafe_code, reason = "looking at the types once more costs a thirtieth of a decision")]
    // SAFETY: `Linked::of` makes all that are asked, and found the types to be right with `WorkflowPre::new`.
    unsafe {
        TypedFunc::new_unchecked(provision)
    }
}

impl fmt::Debug for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked").finish_non_exhaustive()
    }
}
