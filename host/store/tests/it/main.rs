//! The store against real databases: each module is a topic.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod changes;
mod concurrent;
mod counters;
mod crash;
mod deployments;
mod fixture;
mod fleet;
mod keys;
mod news;
mod opening;
mod outage;
mod releases;
mod secret;
mod user_data;
