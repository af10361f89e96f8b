//! Benchmarks: `cargo bench -p usher-benches`. Each file compares alternatives in one run, because the machine's speed
//! is nobody's achievement.
