//! What plans are called in Rust.
//!
//! A name depends on no other plan's place: a catalog that grows must never hand a name that is in use to another plan.

use std::collections::HashMap;

/// Two plans would have the same name. The move of whoever wrote the catalog.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the plans `{one}` and `{other}` would both be `Plan::{name}` in Rust; expected slugs that differ in more than case"
)]
pub(crate) struct NamesError {
    one: String,
    other: String,
    name: String,
}

/// The variants of these plans, in the same order, each of its own name.
pub(super) fn variants(slugs: &[&str]) -> Result<Vec<String>, NamesError> {
    let mut holders: HashMap<String, usize> = HashMap::new();
    for slug in slugs {
        *holders.entry(variant(slug)).or_default() += 1;
    }
    // Of those that share a name, each says more of itself; none keeps it.
    let name = |slug: &&str| match variant(slug) {
        shared if holders.get(&shared).is_some_and(|holders| *holders > 1) => spelled_out(slug),
        own => own,
    };
    let names: Vec<_> = slugs.iter().map(name).collect();
    let mut taken: HashMap<&str, &str> = HashMap::new();
    for (name, slug) in names.iter().zip(slugs) {
        if let Some(one) = taken.insert(name, slug) {
            return Err(NamesError { one: one.to_owned(), other: (*slug).to_owned(), name: name.clone() });
        }
    }
    Ok(names)
}

/// A slug in the way that Rust writes variants: `ai-bot` is `AiBot`.
fn variant(slug: &str) -> String {
    let mut name = String::new();
    for word in slug.split(['-', '_']).filter(|word| !word.is_empty()) {
        // `tier-1-2` is not `tier-12`. Between digits, and only there, Rust's own style has this.
        if ends_in_digit(&name) && word.starts_with(|first: char| first.is_ascii_digit()) {
            name.push('_');
        }
        name.push_str(&capitalized(word));
    }
    possible(name)
}

/// The same with its separators in words: `a-b` is `ADashB`, and `a_b` is `AUnderscoreB`.
fn spelled_out(slug: &str) -> String {
    let words = slug.replace('-', " dash ").replace('_', " underscore ");
    possible(words.split_whitespace().map(capitalized).collect())
}

/// A word with its first letter large. One that is all large is an abbreviation, which Rust writes as a word.
fn capitalized(word: &str) -> String {
    let is_abbreviation = !word.contains(|char: char| char.is_ascii_lowercase());
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    let rest = chars.map(|char| if is_abbreviation { char.to_ascii_lowercase() } else { char });
    first.into_iter().chain(rest).collect()
}

/// A name that Rust takes. Of its keywords, `Self` is the one that is written like a variant.
fn possible(name: String) -> String {
    match name == "Self" || name.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("Plan{name}"),
        false => name,
    }
}

fn ends_in_digit(name: &str) -> bool {
    name.ends_with(|last: char| last.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::variants;

    #[track_caller]
    fn check(slugs: &[&str], expected: &[&str]) {
        assert_eq!(variants(slugs).unwrap(), expected);
    }

    #[test]
    fn slugs_become_variants() {
        check(&["premium", "ai-bot", "eu_privacy"], &["Premium", "AiBot", "EuPrivacy"]);
        check(&["3-day", "self", "SELF-service"], &["Plan3Day", "PlanSelf", "SelfService"]);
        check(&["VIP", "premiumPlus", "a--b_", "x"], &["Vip", "PremiumPlus", "AB", "X"]);
        check(&["tier-1-2", "tier-12"], &["Tier1_2", "Tier12"]);
    }

    #[test]
    fn plans_that_would_share_a_name_say_more_of_themselves() {
        check(&["a-b", "a_b", "c-d"], &["ADashB", "AUnderscoreB", "CD"]);
        check(&["a_b", "c-d", "a-b"], &["AUnderscoreB", "CD", "ADashB"]);
        check(&["self", "plan-self"], &["PlanSelf", "PlanDashSelf"]);
        check(&["ab", "aB-"], &["Ab", "AB"]);
    }

    #[test]
    fn what_differs_in_case_alone_is_refused() {
        let error = variants(&["gold", "vip", "VIP"]).unwrap_err().to_string();
        assert!(error.contains("`vip` and `VIP` would both be `Plan::Vip`"), "{error}");
        // Spelled out, it would be a third plan's name.
        let error = variants(&["a-b", "a_b", "a-dash-b"]).unwrap_err().to_string();
        assert!(error.contains("`a-b` and `a-dash-b` would both be `Plan::ADashB`"), "{error}");
    }
}
