//! The members of the European Union, for an edge that names the country and no more.

/// ISO 3166-1 alpha-2 codes of the 27 members since 2020-02-01, from the union's own list of countries.
const MEMBERS: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

pub(super) fn has_member(country_code: &str) -> bool {
    MEMBERS.iter().any(|member| member.eq_ignore_ascii_case(country_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_from_neighbours() {
        for (code, is_member) in [("DE", true), ("hr", true), ("GB", false), ("CH", false), ("", false)] {
            assert_eq!(has_member(code), is_member, "{code}");
        }
        assert!(MEMBERS.is_sorted());
    }
}
