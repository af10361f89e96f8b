//! The real binary: what it prints, and how it ends.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod backup;
mod bundle;
mod check;
mod compat;
mod explain;
mod guests;
mod help;
mod keys;
mod new;
mod node;
mod push;
mod release;
mod run;
mod serve;
mod twins;
mod typegen;
mod usher;
