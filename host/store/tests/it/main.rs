//! The store against real databases: each module is a topic.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod backup;
mod changes;
mod concurrent;
mod counters;
mod crash;
mod deployments;
mod everything;
mod fixture;
mod fleet;
mod import_crash;
mod keys;
mod news;
mod opening;
mod outage;
mod releases;
mod secret;
mod user_data;
