//! Any text as a catalog, which an operator uploads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_host::{Catalog, Release};

fuzz_target!(|text: &str| {
    match Catalog::parse(text) {
        // Its keys are read when it becomes a release.
        Ok(catalog) => drop(Release::new(1, catalog)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
