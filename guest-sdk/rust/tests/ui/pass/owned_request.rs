use usher_guest::{Request, testing, workflow};

#[workflow]
pub fn tier(request: Request) -> Option<String> {
    request.context().country_code.clone()
}

fn main() {
    assert_eq!(tier(testing::request().country("de").build()).as_deref(), Some("de"));
}
