//! The code of workflows: machine code in this process, each module's once, however many workflows it is.
//!
//! Loading touches all of it. With a folder of artifacts it is mapped from the file there, and its pages are given back: a
//! workflow that nobody asks takes hardly any memory, and one that is asked takes what it runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use wasmtime::component::{Component, ComponentExportIndex, InstancePre};

use crate::admission::World;
use crate::artifact::{Artifact, Artifacts};
use crate::bindings::WorkflowPre;
use crate::engine::Runtime;
use crate::instance::RunState;
use crate::workflow::LoadError;

/// A module's code, with its imports linked.
pub(crate) struct Code {
    pub(crate) pre: InstancePre<RunState>,
    pub(crate) provision: ComponentExportIndex,
    pub(crate) world: World,
    pub(crate) digest: Arc<str>,
}

/// All code that some workflow has, by digest.
#[derive(Default)]
pub(crate) struct CodeTable {
    loaded: Mutex<HashMap<Arc<str>, Weak<Code>>>,
}

impl CodeTable {
    /// The code of an artifact: what is there of it already, or its own, which is then kept if there is where.
    pub(crate) fn of(
        &self,
        artifact: &Artifact,
        runtime: &Runtime,
        artifacts: Option<&Artifacts>,
    ) -> Result<Arc<Code>, LoadError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = loaded.get(artifact.digest()).and_then(Weak::upgrade) {
            return Ok(code);
        }
        loaded.retain(|_, code| code.strong_count() > 0);
        let code = Arc::new(Code::load(artifact, runtime, artifacts)?);
        loaded.insert(Arc::clone(&code.digest), Arc::downgrade(&code));
        Ok(code)
    }
}

impl Code {
    /// Maps an artifact's code and links its imports.
    fn load(artifact: &Artifact, runtime: &Runtime, artifacts: Option<&Artifacts>) -> Result<Self, LoadError> {
        let damaged = |error: wasmtime::Error| LoadError::Damaged { reason: format!("{error:#}") };
        let does_not_fit = |error: wasmtime::Error| LoadError::DoesNotFit { reason: format!("{error:#}") };
        let component = map(artifact, runtime, artifacts).map_err(damaged)?;
        let pre = runtime.linker.instantiate_pre(&component).map_err(does_not_fit)?;
        let provision = component
            .get_export_index(None, "provision")
            .ok_or_else(|| LoadError::DoesNotFit { reason: "it exports no `provision`".to_owned() })?;
        if artifact.world() == World::Workflow {
            WorkflowPre::new(pre.clone()).map_err(does_not_fit)?;
        }
        Ok(Self { pre, provision, world: artifact.world(), digest: artifact.digest().into() })
    }
}

fn map(artifact: &Artifact, runtime: &Runtime, artifacts: Option<&Artifacts>) -> wasmtime::Result<Component> {
    match map_file(artifact, runtime, artifacts) {
        Ok(Some(component)) => return Ok(component),
        Ok(None) => {}
        Err(error) => tracing::warn!(
            error = format!("{error:#}"),
            "code stays in memory; expected a folder that has room, on a disk that programs may be run from"
        ),
    }
    artifact.map_memory(&runtime.engine)
}

/// None when there is no folder that it could be mapped from.
fn map_file(
    artifact: &Artifact,
    runtime: &Runtime,
    artifacts: Option<&Artifacts>,
) -> wasmtime::Result<Option<Component>> {
    let kept = artifacts.filter(|_| artifact.file().is_none()).map(|artifacts| artifacts.keep(artifact)).transpose()?;
    let Some(file) = kept.as_ref().unwrap_or(artifact).file() else { return Ok(None) };
    let component = Artifact::map_file(&runtime.engine, file)?;
    give_back(&component);
    Ok(Some(component))
}

/// Lets the kernel have the pages back that loading has touched. It brings them again when they are needed.
#[cfg(target_os = "linux")]
fn give_back(component: &Component) {
    let range = component.image_range();
    let length = range.end.addr().saturating_sub(range.start.addr());
    #[expect(unsafe_code, reason = "advice about memory is given by its address")]
    // SAFETY: the range is the component's own mapping, and this advice never changes what is in it.
    let advised =
        unsafe { rustix::mm::madvise(range.start.cast_mut().cast(), length, rustix::mm::Advice::LinuxPageOut) };
    if let Err(error) = advised {
        tracing::debug!(%error, "the pages of code are not given back");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_back(_: &Component) {}
