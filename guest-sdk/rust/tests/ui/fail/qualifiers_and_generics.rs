use usher_guest::{Request, workflow};

#[workflow]
const unsafe extern "C" fn tier<T, const N: usize>(_request: &Request) -> &'static str {
    "member"
}

fn main() {}
