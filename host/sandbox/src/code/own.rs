//! Code of a thread's own: of modules that it asks often, once more for its lane.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use super::{Code, Damaged, Kept, Linked, NotReady};
use crate::artifact::{Artifact, Compiled};
use crate::bare::Bare;
use crate::lanes::{Lane, Lanes, Room};

/// How often a thread asks a module before it gets code of its own: what that takes is that of some tens of runs.
const OFTEN: u32 = 64;

/// What the lanes have of one module's code. Made when the first of them asks.
#[derive(Default)]
pub(super) struct OwnCode(OnceLock<Box<[OfALane]>>);

/// Alone in what processors pass to each other, two lines of memory, so that no thread waits because another counts.
#[derive(Default)]
#[repr(align(128))]
struct OfALane {
    asked: AtomicU32,
    linked: OnceLock<Box<Own>>,
}

/// A module's code in a lane, and its room there.
pub(crate) struct Own {
    pub(crate) linked: Linked,
    pub(crate) room: Room,
}

impl Code {
    /// The code that runs on this thread's lane, if it has a lane, and code there. If it has not, and asks often, it will.
    pub(crate) fn own(self: &Arc<Self>, lanes: &Lanes) -> Option<&Own> {
        let number = lanes.of_this_thread()?;
        let own = self.own_of(number);
        if own.is_none() {
            self.count(lanes, number);
        }
        own
    }

    fn own_of(&self, number: usize) -> Option<&Own> {
        self.own.0.get()?.get(number)?.linked.get().map(|own| &**own)
    }

    /// Counts that a thread asks it that has a lane and no code there, and has that made when it is time.
    #[cold]
    fn count(self: &Arc<Self>, lanes: &Lanes, number: usize) {
        if self.bare().is_none() {
            return;
        }
        let all = self.own.0.get_or_init(|| std::iter::repeat_with(OfALane::default).take(lanes.len()).collect());
        let asked = all.get(number).map_or(0, |own| own.asked.fetch_add(1, Ordering::Relaxed));
        // Whatever kept it from being made may be over after twice as many.
        if asked >= OFTEN && asked.is_power_of_two() {
            let (code, lanes) = (Arc::clone(self), lanes.clone());
            // Where nobody waits for it.
            tokio::task::spawn_blocking(move || code.make_own(&lanes, number));
        }
    }

    /// What all threads have in common of it, if it has been asked and is one module. Nothing else runs in a lane.
    fn bare(&self) -> Option<&Bare> {
        match &**self.asked.get()?.as_ref().ok()? {
            Linked::Bare(bare) => Some(bare),
            Linked::Component(_) => None,
        }
    }

    /// Whether this thread has code there.
    #[cfg(feature = "yardstick")]
    pub(crate) fn has_own(&self, lanes: &Lanes) -> bool {
        lanes.of_this_thread().is_some_and(|number| self.own_of(number).is_some())
    }

    /// Gives this thread a lane, if there is one left, and code there. Whether it has that now.
    #[cfg(feature = "yardstick")]
    pub(crate) fn own_now(self: &Arc<Self>, lanes: &Lanes) -> bool {
        if let Some(number) = (0..=OFTEN).find_map(|_| lanes.of_this_thread())
            && self.own(lanes).is_none()
        {
            self.make_own(lanes, number);
        }
        self.has_own(lanes)
    }

    fn make_own(&self, lanes: &Lanes, number: usize) {
        let own = self.own.0.get().and_then(|all| all.get(number));
        let (Some(own), Some(bare)) = (own, self.bare()) else { return };
        let copied_bytes = if self.kept.is_some() { 0 } else { bare.code_bytes() };
        let made = lanes.lane(number).map_err(NotReady::no_room).and_then(|lane| {
            lane.room(copied_bytes)
                .map(|room| Ok(Box::new(Own { linked: Linked::Bare(self.copy(bare, lane)?), room })))
                .transpose()
        });
        match made {
            Ok(made) => drop(made.map(|made| own.linked.set(made))),
            Err(error) => tracing::warn!(
                digest = &*self.digest,
                %error,
                "a thread gets no code of its own, and runs what all have in common; it is tried again if it goes on asking"
            ),
        }
    }

    fn copy(&self, common: &Bare, lane: &Lane) -> Result<Bare, NotReady> {
        let Some(Kept { artifacts, .. }) = &self.kept else {
            let module = Artifact::copy(common.module(), &lane.engine).map_err(NotReady::no_room)?;
            return Bare::of(&module, &lane.imports).map_err(NotReady::no_room);
        };
        let held = artifacts.hold(&self.digest).map_err(NotReady::no_room)?;
        let mapped = self.mapped(artifacts, &held, &lane.engine)?;
        let Compiled::Module(module) = mapped.compiled() else { return Err(Damaged.into()) };
        let bare = Bare::of(module, &lane.imports).map_err(NotReady::no_room)?;
        mapped.give_back();
        Ok(bare)
    }
}

impl fmt::Debug for OwnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnCode").finish_non_exhaustive()
    }
}
