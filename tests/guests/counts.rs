//! Keeps a counter in its memory, and says how far it has counted.

use std::sync::atomic::{AtomicU32, Ordering};

use usher_guest::{Request, workflow};

static CALLS: AtomicU32 = AtomicU32::new(0);

#[workflow]
fn counts(_: &Request) -> [String; 1] {
    let calls = CALLS.fetch_add(1, Ordering::Relaxed).saturating_add(1);
    [format!("call-{calls}")]
}
