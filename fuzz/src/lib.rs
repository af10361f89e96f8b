//! What the targets share.

#[path = "../../tests/hostile/corpus.rs"]
pub mod hostile;

use std::sync::{Arc, LazyLock};

use usher_host::{AccessRequest, Catalog, Clock, DecideError, Decision, Host, Release, Sandbox, SandboxConfig};

/// A catalog with static plans, and one issuer of tokens.
const CATALOG: &str = include_str!("../../examples/newsroom/catalog.toml");

/// The decision's instant: what is fuzzed must not depend on the time of day.
#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now_ms(&self) -> u64 {
        1_782_936_000_000
    }
}

/// A sandbox for one run at a time.
pub static SANDBOX: LazyLock<Arc<Sandbox>> = LazyLock::new(|| {
    let config = SandboxConfig { concurrent_runs: 1, ..SandboxConfig::default() };
    Arc::new(Sandbox::new(&config).expect("this machine can sandbox"))
});

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let catalog = Catalog::parse(CATALOG).expect("the newsroom has a catalog");
    let release = Release::new(1, catalog).expect("its keys are keys");
    Host::new(Arc::clone(&SANDBOX), release).with_clock(Arc::new(Fixed))
});

/// Runs a future to its end, on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a thread can wait").block_on(future)
}

/// One decision without a workflow.
///
/// # Errors
///
/// The identity is not believed.
pub fn decide(access: &AccessRequest) -> Result<Decision, DecideError> {
    block_on(HOST.decide(access))
}

/// Writes the hostile modules that cost next to nothing into a folder, as seeds: none of them lies in the repository.
pub fn write_seeds(folder: &std::path::Path) {
    for hostile in hostile::corpus() {
        let wasm = hostile.wasm_if(hostile::Weight::Light).unwrap_or_default();
        if (1..1 << 16).contains(&wasm.len()) {
            std::fs::write(folder.join(hostile.name), wasm).expect("the corpus is a folder");
        }
    }
}
