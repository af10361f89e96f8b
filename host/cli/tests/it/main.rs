//! The real binary: what it prints, and how it ends.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod check;
mod explain;
mod guests;
mod help;
mod push;
mod run;
mod serve;
mod typegen;
mod usher;
