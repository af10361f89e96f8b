//! The host with what is around it: each module is a topic.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod bundle;
mod gateway;
mod last_good;
mod origin;
