//! What a member holds, as the accounts service says in their token.

use serde::Deserialize;
use usher_guest::{ClaimsError, Request, workflow};

/// What the accounts service puts into its tokens. Visitors without one have none of it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Member<'a> {
    tier: &'a str,
    #[serde(borrow)]
    roles: Vec<&'a str>,
    #[serde(borrow)]
    entitlements: Vec<&'a str>,
}

/// Members hold their tier, staff hold everything, and passes can be bought one by one.
///
/// # Errors
///
/// The token's claims are of another shape.
#[workflow]
pub fn membership(request: &Request) -> Result<Vec<&'static str>, ClaimsError> {
    let member: Member<'_> = request.claims()?;
    let rules = [
        ("basic", member.tier == "basic"),
        ("premium", member.tier == "premium"),
        ("staff", member.roles.iter().any(|role| matches!(*role, "editor" | "reporter"))),
        ("archive-pass", member.entitlements.contains(&"archive")),
        ("video-pass", member.entitlements.contains(&"video")),
    ];
    Ok(rules.into_iter().filter_map(|(plan, holds)| holds.then_some(plan)).collect())
}

#[cfg(test)]
mod tests {
    use usher_guest::testing::{self, json};

    #[test]
    fn members_hold_their_tier_and_their_passes() {
        let claims = json!({ "tier": "basic", "entitlements": ["archive", "crossword"] });
        assert_eq!(super::membership(&testing::request().jwt(claims).build()).unwrap(), ["basic", "archive-pass"]);
    }

    #[test]
    fn staff_need_no_tier_and_visitors_hold_nothing() {
        let claims = json!({ "roles": ["reporter"] });
        assert_eq!(super::membership(&testing::request().jwt(claims).build()).unwrap(), ["staff"]);
        assert_eq!(super::membership(&testing::request().build()).unwrap(), [""; 0]);
    }

    #[test]
    fn claims_of_another_shape_are_refused() {
        let claims = json!({ "roles": "reporter" });
        assert!(super::membership(&testing::request().jwt(claims).build()).is_err());
    }
}
