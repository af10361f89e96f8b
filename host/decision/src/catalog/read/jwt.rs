//! `[jwt.<name>]`: whose tokens are believed.

use std::time::Duration;

use super::message;
use super::node::Node;
use super::report::Report;
use super::table;
use crate::catalog::word::Word;
use crate::catalog::{JwtAlgorithm, JwtIntegration};

const DEFAULT_CLAIM: &str = "sub";
const DEFAULT_LEEWAY_SECONDS: u64 = 30;
const LONGEST_LEEWAY_SECONDS: u64 = 300;

/// Reads the section.
pub(super) fn read(section: Option<Node<'_>>, report: &mut Report) -> Vec<JwtIntegration> {
    let nodes = table::entries(section, report);
    nodes.iter().filter_map(|node| read_integration(node, report)).collect()
}

fn read_integration(node: &Node<'_>, report: &mut Report) -> Option<JwtIntegration> {
    node.check_slug(report);
    let mut table = node.table(report)?;
    let algorithms = message::one_of(JwtAlgorithm::ALL.iter().map(|algorithm| algorithm.word()));
    let algorithm = table.require("algorithm", &algorithms, report).and_then(|node| node.word(report));
    let key = table.require("public-key", "the public key as PEM text", report);
    let key = key.and_then(|node| Some((node.label(report)?, node.place.line)));
    let claim = table.take("identifier-claim").and_then(|node| node.label(report)).unwrap_or(DEFAULT_CLAIM);
    let issuer = table.take("issuer").and_then(|node| node.label(report));
    let audience = table.take("audience").and_then(|node| node.label(report));
    let leeway = table.take("leeway-seconds").and_then(|node| node.integer(LONGEST_LEEWAY_SECONDS, report));
    table.finish(report);

    let (public_key, line) = key?;
    Some(JwtIntegration {
        name: node.name.into(),
        algorithm: algorithm?,
        public_key: public_key.into(),
        line,
        identifier_claim: claim.into(),
        issuer: issuer.map(Into::into),
        audience: audience.map(Into::into),
        leeway: Duration::from_secs(leeway.unwrap_or(DEFAULT_LEEWAY_SECONDS)),
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn jwt_integrations_need_an_algorithm_and_a_key() {
        check(
            "[jwt.a]\n",
            &[
                "line 1: `jwt.a.algorithm`: missing; expected one of `RS256`, `ES256`, `EdDSA`",
                "line 1: `jwt.a.public-key`: missing; expected the public key as PEM text",
            ],
        );
        check(
            "[jwt.a]\nalgorithm = 'HS256'\npublic-key = ''\n",
            &[
                "line 2: `jwt.a.algorithm`: string `HS256`; expected one of `RS256`, `ES256`, `EdDSA`",
                "line 3: `jwt.a.public-key`: empty string; expected a string that is not blank",
            ],
        );
        let sound = "[jwt.a]\nalgorithm = 'RS256'\npublic-key = 'k'\n";
        assert!(catalog(&format!("{sound}leeway-seconds = 0\n")).is_ok());
        assert!(catalog(&format!("{sound}leeway-seconds = 300\n")).is_ok());
        check(
            &format!("{sound}leeway-seconds = 301\n"),
            &["line 4: `jwt.a.leeway-seconds`: integer `301`; expected an integer from 0 to 300"],
        );
        check(
            &format!("{sound}identifier-claim = 1\nissuer = ''\naudience = ['a']\n"),
            &[
                "line 4: `jwt.a.identifier-claim`: integer `1`; expected a string that is not blank",
                "line 5: `jwt.a.issuer`: empty string; expected a string that is not blank",
                "line 6: `jwt.a.audience`: array; expected a string that is not blank",
            ],
        );
    }
}
