//! Extism: plug-ins in WebAssembly, by the same engine as Usher's in an older release.
//!
//! Takes the folder of the guests: `extism.wasm`. Epochs are on, as always with extism; no time, fuel or memory limit is set.

use std::path::PathBuf;

use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};
use measure::{Job, Peer, record::Record};
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("the argument is the folder of the guests");
    let wasm = std::fs::read(folder.join("extism.wasm")).expect("the guests are built");
    let plugin = || PluginBuilder::new(Manifest::new([Wasm::data(wasm.clone())])).with_cache_disabled();
    let by_default = plugin().compile().expect("the plug-in is admitted");
    let pooled = plugin().with_wasmtime_config(pooled()).compile().expect("the plug-in is admitted");

    let peer = Peer::new("extism");
    for job in Job::ALL {
        let mut reused = instance(&pooled);
        peer.decide(job, "reused", |record| ask(&mut reused, job, record));
        peer.decide(job, "fresh", |record| ask(&mut instance(&pooled), job, record));
        peer.decide(job, "fresh, default settings", |record| ask(&mut instance(&by_default), job, record));
    }
}

/// The settings of Usher's own pool: see `host/sandbox/src/engine.rs`.
fn pooled() -> Config {
    const KEEP_RESIDENT_BYTES: usize = 512 << 10;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(256)
        .total_memories(256)
        .total_tables(256)
        .max_memory_size(256 << 20)
        .table_elements(20_000)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

fn instance(compiled: &CompiledPlugin) -> Plugin {
    Plugin::new_from_compiled(compiled).expect("the plug-in starts")
}

fn ask(plugin: &mut Plugin, job: Job, record: &Record) -> Vec<String> {
    let request = serde_json::to_vec(record).expect("a record can be written");
    let plans: &[u8] = plugin.call(job.name(), request).expect("the plug-in answers");
    serde_json::from_slice(plans).expect("plans are a list of texts")
}
