//! What the law of the place asks for: privacy in the European Union, and a blackout of live sport where the
//! rights were sold to somebody else.

use usher_guest::{Context, Request, env, workflow};

/// Names the country without live-sport rights, such as `US`, or one region of it, such as `US-TX`.
const BLOCKED_REGION: &str = "BLOCKED_REGION";

/// Both plans restrict: the catalog lets the lower value win for what they set.
#[workflow]
fn legal_geography(request: &Request) -> Vec<&'static str> {
    let mut plans = Vec::new();
    if request.context().is_eu_country {
        plans.push("eu-privacy");
    }
    if env::get(BLOCKED_REGION).is_some_and(|blocked| may_be_in(&blocked, request.context())) {
        plans.push("blackout");
    }
    plans
}

/// Rights are strict: whoever is in the country and hides the region counts as being in it.
fn may_be_in(blocked: &str, context: &Context) -> bool {
    let (country, region) = blocked.split_once('-').unwrap_or((blocked, ""));
    context.country_code.as_deref() == Some(country)
        && (region.is_empty() || context.region_code.as_deref().is_none_or(|code| code == region))
}

#[cfg(test)]
mod tests {
    use super::{BLOCKED_REGION, legal_geography};
    use usher_guest::testing;

    #[test]
    fn the_union_gets_privacy() {
        assert_eq!(legal_geography(&testing::request().eu_country("DE").build()), ["eu-privacy"]);
        assert_eq!(legal_geography(&testing::request().country("CH").build()), [""; 0]);
    }

    #[test]
    fn the_blocked_region_is_dark_and_its_neighbours_are_not() {
        let _host = testing::host().env(BLOCKED_REGION, "US-TX").install();
        let texas = testing::request().country("US").region("Texas", "TX").build();
        let ohio = testing::request().country("US").region("Ohio", "OH").build();
        let somewhere = testing::request().country("US").build();
        assert_eq!(legal_geography(&texas), ["blackout"]);
        assert_eq!(legal_geography(&ohio), [""; 0]);
        assert_eq!(legal_geography(&somewhere), ["blackout"]);
        let _host = testing::host().env(BLOCKED_REGION, "US").install();
        assert_eq!(legal_geography(&ohio), ["blackout"]);
    }
}
