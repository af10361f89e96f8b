//! The store against real database files: each module is a topic.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod changes;
mod concurrent;
mod counters;
mod crash;
mod fixture;
mod keys;
mod opening;
mod secret;
mod user_data;
