//! The sandbox itself: an engine, a pool of instances and a set of imports for each world, shared by every workflow of a
//! process.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails};

use crate::admission::{RULES, World};
use crate::artifact::{ArtifactFolder, Artifacts};
use crate::code::CodeTable;
use crate::compile_cache::{CompileCache, CompileCacheStats, FunctionCache};
use crate::instance::RunState;
use crate::lanes::Lanes;
use crate::limits::Limits;
use crate::places::Places;
use crate::{bare, frozen, readonly};

/// How often deadlines are checked: a run ends at most this long after its deadline.
pub const TICK: Duration = Duration::from_millis(5);

/// Core instances, memories and tables that one component may be made of. A guest has one core instance and one memory;
/// a second instance and a table if it imports look-ups, and a third and another table where its shim cannot be slimmed away.
pub(crate) const CORE_INSTANCES: u32 = 16;
pub(crate) const MEMORIES: u32 = 4;
pub(crate) const TABLES: u32 = 8;

/// Stack that a workflow may use. It runs on its caller's thread, which must have this much and some to spare.
const STACK_BYTES: usize = 512 << 10;

/// What the operator may set about the sandbox.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// How many workflows may run at the same time in this process; more wait their turn. Each reserves some 32 GiB of
    /// address space, though no memory. Default 128.
    ///
    /// A quarter of them, though no more than two for each core, go to threads that decide often: such a thread has a place to
    /// itself, an engine, which takes less than a megabyte and reserves 512 GiB of address space, and code of its own of the first
    /// 128 modules that it asks often. What is mapped from a folder of [artifacts](Self::artifacts) takes some ten
    /// kilobytes more for each such thread, and some ninety in TypeScript; what is in memory only is copied, up to 16 MiB. There, of
    /// the workflows of one decision up to 32 instances that have answered, of at most 4 MiB each, stay until it is made.
    pub concurrent_runs: u32,
    /// How many of these may be of one workflow, so that a slow one leaves places to the others. Default half of them; at least
    /// one.
    pub concurrent_runs_of_one_workflow: Option<u32>,
    /// Bytes of each memory and each table of a place that stay in memory when a run is over: cleaning them costs less than
    /// bringing them back. Default 512 KiB, which is more than workflows usually touch. A thread that has an engine to itself has a
    /// memory there for each of its modules.
    pub keep_resident_bytes: usize,
    /// Where compiled code is kept, for modules that have functions in common. Default in memory.
    pub compile_cache: CompileCache,
    /// Where the machine code of modules is kept and mapped from, so that it need not be compiled again, and what does not
    /// run takes no memory. Default none: code is in memory.
    pub artifacts: Option<ArtifactFolder>,
    /// How many modules are kept ready to run that were never asked. Beyond these, the ones that have waited longest are let go of:
    /// they take a kilobyte each instead of some tens, and who asks one first waits for as long as some tens of runs take. It
    /// needs a folder of [artifacts](Self::artifacts). Default 256.
    pub kept_ready: usize,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            concurrent_runs: 128,
            concurrent_runs_of_one_workflow: None,
            keep_resident_bytes: 512 << 10,
            compile_cache: CompileCache::default(),
            artifacts: None,
            kept_ready: 256,
        }
    }
}

/// Runs workflows, each in a fresh instance, with no way out but the contract's read-only imports.
///
/// One per process is enough: it holds the compiler, the pool of instances and the thread that checks deadlines.
pub struct Sandbox {
    synchronous: Arc<Runtime>,
    asynchronous: Arc<Runtime>,
    pub(crate) lanes: Lanes,
    pub(crate) places: Places,
    pub(crate) code: CodeTable,
    pub(crate) artifacts: Option<Arc<Artifacts>>,
    compile_cache: Arc<FunctionCache>,
    host_key: String,
    _ticker: Ticker,
}

/// What the workflows of one world run on. The worlds do not share one, because whatever runs on an engine that can
/// suspend a workflow pays for it: about a tenth of a decision.
pub(crate) struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<RunState>,
    /// The imports of components that are taken for a module.
    pub(crate) bare: wasmtime::Linker<RunState>,
    compiles: Config,
}

impl Runtime {
    fn new(world: World, config: &SandboxConfig, compile_cache: &Arc<FunctionCache>) -> wasmtime::Result<Self> {
        let compiles = compiler_config(world, Arc::clone(compile_cache))?;
        let mut runs = compiles.clone();
        let engine = Engine::new(runs.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(config))))?;
        let mut linker = Linker::new(&engine);
        readonly::link(&mut linker)?;
        frozen::link(&mut linker)?;
        let mut bare = wasmtime::Linker::new(&engine);
        bare::link(&mut bare)?;
        Ok(Self { engine, linker, bare, compiles })
    }

    /// An engine that compiles one component for this one to run, and has nothing of another in mind: what the compiler keeps from
    /// one to the next gets into what the compile cache knows functions by.
    pub(crate) fn compiler(&self) -> wasmtime::Result<Engine> {
        Engine::new(&self.compiles)
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}

