//! Bundles as others see them: each module is a topic.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod content;
mod crash;
mod damage;
mod fixture;
mod others;
