//! All code that some workflow has, and which of it is kept ready although nobody has asked it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tokio::sync::Semaphore;

use super::own::OwnCode;
use super::{Code, Kept, Linked, Unasked};
use crate::artifact::{Artifact, Artifacts, Mapped};
use crate::engine::Runtime;
use crate::shortage;
use crate::workflow::LoadError;

/// All code that some workflow has, by digest.
#[derive(Debug)]
pub(crate) struct CodeTable {
    loaded: Mutex<HashMap<Arc<str>, Weak<Code>>>,
    /// What waits to be asked, the latest last.
    waiting: Mutex<VecDeque<Weak<Code>>>,
    /// How much of that there may be.
    most_waiting: usize,
}

impl CodeTable {
    /// An empty one, that keeps so many modules ready that nobody has asked.
    pub(crate) fn new(most_waiting: usize) -> Self {
        Self { loaded: Mutex::default(), waiting: Mutex::default(), most_waiting }
    }

    /// The code of an artifact: what is there of it already, or its own, which is then kept if there is where.
    pub(crate) fn of(
        &self,
        artifact: &Artifact,
        runtime: &Arc<Runtime>,
        artifacts: Option<&Arc<Artifacts>>,
    ) -> Result<Arc<Code>, LoadError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = loaded.get(artifact.digest()).and_then(Weak::upgrade).filter(|code| !code.is_damaged()) {
            return Ok(code);
        }
        loaded.retain(|_, code| code.strong_count() > 0);
        let code = Arc::new(load(artifact, runtime, artifacts)?);
        loaded.insert(Arc::clone(&code.digest), Arc::downgrade(&code));
        self.wait(&code);
        Ok(code)
    }

    /// Makes these ready, or the first of them, as far as there is room for what nobody has asked.
    pub(crate) fn make_ready<'a>(&self, all: impl Iterator<Item = &'a Arc<Code>>) {
        for code in all.take(self.most_waiting) {
            if code.make_ready() {
                self.wait(code);
            }
        }
    }

    /// Takes note that nobody has asked this yet, and lets go of what has waited for longer than the others.
    fn wait(&self, code: &Arc<Code>) {
        if !code.waits() {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|other| other.upgrade().is_some_and(|other| other.waits() && !Arc::ptr_eq(&other, code)));
        waiting.push_back(Arc::downgrade(code));
        while waiting.len() > self.most_waiting {
            if let Some(first) = waiting.pop_front().as_ref().and_then(Weak::upgrade) {
                first.let_go();
            }
        }
    }
}

/// Maps an artifact's code and links its imports.
fn load(artifact: &Artifact, runtime: &Arc<Runtime>, artifacts: Option<&Arc<Artifacts>>) -> Result<Code, LoadError> {
    let unusable = |error: wasmtime::Error| {
        let reason = format!("{error:#}");
        if shortage::is_of_memory(error.as_ref()) {
            LoadError::NoMemory { reason }
        } else {
            LoadError::Damaged { reason }
        }
    };
    let mapped = map_file(artifact, runtime, artifacts).unwrap_or_else(|error| {
        tracing::warn!(
            error = format!("{error:#}"),
            "code stays in memory; expected a folder that has room, on a disk that programs may be run from"
        );
        None
    });
    let (linked, kept) = match mapped {
        Some((mapped, artifacts)) => {
            let linked = Linked::of(mapped.compiled(), artifact.world(), runtime)?;
            mapped.give_back();
            (linked, Some(Kept { artifacts: Arc::clone(artifacts), runtime: Arc::clone(runtime) }))
        }
        None => {
            let compiled = artifact.map_memory(&runtime.engine).map_err(unusable)?;
            (Linked::of(&compiled, artifact.world(), runtime)?, None)
        }
    };
    Ok(Code {
        world: artifact.world(),
        digest: artifact.digest().into(),
        asked: OnceLock::new(),
        unasked: Mutex::new(Unasked::Ready(Arc::new(linked))),
        kept,
        own: OwnCode::default(),
        turn: Arc::new(Semaphore::new(1)),
    })
}

/// Maps code from its file, and says where that is; none when there is no folder that it could be mapped from.
fn map_file<'a>(
    artifact: &Artifact,
    runtime: &Runtime,
    artifacts: Option<&'a Arc<Artifacts>>,
) -> wasmtime::Result<Option<(Mapped, &'a Arc<Artifacts>)>> {
    let Some(artifacts) = artifacts else { return Ok(None) };
    let kept = if artifact.file().is_none() { Some(artifacts.keep(artifact)?) } else { None };
    let Some(file) = kept.as_ref().unwrap_or(artifact).file() else { return Ok(None) };
    Ok(Some((Artifact::map_file(&runtime.engine, file)?, artifacts)))
}
