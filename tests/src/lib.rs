//! Where the guests are that tests run: real components, built from `tests/guests`, `examples/newsroom` and `benches/jobs`
//! by this crate's build script. One constant each, holding the path of a `.wasm` file. And those that mean harm.

#[path = "../hostile/corpus.rs"]
pub mod hostile;

include!(concat!(env!("OUT_DIR"), "/guests.rs"));
