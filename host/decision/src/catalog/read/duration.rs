//! Durations: `90s`, `10m`, `12h`, `7d`.

use std::time::Duration;

use toml::de::DeValue;

use super::node::Node;
use super::report::Report;

/// What a duration may be counted in, with the seconds of each.
const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 60 * 60), ('d', 24 * 60 * 60)];

/// Reads a duration of at least one second and at most so many days.
pub(super) fn read(node: &Node<'_>, most_days: u64, report: &mut Report) -> Option<Duration> {
    let seconds = match node.value {
        DeValue::String(text) => seconds(text),
        _ => None,
    };
    let most = most_days.saturating_mul(24 * 60 * 60);
    match seconds {
        Some(seconds) if (1..=most).contains(&seconds) => Some(Duration::from_secs(seconds)),
        _ => node.refuse(report, format!("a duration from `1s` to `{most_days}d`, such as `10m`")),
    }
}

fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(*name)?, unit)))?;
    // `parse` takes a sign, which no duration has.
    let is_number = number.chars().all(|char| char.is_ascii_digit());
    number.parse::<u64>().ok().filter(|_| is_number)?.checked_mul(*unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(seconds(text), expected, "{text}");
    }

    #[test]
    fn durations_have_a_number_and_a_unit() {
        check("0s", Some(0));
        check("90s", Some(90));
        check("10m", Some(600));
        check("12h", Some(43_200));
        check("7d", Some(604_800));
        for text in
            ["", "s", "10", "10 m", "+10m", "-1s", "1.5h", "10ms", "1w", "10M", "1h30m", "99999999999999999999d"]
        {
            check(text, None);
        }
        check(&format!("{}m", u64::MAX), None);
    }
}
