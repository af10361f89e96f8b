//! Takes as many bytes as it is told to: the claim `bytes`; without it, more and more until there is no more.

use usher_guest::{Request, workflow};

#[workflow]
fn eats_memory(request: &Request) -> [&'static str; 1] {
    let mut eaten = Vec::new();
    match request.claim::<usize>("bytes") {
        Some(bytes) => eaten.push(Vec::<u8>::with_capacity(bytes)),
        None => loop {
            eaten.push(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
        },
    }
    std::hint::black_box(&eaten);
    ["premium"]
}
