//! Does as much work as it is told to: the claim `turns`.

use usher_guest::{Request, workflow};

#[workflow]
fn burns_fuel(request: &Request) -> [&'static str; 1] {
    let turns: u64 = request.claim("turns").unwrap_or_default();
    let mut sum = 0_u64;
    for turn in 0..turns {
        sum = std::hint::black_box(sum.wrapping_add(turn));
    }
    ["premium"]
}
