//! The code of workflows: machine code in this process, each module's once, however many workflows it is.
//!
//! What the engine has to know of code that is ready to run takes some tens of kilobytes. So code that was found to be right
//! and that nobody asks is let go of again, if there is a file of which it can be made once more. Who asks it first has that
//! done, and finds it ready from then on.

mod linked;
mod own;
mod table;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use wasmtime::Engine;

pub(crate) use self::own::Own;
use self::own::OwnCode;
use crate::admission::World;
use crate::artifact::{Artifact, Artifacts, HeldFile, Mapped};
use crate::engine::Runtime;
use crate::run::no_room;
#[cfg(feature = "yardstick")]
pub(crate) use linked::Instance;
pub(crate) use linked::Linked;
pub(crate) use table::CodeTable;

/// The code of one module.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) world: World,
    pub(crate) digest: Arc<str>,
    /// What runs. It is set when the code is first asked, and stays.
    asked: OnceLock<Result<Arc<Linked>, Damaged>>,
    unasked: Mutex<Unasked>,
    /// What it can be made of once more; none of code that is in memory only.
    kept: Option<Kept>,
    own: OwnCode,
    /// Whose turn it is to make it: one of those who ask, while the others wait.
    turn: Arc<Semaphore>,
}

/// What there is of code that nobody has asked yet.
#[derive(Debug)]
enum Unasked {
    /// All of it.
    Ready(Arc<Linked>),
    /// The file of which it is made when it is asked.
    LetGo(Arc<HeldFile>),
    /// INVARIANT: it has been asked.
    Nothing,
}

/// Where code is kept, and what it is made with.
#[derive(Debug, Clone)]
struct Kept {
    artifacts: Arc<Artifacts>,
    runtime: Arc<Runtime>,
}

/// A file is not what was sealed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", Self::WORDS)]
pub(crate) struct Damaged;

impl Damaged {
    pub(crate) const WORDS: &str = "what is kept of its module has been damaged; the operator has to upload it again";
}

/// Why there is no code to run. The operator's move.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotReady {
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The machine does not give what it takes.
    #[error("{reason}")]
    NoRoom { reason: String },
    #[error("its code was not ready for as long as it could wait")]
    NoTime,
}

impl NotReady {
    fn no_room(error: impl Into<wasmtime::Error>) -> Self {
        Self::NoRoom { reason: no_room(error.into()) }
    }
}

impl Code {
    /// What runs; none when the code has never been asked.
    pub(crate) fn asked(&self) -> Option<Result<&Arc<Linked>, NotReady>> {
        self.asked.get().map(|asked| asked.as_ref().map_err(|damaged| (*damaged).into()))
    }

    /// What runs, of code that may never have been asked. Making it takes as long as some tens of runs, so that is done where
    /// nobody waits behind it, and goes on when nobody waits for it any more. What it takes is taken from the caller's patience.
    pub(crate) async fn ask(self: &Arc<Self>, patience: &mut Duration) -> Result<&Arc<Linked>, NotReady> {
        if let Err(held) = self.take() {
            let began = Instant::now();
            let made = timeout(*patience, self.make_aside(held)).await;
            *patience = patience.saturating_sub(began.elapsed());
            made.unwrap_or(Err(NotReady::NoTime))?;
        }
        self.asked().unwrap_or(Err(NotReady::NoTime))
    }

    /// The same for who may wait on this thread.
    pub(crate) fn ask_here(&self) -> Result<&Arc<Linked>, NotReady> {
        if let Err(held) = self.take() {
            self.make(&held)?;
        }
        self.asked().unwrap_or(Err(NotReady::NoTime))
    }

    /// Makes it ready for whoever may ask it soon. Whether it waits for that from now on.
    fn make_ready(&self) -> bool {
        let held = match &*self.unasked() {
            Unasked::Ready(_) => return true,
            Unasked::LetGo(held) => Arc::clone(held),
            Unasked::Nothing => return false,
        };
        match self.linked(&held) {
            Ok(linked) => {
                let mut unasked = self.unasked();
                if matches!(*unasked, Unasked::LetGo(_)) {
                    *unasked = Unasked::Ready(Arc::new(linked));
                }
                matches!(*unasked, Unasked::Ready(_))
            }
            Err(NotReady::Damaged(damaged)) => {
                self.settle(Err(damaged));
                false
            }
            // Whoever asks it tries again.
            Err(_) => false,
        }
    }

