//! Calls itself until the stack is used up.

use usher_guest::{Request, workflow};

#[workflow]
fn recurses(request: &Request) -> [&'static str; 1] {
    let depth = dive(request.instant().as_millis());
    if depth == 0 { ["shallow"] } else { ["deep"] }
}

#[inline(never)]
fn dive(depth: u64) -> u64 {
    if depth == u64::MAX {
        return 0;
    }
    let frame = std::hint::black_box([depth; 64]);
    dive(depth.wrapping_add(1)).wrapping_add(frame.iter().sum())
}
