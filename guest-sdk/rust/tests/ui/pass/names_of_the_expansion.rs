//! A workflow may be called anything, and stand anywhere.

mod request {
    use usher_guest::{Request, workflow};

    #[workflow]
    fn provision(request: &Request) -> &'static [&'static str] {
        if request.identity().is_authenticated() { &["member"] } else { &[] }
    }
}

fn main() {
    #[usher_guest::workflow]
    fn request(_: &usher_guest::Request) -> [&'static str; 2] {
        ["a", "b"]
    }
}
