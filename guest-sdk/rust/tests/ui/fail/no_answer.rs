use usher_guest::{Request, workflow};

#[workflow]
fn tier(request: &Request) {
    request.claim::<bool>("premium");
}

fn main() {}