    /// Lets go of it unless it has been asked, or could not be made again.
    fn let_go(&self) {
        let Some(kept) = &self.kept else { return };
        let mut unasked = self.unasked();
        if let Unasked::Ready(_) = &*unasked
            && let Ok(held) = kept.artifacts.hold(&self.digest)
        {
            let ready = std::mem::replace(&mut *unasked, Unasked::LetGo(Arc::new(held)));
            drop(unasked);
            // Unmapping takes its time.
            drop(ready);
        }
    }

    /// Whether it waits to be asked, and could be let go of.
    fn waits(&self) -> bool {
        self.kept.is_some() && matches!(*self.unasked(), Unasked::Ready(_))
    }

    /// Whether it will never run.
    pub(crate) fn is_damaged(&self) -> bool {
        matches!(self.asked.get(), Some(Err(Damaged)))
    }

    /// Takes what is ready as asked, or says what has to be made of what first.
    fn take(&self) -> Result<(), Arc<HeldFile>> {
        let mut unasked = self.unasked();
        match &*unasked {
            Unasked::LetGo(held) => return Err(Arc::clone(held)),
            Unasked::Ready(linked) => {
                self.asked.get_or_init(|| Ok(Arc::clone(linked)));
                *unasked = Unasked::Nothing;
            }
            Unasked::Nothing => {}
        }
        Ok(())
    }

    async fn make_aside(self: &Arc<Self>, held: Arc<HeldFile>) -> Result<(), NotReady> {
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(NotReady::no_room)?;
        if self.asked.get().is_some() {
            return Ok(());
        }
        let code = Arc::clone(self);
        let making = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            code.make(&held)
        });
        making.await.map_err(NotReady::no_room)?
    }

    /// Makes it, for good; or not at all if the machine does not let it.
    fn make(&self, held: &HeldFile) -> Result<(), NotReady> {
        match self.linked(held) {
            Ok(linked) => self.settle(Ok(Arc::new(linked))),
            Err(NotReady::Damaged(damaged)) => self.settle(Err(damaged)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// It is what it is from now on.
    fn settle(&self, made: Result<Arc<Linked>, Damaged>) {
        let mut unasked = self.unasked();
        if let Err(error) = self.asked.get_or_init(|| made)
            && !matches!(*unasked, Unasked::Nothing)
        {
            tracing::error!(digest = &*self.digest, %error, "a workflow that was loaded cannot be run");
        }
        *unasked = Unasked::Nothing;
    }

    fn linked(&self, held: &HeldFile) -> Result<Linked, NotReady> {
        let Some(kept) = &self.kept else { return Err(Damaged.into()) };
        let mapped = self.mapped(&kept.artifacts, held, &kept.runtime.engine)?;
        // The module was linked when it was loaded.
        let linked = Linked::of(mapped.compiled(), self.world, &kept.runtime).map_err(NotReady::no_room)?;
        mapped.give_back();
        Ok(linked)
    }

    /// Maps a file for an engine, if it is what was sealed.
    fn mapped(&self, artifacts: &Artifacts, held: &HeldFile, engine: &Engine) -> Result<Mapped, NotReady> {
        if !artifacts.is_sealed(held, &self.digest, self.world).map_err(NotReady::no_room)? {
            return Err(Damaged.into());
        }
        Artifact::map_file(engine, &held.name()).map_err(NotReady::no_room)
    }

    fn unasked(&self) -> MutexGuard<'_, Unasked> {
        self.unasked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_their_patience() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let held = HeldFile::open(file.path().to_owned()).unwrap();
        let code = Arc::new(Code {
            world: World::Workflow,
            digest: "d1".into(),
            asked: OnceLock::new(),
            unasked: Mutex::new(Unasked::LetGo(Arc::new(held))),
            kept: None,
            own: OwnCode::default(),
            turn: Arc::new(Semaphore::new(1)),
        });
        let second = Duration::from_secs(1);
        let of_another = Arc::clone(&code.turn).acquire_owned().await.unwrap();
        let mut patience = second;
        assert_eq!(code.ask(&mut patience).await.err(), Some(NotReady::NoTime));
        assert_eq!(patience, Duration::ZERO);

        patience = second;
        let (asked, ()) = tokio::join!(code.ask(&mut patience), async {
            tokio::time::advance(second / 4).await;
            drop(of_another);
        });
        assert_eq!(asked.err(), Some(Damaged.into()), "nothing can be made of it");
        assert!(patience <= second * 3 / 4, "{patience:?}");
        assert!(code.is_damaged(), "and nobody tries again");
    }
}
