//! Lanes: what one thread runs workflows on, and no other.
//!
//! An engine counts its stores, its pool the instances and their memories, and a module whoever has it. Threads that decide by one
//! engine pass those counters from core to core some twenty times a decision, though none waits for a lock. So a thread that decides
//! often has an engine and a pool of its own for as long as it lasts, and code of its own of what it asks often (`code/own.rs`).
//! Every other one runs on what all have in common.
//!
//! In a lane, the workflows of one decision are in one store (`run/store.rs`), each as an instance of its own. These stay until the
//! decision is made, and no longer.

use std::cell::{Cell, RefCell};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use wasmtime::{Config, Engine, InstanceAllocationStrategy, Linker};

use crate::bare;
use crate::engine::{SandboxConfig, pool};
use crate::instance::RunState;

/// Modules that a lane may have code of. Each has a memory of its own in its pool, so that none is mapped for two in turns, which
/// reserves some 4 GiB of address space.
const MODULES: usize = 128;

/// Bytes of code that a lane may have copies of. What is mapped from a file is none: all of its mappings have the same pages.
const COPIED_BYTES: usize = 16 << 20;

/// Of so many runs that may go on at the same time, one may be a lane's.
const RUNS_FOR_A_LANE: usize = 4;

/// How often a thread decides before it has a lane. Who looks in once leaves it to others.
const OFTEN: u32 = 64;

/// The lanes of a sandbox. Clones share them.
#[derive(Clone)]
pub(crate) struct Lanes(Arc<Shared>);

struct Shared {
    /// Each made when there is code for it.
    lanes: Box<[OnceLock<Lane>]>,
    /// The numbers of those that no thread has.
    free: Mutex<Vec<usize>>,
    /// How many these are, for who only wants to know whether there is one.
    how_many_free: AtomicUsize,
    /// What their engines are made with.
    config: Config,
}

/// What one thread runs workflows on.
pub(crate) struct Lane {
    pub(crate) engine: Engine,
    pub(crate) imports: Linker<RunState>,
    used: Arc<Used>,
}

/// What of a lane is in use.
#[derive(Debug, Default)]
struct Used {
    modules: AtomicUsize,
    copied_bytes: AtomicUsize,
    /// Whether instances of a decision stay in it.
    is_held: AtomicBool,
}

/// One module's room in a lane, until it is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    of: Arc<Used>,
    copied_bytes: usize,
}

/// That the instances of one decision's runs may stay in a lane while the next ones run, until it is dropped. Only one decision may
/// have it, since one can be left waiting while its lane goes on.
#[derive(Debug)]
pub(crate) struct Stay(Arc<Used>);

/// What a thread has of the lanes of one sandbox.
struct Taken {
    lanes: Weak<Shared>,
    number: usize,
}

thread_local! {
    static TAKEN: RefCell<Vec<Taken>> = const { RefCell::new(Vec::new()) };
    /// Decisions of this thread without a lane.
    static DECISIONS: Cell<u32> = const { Cell::new(0) };
}

impl Lanes {
    /// How many lanes a sandbox has: two for each core, because not only those decide who have a core each.
    fn how_many(config: &SandboxConfig) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let runs = usize::try_from(config.concurrent_runs).unwrap_or(usize::MAX);
        (runs / RUNS_FOR_A_LANE).min(cores.saturating_mul(2))
    }

    /// Lanes on engines that run what `compiles` compiles. None of them is made yet.
    pub(crate) fn new(config: &SandboxConfig, mut compiles: Config) -> Self {
        let places = u32::try_from(MODULES).unwrap_or(u32::MAX);
        let mut pool = pool(config);
        // What runs here is one module, one at a time, beside what stays of one decision.
        pool.total_core_instances(Stay::RUNS.saturating_add(1))
            .total_component_instances(0)
            .total_memories(places)
            .total_tables(places);
        pool.max_unused_warm_slots(places);
        compiles.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let how_many = Self::how_many(config);
        Self(Arc::new(Shared {
            lanes: std::iter::repeat_with(OnceLock::new).take(how_many).collect(),
            free: Mutex::new((0..how_many).rev().collect()),
            how_many_free: AtomicUsize::new(how_many),
            config: compiles,
        }))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lanes.len()
    }

    /// A lane by its number, made if need be.
    pub(crate) fn lane(&self, number: usize) -> wasmtime::Result<&Lane> {
        let lane = self.0.lanes.get(number).ok_or_else(|| wasmtime::format_err!("there is no lane {number}"))?;
        match lane.get() {
            Some(lane) => Ok(lane),
            None => self.another().map(|made| lane.get_or_init(|| made)),
        }
    }

    /// One like these, for who is alone with it.
    pub(crate) fn another(&self) -> wasmtime::Result<Lane> {
        let engine = Engine::new(&self.0.config)?;
        let mut imports = Linker::new(&engine);
        bare::link(&mut imports)?;
        Ok(Lane { engine, imports, used: Arc::default() })
    }

    /// Those that are made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.0.lanes.iter().filter_map(OnceLock::get)
    }

    /// The number of this thread's lane. It has it for as long as it lasts; no other has the same.
    pub(crate) fn of_this_thread(&self) -> Option<usize> {
        // A thread that ends has none any more.
        let taken = TAKEN.try_with(|taken| {
            let taken = taken.borrow();
            taken.iter().find(|taken| Weak::as_ptr(&taken.lanes) == Arc::as_ptr(&self.0)).map(|taken| taken.number)
        });
        taken.ok()?.or_else(|| self.take())
    }

    #[cold]
    fn take(&self) -> Option<usize> {
        let decisions = DECISIONS.try_with(|decisions| decisions.replace(decisions.get().saturating_add(1))).ok()?;
        if decisions < OFTEN || self.0.how_many_free.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let number = self.0.free(|free| free.pop())?;
        TAKEN.with(|taken| {
            let mut taken = taken.borrow_mut();
            taken.retain(|taken| taken.lanes.strong_count() > 0);
            taken.push(Taken { lanes: Arc::downgrade(&self.0), number });
        });
        Some(number)
    }
}

