use usher_guest::workflow;

struct Rules;

impl Rules {
    #[workflow]
    fn tier(&self) -> &'static str {
        "member"
    }
}

fn main() {}
