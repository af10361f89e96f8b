//! `[jwt.<name>]`: whose tokens are believed.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use toml::de::DeValue;

use super::freeform;
use super::message;
use super::node::Node;
use super::report::Report;
use super::table::{self, Table};
use crate::catalog::word::Word;
use crate::catalog::{JwtAlgorithm, JwtIntegration, JwtKeys};

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
    let algorithm = table.take("algorithm");
    let has_algorithm = algorithm.is_some();
    let algorithm = algorithm.and_then(|node| node.word(report));
    let keys = read_keys(&mut table, report);
    let claim = table.take("identifier-claim").and_then(|node| node.label(report)).unwrap_or(DEFAULT_CLAIM);
    let issuer = table.take("issuer").and_then(|node| node.label(report));
    let audience = table.take("audience").and_then(|node| node.label(report));
    let leeway = table.take("leeway-seconds").and_then(|node| node.integer(LONGEST_LEEWAY_SECONDS, report));
    if matches!(keys, Some((JwtKeys::Pem(_), _))) && !has_algorithm {
        let algorithms = message::one_of(JwtAlgorithm::ALL.iter().map(|algorithm| algorithm.word()));
        report.add(&table.place.at("algorithm"), "missing", algorithms);
    }
    table.finish(report);

    let (keys, line) = keys?;
    Some(JwtIntegration {
        name: node.name.into(),
        algorithm,
        keys,
        line,
        identifier_claim: claim.into(),
        issuer: issuer.map(Into::into),
        audience: audience.map(Into::into),
        leeway: Duration::from_secs(leeway.unwrap_or(DEFAULT_LEEWAY_SECONDS)),
    })
}

/// Reads where the keys are, and on which line that is said. There is exactly one such place.
fn read_keys(table: &mut Table<'_>, report: &mut Report) -> Option<(JwtKeys, usize)> {
    const PLACES: &str = "exactly one of `public-key`, `jwk`, `jwks-file`, `jwks-url`";
    let said: Vec<_> = ["public-key", "jwk", "jwks-file", "jwks-url"].map(|key| table.take(key)).into_iter().collect();
    let mut said = said.into_iter().flatten();
    let Some(node) = said.next() else {
        report.add(&table.place, "no public key", PLACES);
        return None;
    };
    for other in said {
        report.add(&other.place, format!("a second one, after {}", message::quoted(node.name)), PLACES);
    }
    let keys = match node.name {
        "public-key" => JwtKeys::Pem(node.label(report)?.into()),
        "jwk" => JwtKeys::Jwk(read_jwk(&node, report)?),
        "jwks-file" => {
            let path = PathBuf::from(node.label(report)?);
            if !path.is_absolute() {
                return node.refuse(report, "the absolute path of a file");
            }
            JwtKeys::File(path)
        }
        _ => {
            let url = node.label(report)?;
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) || url.contains(char::is_whitespace) {
                return node.refuse(report, "a URL that begins with `https://` or `http://`");
            }
            JwtKeys::Url(url.into())
        }
    };
    Some((keys, node.place.line))
}

/// Reads a JSON Web Key: a table, or the JSON text as its issuer publishes it.
fn read_jwk(node: &Node<'_>, report: &mut Report) -> Option<Map<String, Value>> {
    match node.value {
        DeValue::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(jwk)) => Some(jwk),
            Ok(_) | Err(_) => node.refuse(report, "a JSON Web Key, as a table or as JSON text"),
        },
        _ => Some(freeform::read(Some(node.clone()), report)),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn jwt_integrations_have_one_place_for_their_keys() {
        let places = "expected exactly one of `public-key`, `jwk`, `jwks-file`, `jwks-url`";
        check("[jwt.a]\n", &[&format!("line 1: `jwt.a`: no public key; {places}")]);
        check(
            "[jwt.a]\njwk = { kty = 'OKP' }\njwks-url = 'https://a.example/keys'\n",
            &[&format!("line 3: `jwt.a.jwks-url`: a second one, after `jwk`; {places}")],
        );
        for sound in [
            "jwk = { kty = 'OKP', crv = 'Ed25519', x = 'abc' }",
            "jwk = '{\"kty\": \"OKP\"}'",
            "jwks-url = 'http://127.0.0.1:8080/keys.json'",
            "jwks-file = '/etc/keys.json'\nalgorithm = 'ES384'",
        ] {
            assert!(catalog(&format!("[jwt.a]\n{sound}\n")).is_ok(), "{sound}");
        }
        check(
            "[jwt.a]\njwk = 'key'\n",
            &["line 2: `jwt.a.jwk`: string `key`; expected a JSON Web Key, as a table or as JSON text"],
        );
        check(
            "[jwt.a]\njwks-file = 'keys.json'\n",
            &["line 2: `jwt.a.jwks-file`: string `keys.json`; expected the absolute path of a file"],
        );
        for url in ["ftp://a.example", "https://", "https:///keys", "https://a b"] {
            check(
                &format!("[jwt.a]\njwks-url = '{url}'\n"),
                &[&format!(
                    "line 2: `jwt.a.jwks-url`: string `{url}`; expected a URL that begins with `https://` or `http://`"
                )],
            );
        }
    }

    #[test]
    fn jwt_integrations_are_of_the_documented_form() {
        let algorithms = "one of `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `EdDSA`";
        check("[jwt.a]\npublic-key = 'k'\n", &[&format!("line 1: `jwt.a.algorithm`: missing; expected {algorithms}")]);
        check(
            "[jwt.a]\nalgorithm = 'HS256'\npublic-key = ''\n",
            &[
                &format!("line 2: `jwt.a.algorithm`: string `HS256`; expected {algorithms}"),
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
