//! The server over real HTTP: what its doors take, what they answer, what survives. Workflows are tested elsewhere.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod admin_keys;
mod admission;
mod audit;
mod browser;
mod catalog;
mod cors;
mod counters;
mod decisions;
mod environments;
mod errors;
mod fixtures;
mod fleet;
mod guests;
mod keep_alive;
mod ladder;
mod limits;
mod manifests;
mod openapi;
mod parallel;
mod releases;
mod request_ids;
mod restart;
mod rollouts;
mod rotation;
mod scopes;
mod shutdown;
mod test_server;
mod user_data;
mod watching;
mod workflows;