/// Why a sandbox could not be set up: this machine lacks what it needs. The operator's move.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be set up on this machine")]
pub struct SetupError {
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl Sandbox {
    /// The largest module that is ever admitted: 16 MiB.
    pub const MAX_MODULE_BYTES: usize = 16 << 20;

    /// Sets up the engines and reserves their pools.
    ///
    /// # Errors
    ///
    /// The machine refuses the address space, the thread, or the folder of the compile cache.
    pub fn new(config: &SandboxConfig) -> Result<Self, SetupError> {
        let compile_cache = FunctionCache::open(&config.compile_cache);
        let compile_cache = Arc::new(compile_cache.map_err(|error| SetupError { cause: error.into() })?);
        let runtime = |world| {
            let runtime = Runtime::new(world, config, &compile_cache);
            runtime.map(Arc::new).map_err(|error| SetupError { cause: error.into() })
        };
        let (synchronous, asynchronous) = (runtime(World::Workflow)?, runtime(World::WorkflowAsync)?);
        let lanes = Lanes::new(config, synchronous.compiles.clone());
        let ticker = Ticker::start([&synchronous, &asynchronous].map(|runtime| runtime.engine.clone()), lanes.clone());
        let ticker = ticker.map_err(|error| SetupError { cause: error.into() })?;
        let places = Places::new(config, lanes.len());
        let host_key = host_key([&synchronous, &asynchronous]);
        let artifacts = config.artifacts.as_ref().map(|folder| Arc::new(Artifacts::of(folder, &host_key)));
        let code = CodeTable::new(config.kept_ready);
        Ok(Self { synchronous, asynchronous, lanes, places, code, artifacts, compile_cache, host_key, _ticker: ticker })
    }

    /// What admitted modules are admitted by, and their machine code is good for: a sandbox of another version of Usher, of
    /// another engine or on another kind of processor has another one, and has to admit them again. Good as a file's name.
    #[must_use]
    pub fn host_key(&self) -> &str {
        &self.host_key
    }

    /// What the workflows of a world run on.
    pub(crate) fn runtime(&self, world: World) -> &Arc<Runtime> {
        match world {
            World::Workflow => &self.synchronous,
            World::WorkflowAsync => &self.asynchronous,
        }
    }

    /// How many more workflows could run at this moment without waiting for another to end, beside those on threads that have a
    /// place to themselves.
    #[must_use]
    pub fn free_places(&self) -> usize {
        self.places.free()
    }

    /// What the compile cache was good for so far.
    #[must_use]
    pub fn compile_cache_stats(&self) -> CompileCacheStats {
        self.compile_cache.stats()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("free_places", &self.places.free()).finish_non_exhaustive()
    }
}

fn host_key(runtimes: [&Arc<Runtime>; 2]) -> String {
    let mut hasher = DefaultHasher::new();
    RULES.hash(&mut hasher);
    for runtime in runtimes {
        runtime.engine.precompile_compatibility_hash().hash(&mut hasher);
    }
    let (arch, system) = (std::env::consts::ARCH, std::env::consts::OS);
    format!("{}-{arch}-{system}-{:016x}", env!("CARGO_PKG_VERSION"), hasher.finish())
}

/// All that code depends on.
fn compiler_config(world: World, compile_cache: Arc<FunctionCache>) -> wasmtime::Result<Config> {
    let suspends = world == World::WorkflowAsync;
    let mut engine = Config::new();
    engine
        // Bounded: fuel decides, the epoch is the safety net.
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        // Pure: the same bits on every machine.
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .wasm_component_model_async(suspends)
        .concurrency_support(suspends)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        // A failure names functions and no positions in them, and only the engine itself walks these stacks: without either
        // table, code is a tenth smaller and compiles and loads sooner.
        .generate_address_map(false)
        .native_unwind_info(false)
        .enable_incremental_compilation(compile_cache)?;
    Ok(engine)
}

pub(crate) fn pool(config: &SandboxConfig) -> PoolingAllocationConfig {
    let (runs, keep_resident_bytes) = (config.concurrent_runs, config.keep_resident_bytes);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(runs)
        .total_core_instances(runs.saturating_mul(CORE_INSTANCES))
        .total_memories(runs.saturating_mul(MEMORIES))
        .total_tables(runs.saturating_mul(TABLES))
        .total_stacks(runs)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_memory_size(Limits::MAX_MEMORY_BYTES)
        .table_elements(Limits::MAX_TABLE_ELEMENTS)
        .linear_memory_keep_resident(keep_resident_bytes)
        .table_keep_resident(keep_resident_bytes)
        // Asks the kernel which pages a run dirtied, where it can say so (Linux 6.7), and cleans only those.
        .pagemap_scan(Enabled::Auto);
    pool
}

/// The thread that moves the epoch on, so that deadlines pass.
struct Ticker {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(engines: [Engine; 2], lanes: Lanes) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("usher-deadlines".to_owned()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                std::thread::park_timeout(TICK);
                engines.iter().chain(lanes.iter().map(|lane| &lane.engine)).for_each(Engine::increment_epoch);
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the thread that checks deadlines panicked");
            }
        }
    }
}
