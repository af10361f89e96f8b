//! Everything that needs real guests: the sandbox, the host that embeds it, and the server, one module per topic.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

mod admission;
mod allocations;
mod bare;
mod bounds;
mod canary;
mod code;
mod cold_code;
mod compile_cache;
mod contract;
mod decisions;
mod freshness;
mod hostile;
mod issuer;
mod key_sets;
mod ladder;
mod lanes;
mod lookups;
mod manifest;
mod outcomes;
mod places;
mod purity;
mod shadow;
mod swap;
mod texts;
mod tidy;
mod tokens;
