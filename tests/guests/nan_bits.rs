//! Makes a NaN in two ways and answers with its bits, which differ between machines unless somebody sees to it.

use usher_guest::{Request, workflow};

#[workflow]
fn nan_bits(request: &Request) -> [String; 2] {
    let zero = std::hint::black_box(f64::from(request.identity().test_group_100) * 0.0);
    let divided = std::hint::black_box(zero / std::hint::black_box(0.0));
    let subtracted = std::hint::black_box(f64::INFINITY) - std::hint::black_box(f64::INFINITY);
    [format!("nan-{:016x}", divided.to_bits()), format!("nan-{:016x}", (-subtracted + 1.0).to_bits())]
}
