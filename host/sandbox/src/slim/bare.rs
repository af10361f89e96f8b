//! A component that is one module with the contract around it, taken for that module.
//!
//! What is around the module says how texts and lists get into its memory and out of it, in words that are the same for every
//! workflow. An engine reads them for each decision again; a host that knows them needs the module alone, and gives it the
//! contract's functions itself: `crate::bare`.
//!
//! The module imports a function of the contract by the names that it has there, whatever the author's toolchain called it, and
//! exports what a host calls by the names that `crate::bare` knows. What a fix-up put into its table is there from the start.

mod author;
mod found;
mod outline;
mod plan;

use super::parts::Parts;
use super::{entries, in_one_table, switch};

use self::plan::Plan;

/// A module, and what it was taken out of.
pub(crate) struct Bare {
    pub(crate) module: Vec<u8>,
    /// The component with no code in it, for an engine to say whether it is of the contract's types.
    pub(crate) outline: Vec<u8>,
}

/// The module that a component is; none if it is more than one, or made in another way than those that this knows.
pub(crate) fn bare(wasm: &[u8], keeps_texts: bool) -> Option<Bare> {
    let joined = in_one_table(wasm);
    let wasm = joined.as_deref().unwrap_or(wasm);
    let parts = Parts::read(wasm).ok()?;
    let plan = Plan::of(&parts).ok()?;
    let outline = outline::of(wasm)?;
    let mut module = author::written(&plan, keeps_texts).ok()?;
    if let Ok(switched) = switch::switched(&module, Ok(Vec::new())) {
        module = switched.finish();
    }
    if let Ok(ordered) = entries::entries_last(&module) {
        module = ordered.finish();
    }
    Some(Bare { module, outline })
}

#[cfg(test)]
mod tests;
