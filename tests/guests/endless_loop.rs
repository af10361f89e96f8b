//! Never comes back.

use usher_guest::{Request, workflow};

#[workflow]
fn endless_loop(request: &Request) -> [&'static str; 0] {
    let mut turns = request.identity().identifier.len();
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}
