//! JWTs: verified with the operator's keys at the decision's instant, or not believed.

use std::sync::{Arc, LazyLock};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256, SignatureAlgorithm};
use serde_json::{Value, json};
use usher_host::{
    AccessRequest, Catalog, Clock, DecideError, Decision, Host, IdentityClaim, IdentityError, JwtFallback, Release,
};

use crate::support::SANDBOX;

/// The decision's instant in these tests, in seconds.
const NOW: u64 = 1_782_936_000;

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now_ms(&self) -> u64 {
        NOW * 1_000
    }
}

/// One key of each kind, and one that nobody configured.
struct Keys {
    rs256: KeyPair,
    es256: KeyPair,
    eddsa: KeyPair,
    stranger: KeyPair,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let key = |algorithm: &'static SignatureAlgorithm| KeyPair::generate_for(algorithm).unwrap();
    Keys {
        rs256: key(&PKCS_RSA_SHA256),
        es256: key(&PKCS_ECDSA_P256_SHA256),
        eddsa: key(&PKCS_ED25519),
        stranger: key(&PKCS_ECDSA_P256_SHA256),
    }
});

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let integration = |algorithm: &str, key: &KeyPair| {
        format!(
            "[jwt.{}]\nalgorithm = \"{algorithm}\"\npublic-key = '''\n{}'''\nissuer = \"https://accounts.example\"\naudience = \"news\"\nleeway-seconds = 30\n",
            algorithm.to_lowercase(),
            key.public_key_pem()
        )
    };
    let catalog =
        [integration("RS256", &KEYS.rs256), integration("ES256", &KEYS.es256), integration("EdDSA", &KEYS.eddsa)];
    let release = Release::new(1, Catalog::parse(&catalog.concat()).unwrap()).unwrap();
    Host::new(Arc::clone(&SANDBOX), release).with_clock(Arc::new(Fixed))
});

fn claims() -> Value {
    json!({"sub": "reader-1", "exp": NOW + 60, "iss": "https://accounts.example", "aud": "news", "tier": "gold"})
}

fn sign(algorithm: Algorithm, key: &KeyPair, claims: &Value) -> String {
    let pem = key.serialize_pem();
    let key = match algorithm {
        Algorithm::RS256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
        _ => EncodingKey::from_ed_pem(pem.as_bytes()),
    };
    encode(&Header::new(algorithm), claims, &key.unwrap()).unwrap()
}

async fn decide(token: String, otherwise: JwtFallback) -> Result<Decision, IdentityError> {
    let decided = HOST.decide(&AccessRequest::new(IdentityClaim::Jwt { token, otherwise })).await;
    decided.map_err(|error| match error {
        DecideError::Identity(error) => error,
        error => panic!("{error}"),
    })
}

#[track_caller]
fn with(changed: &[(&str, Value)]) -> Value {
    let mut claims = claims();
    for (name, value) in changed {
        let object = claims.as_object_mut().unwrap();
        match value {
            Value::Null => drop(object.remove(*name)),
            value => drop(object.insert((*name).to_owned(), value.clone())),
        }
    }
    claims
}

#[tokio::test]
async fn each_algorithm_is_verified_with_its_own_key() {
    let cases = [(Algorithm::RS256, &KEYS.rs256), (Algorithm::ES256, &KEYS.es256), (Algorithm::EdDSA, &KEYS.eddsa)];
    for (algorithm, key) in cases {
        let decision = decide(sign(algorithm, key, &claims()), JwtFallback::Refuse).await.unwrap();
        let identity = decision.identity();
        assert_eq!((identity.identifier.as_str(), identity.is_authenticated()), ("reader-1", true), "{algorithm:?}");
        assert_eq!(identity.claims.get("tier"), Some(&json!("gold")));
    }
}

#[tokio::test]
async fn a_token_that_proves_nothing_is_refused_and_says_why() {
    let es256 = |changed: &[(&str, Value)]| sign(Algorithm::ES256, &KEYS.es256, &with(changed));
    let secret = EncodingKey::from_secret(KEYS.rs256.public_key_pem().as_bytes());
    let confused = encode(&Header::new(Algorithm::HS256), &claims(), &secret).unwrap();
    let [_, payload, _] = confused.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    let mut tampered = es256(&[]);
    tampered.replace_range(40..41, if tampered.as_bytes()[40] == b'A' { "B" } else { "A" });
    let cases = [
        (String::new(), "malformed"),
        ("not.a.jwt".to_owned(), "malformed"),
        ("x".repeat(100_000), "malformed"),
        (unsigned, "malformed"),
        (confused, "no configured key accepts a JWT with algorithm `HS256`"),
        (sign(Algorithm::ES256, &KEYS.stranger, &claims()), "not signed by a configured key"),
        (tampered, "not signed by a configured key"),
        (es256(&[("exp", json!(NOW - 30))]), "has expired"),
        (es256(&[("exp", Value::Null)]), "claim `exp` is missing or not as expected"),
        (es256(&[("exp", json!("soon"))]), "claim `exp` is missing or not as expected"),
        (es256(&[("nbf", json!(NOW + 31))]), "not valid yet"),
        (es256(&[("iss", json!("https://elsewhere.example"))]), "claim `iss`"),
        (es256(&[("iss", Value::Null)]), "claim `iss`"),
        (es256(&[("aud", json!("weather"))]), "claim `aud`"),
        (es256(&[("aud", Value::Null)]), "claim `aud`"),
        (es256(&[("sub", Value::Null)]), "claim `sub`"),
        (es256(&[("sub", json!(""))]), "claim `sub`"),
    ];
    for (token, words) in cases {
        let error = decide(token.clone(), JwtFallback::Refuse).await.unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
        let fallback = decide(token, JwtFallback::NewAnonymous).await.unwrap();
        assert!(!fallback.identity().is_authenticated() && fallback.identity().is_new, "{words}");
    }
}

#[tokio::test]
async fn times_have_a_leeway_to_the_second() {
    let es256 = |changed: &[(&str, Value)]| sign(Algorithm::ES256, &KEYS.es256, &with(changed));
    for (changed, is_good) in [
        (("exp", json!(NOW - 29)), true),
        (("exp", json!(NOW - 30)), false),
        (("nbf", json!(NOW + 30)), true),
        (("nbf", json!(NOW + 31)), false),
        (("exp", json!(1_782_936_000.5)), true),
        (("aud", json!(["weather", "news"])), true),
        (("sub", json!(12_345)), true),
    ] {
        let decision = decide(es256(std::slice::from_ref(&changed)), JwtFallback::Refuse).await;
        assert_eq!(decision.is_ok(), is_good, "{changed:?}");
    }
}

#[test]
fn a_key_of_another_kind_is_refused_with_its_line() {
    let catalog =
        format!("[jwt.accounts]\nalgorithm = \"RS256\"\npublic-key = '''\n{}'''\n", KEYS.es256.public_key_pem());
    let error = Release::new(1, Catalog::parse(&catalog).unwrap()).unwrap_err().to_string();
    let words = "catalog line 3: `jwt.accounts.public-key`: expected a PEM public key for RS256";
    assert!(error.starts_with(words), "{error}");
}
