//! The least that a workflow can be for: who pays, who has an account, who has neither.

use usher_guest::{Request, workflow};

/// Everybody holds exactly one of three plans.
#[workflow]
pub fn tier(request: &Request) -> &'static str {
    if request.claim("premium") == Some(true) {
        "premium"
    } else if request.identity().is_authenticated() {
        "registered"
    } else {
        "anonymous"
    }
}

#[cfg(test)]
mod tests {
    use usher_guest::testing::{self, json};

    #[test]
    fn everybody_holds_one_of_three() {
        let reader = |premium: bool| testing::request().jwt(json!({ "premium": premium })).build();
        assert_eq!(super::tier(&reader(true)), "premium");
        assert_eq!(super::tier(&reader(false)), "registered");
        assert_eq!(super::tier(&testing::request().build()), "anonymous");
    }
}
