//! `time-zone`: by whose clocks the periods of meters begin.

use super::node::Node;
use super::report::Report;
use crate::Calendar;

/// Reads the key.
pub(super) fn read(key: Option<Node<'_>>, report: &mut Report) -> Calendar {
    key.and_then(|node| {
        let name = node.label(report)?;
        Calendar::of_zone(name)
            .or_else(|| node.refuse(report, "the name of an IANA time zone, such as `Europe/Berlin`"))
    })
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn a_time_zone_is_one_of_the_iana_database() {
        assert_eq!(catalog("time-zone = 'America/Sao_Paulo'\n").unwrap().calendar().zone(), "America/Sao_Paulo");
        assert_eq!(catalog("").unwrap().calendar().zone(), "UTC");
        check(
            "time-zone = 'Europe/Atlantis'\n",
            &[
                "line 1: `time-zone`: string `Europe/Atlantis`; expected the name of an IANA time zone, such as `Europe/Berlin`",
            ],
        );
        check("time-zone = 1\n", &["line 1: `time-zone`: integer `1`; expected a string that is not blank"]);
    }
}
