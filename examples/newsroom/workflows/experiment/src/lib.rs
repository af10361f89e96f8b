//! Which paywall works better: a soft one, a hard one, or the one we have.

use usher_guest::{Request, workflow};

/// Ten visitors of a hundred see each new paywall, the others the old one. A visitor stays in their group, and
/// whoever has an account takes no part.
#[workflow]
fn experiment(request: &Request) -> Option<&'static str> {
    let identity = request.identity();
    if identity.is_authenticated() || request.context().is_bot() {
        return None;
    }
    match identity.test_group_100 {
        0..=9 => Some("soft-paywall"),
        10..=19 => Some("hard-paywall"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::experiment;
    use usher_guest::{BotCategory, testing};

    #[test]
    fn ten_of_a_hundred_see_each_paywall() {
        let seen: Vec<_> = (0..100).map(|group| experiment(&testing::request().test_group(group).build())).collect();
        assert_eq!(seen.iter().filter(|plan| **plan == Some("soft-paywall")).count(), 10);
        assert_eq!(seen.iter().filter(|plan| **plan == Some("hard-paywall")).count(), 10);
        assert_eq!((seen[9], seen[10], seen[20]), (Some("soft-paywall"), Some("hard-paywall"), None));
    }

    #[test]
    fn readers_with_an_account_and_bots_take_no_part() {
        let visitor = testing::request().test_group(3);
        assert_eq!(experiment(&visitor.clone().user("reader-1").build()), None);
        assert_eq!(experiment(&visitor.claimed_bot(BotCategory::Framework, "curl").build()), None);
    }
}
