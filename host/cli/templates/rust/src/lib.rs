//! Which plans a user holds, on every request.

use usher_guest::{Request, workflow};

/// Gold members hold the premium plan, and so does all of Iceland this year.
#[workflow]
fn decide(request: &Request) -> Option<&'static str> {
    let is_gold = request.claim("tier") == Some("gold");
    let is_guest = request.context().country_code.as_deref() == Some("IS");
    (is_gold || is_guest).then_some("premium")
}

#[cfg(test)]
mod tests {
    use super::decide;
    use usher_guest::testing::{self, json};

    #[test]
    fn gold_members_hold_premium() {
        let gold = testing::request().jwt(json!({ "tier": "gold" })).build();
        assert_eq!(decide(&gold), Some("premium"));
    }

    #[test]
    fn so_does_all_of_iceland() {
        assert_eq!(decide(&testing::request().country("IS").build()), Some("premium"));
    }

    #[test]
    fn nobody_else_does() {
        assert_eq!(decide(&testing::request().build()), None);
    }
}