impl Shared {
    fn free<T>(&self, then: impl FnOnce(&mut Vec<usize>) -> T) -> T {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let result = then(&mut free);
        self.how_many_free.store(free.len(), Ordering::Relaxed);
        result
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(lanes) = self.lanes.upgrade() {
            lanes.free(|free| free.push(self.number));
        }
    }
}

impl Lane {
    /// Room for the code of one more module, of which so many bytes are copied; none if there is none.
    pub(crate) fn room(&self, copied_bytes: usize) -> Option<Room> {
        let room = Room { of: Arc::clone(&self.used), copied_bytes };
        let modules = self.used.modules.fetch_add(1, Ordering::Relaxed);
        let before = self.used.copied_bytes.fetch_add(copied_bytes, Ordering::Relaxed);
        (modules < MODULES && before.saturating_add(copied_bytes) <= COPIED_BYTES).then_some(room)
    }
}

impl Room {
    /// Has what runs stay in the lane, unless another decision has it do so.
    pub(crate) fn stay(&self) -> Option<Stay> {
        (!self.of.is_held.swap(true, Ordering::Acquire)).then(|| Stay(Arc::clone(&self.of)))
    }
}

impl Stay {
    /// Of so many runs of a decision the instances may stay.
    pub(crate) const RUNS: u32 = 32;
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.0.is_held.store(false, Ordering::Release);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.of.modules.fetch_sub(1, Ordering::Relaxed);
        self.of.copied_bytes.fetch_sub(self.copied_bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    fn lanes(concurrent_runs: u32) -> Lanes {
        Lanes::new(&SandboxConfig { concurrent_runs, ..SandboxConfig::default() }, Config::new())
    }

    /// What this thread has after so many more decisions.
    fn after(decisions: u32, lanes: &Lanes) -> Option<usize> {
        (0..decisions).fold(None, |_, _| lanes.of_this_thread())
    }

    #[test]
    fn a_quarter_of_the_runs_may_have_one() {
        for (runs, expected) in [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2)] {
            assert_eq!(lanes(runs).len(), expected, "{runs} runs");
        }
        let cores = thread::available_parallelism().unwrap().get();
        assert_eq!(lanes(u32::MAX).len(), 2 * cores);
    }

    #[test]
    fn a_thread_that_decides_often_has_one_to_itself_until_it_ends() {
        let (lanes, all_have_asked) = (lanes(8), Barrier::new(3));
        let one_more = || {
            assert_eq!(after(OFTEN, &lanes), None, "it does not decide often");
            let number = after(1, &lanes);
            assert_eq!(after(1, &lanes), number, "it stays the same");
            all_have_asked.wait();
            number
        };
        let mut taken = thread::scope(|scope| {
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(one_more)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        taken.sort();
        assert_eq!(taken, [None, Some(0), Some(1)]);
        for _ in 0..3 {
            let again = thread::scope(|scope| scope.spawn(|| after(OFTEN + 1, &lanes)).join().unwrap());
            assert!(again.is_some(), "who came after them has one of theirs");
        }
    }

    #[test]
    fn a_thread_has_one_of_each_sandbox() {
        let [one, other] = [lanes(4), lanes(8)];
        thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(after(OFTEN + 1, &one), Some(0));
                assert_eq!(after(1, &other), Some(0));
                drop(other);
                assert_eq!(after(1, &one), Some(0));
            });
        });
    }

    #[test]
    fn what_one_decision_runs_may_stay() {
        let lanes = lanes(8);
        let [here, there] = [0, 1].map(|number| lanes.lane(number).unwrap().room(0).unwrap());
        let also_here = lanes.lane(0).unwrap().room(0).unwrap();
        for _ in 0..2 {
            let stays = here.stay();
            assert!(stays.is_some() && here.stay().is_none() && also_here.stay().is_none());
            assert!(there.stay().is_some(), "another lane is another's");
        }
    }

    #[test]
    fn a_lane_has_room_for_so_many_modules_and_so_much_code() {
        let lanes = lanes(4);
        let lane = lanes.lane(0).unwrap();
        for (most, each) in [(MODULES, 0), (4, COPIED_BYTES / 4), (1, COPIED_BYTES), (0, COPIED_BYTES + 1)] {
            let mut rooms: Vec<_> = (0..most).map(|_| lane.room(each).unwrap()).collect();
            assert!(lane.room(each).is_none() && lane.room(each).is_none(), "{each} bytes");
            if rooms.pop().is_some() {
                assert!(lane.room(each).is_some(), "{each} bytes");
            }
        }
        assert!(lanes.lane(1).is_err());
    }
}
