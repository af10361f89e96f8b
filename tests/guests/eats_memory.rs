//! Takes as many bytes as it is told to, and touches every page of them: the claim `bytes`; without it, more and more until
//! there is no more.

use usher_guest::{Request, workflow};

/// Filling all of it would cost too much fuel.
const PAGE_BYTES: usize = 4 << 10;

#[workflow]
fn eats_memory(request: &Request) -> [&'static str; 1] {
    let mut eaten = Vec::new();
    match request.claim::<usize>("bytes") {
        Some(bytes) => eaten.push(touched(bytes)),
        None => loop {
            eaten.push(std::hint::black_box(touched(1 << 20)));
        },
    }
    std::hint::black_box(&eaten);
    ["premium"]
}

fn touched(bytes: usize) -> Vec<u8> {
    let mut taken = Vec::with_capacity(bytes);
    for page in taken.spare_capacity_mut().chunks_mut(PAGE_BYTES) {
        if let Some(first) = page.first_mut() {
            first.write(1);
        }
    }
    taken
}
