//! Public keys: each with the one algorithm that it is for.

use std::str::FromStr;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde_json::{Map, Value};
use usher_decision::JwtAlgorithm;

/// Keys that a set may have: an issuer has a handful, and a token without a `kid` is tried with all of them.
const MOST_KEYS: usize = 100;

/// A public key that tokens are verified with.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
    /// What tokens call it; tokens that call for another are not verified with it.
    kid: Option<String>,
}

/// Why a key, or a document of keys, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unusable(pub(super) String);

impl Key {
    /// A key as PEM text.
    pub(super) fn of_pem(pem: &str, algorithm: JwtAlgorithm) -> Result<Self, Unusable> {
        let pem = pem.as_bytes();
        let decoding = match algorithm {
            JwtAlgorithm::EdDsa => DecodingKey::from_ed_pem(pem),
            JwtAlgorithm::Es256 | JwtAlgorithm::Es384 => DecodingKey::from_ec_pem(pem),
            _ => DecodingKey::from_rsa_pem(pem),
        };
        let decoding =
            decoding.map_err(|error| Unusable(format!("expected a PEM public key for {algorithm}: {error}")))?;
        Ok(Self { algorithm: named(&algorithm.to_string())?, decoding, kid: None })
    }

    /// A JSON Web Key. Its own algorithm counts, then the wanted one, then the usual one of its type.
    pub(super) fn of_jwk(jwk: &Map<String, Value>, wanted: Option<JwtAlgorithm>) -> Result<Self, Unusable> {
        let unusable = |error: &dyn std::fmt::Display| Unusable(format!("expected a JSON Web Key: {error}"));
        let named_by_itself = jwk.get("alg").and_then(Value::as_str).map(named).transpose()?;
        let jwk: Jwk = serde_json::from_value(Value::Object(jwk.clone())).map_err(|error| unusable(&error))?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return Err(Unusable("expected a key for signatures".to_owned()));
        }
        let fitting = fitting(&jwk.algorithm)?;
        let wanted = wanted.map(|wanted| named(&wanted.to_string())).transpose()?;
        let algorithm = match (named_by_itself, wanted, fitting) {
            (Some(own), Some(wanted), _) if own != wanted => {
                return Err(Unusable(format!("expected a key for {wanted:?}, found one for {own:?}")));
            }
            (Some(algorithm), ..) | (None, Some(algorithm), _) => algorithm,
            (None, None, usual) => *usual.first().unwrap_or(&Algorithm::EdDSA),
        };
        if !fitting.contains(&algorithm) {
            return Err(Unusable(format!("expected a key that fits {algorithm:?}")));
        }
        let decoding = DecodingKey::from_jwk(&jwk).map_err(|error| unusable(&error))?;
        Ok(Self { algorithm, decoding, kid: jwk.common.key_id })
    }

    /// Whether a token with this header may have been signed with it.
    pub(super) fn accepts(&self, header: &Header) -> bool {
        let is_called_for = match (&self.kid, &header.kid) {
            (Some(own), Some(wanted)) => own == wanted,
            (None, _) | (_, None) => true,
        };
        self.algorithm == header.alg && is_called_for
    }

    /// Whether tokens call it so.
    pub(super) fn is_called(&self, kid: &str) -> bool {
        self.kid.as_deref() == Some(kid)
    }
}

/// The keys of a JWK Set (RFC 7517) that can be used; the others are for something else, or for a later version.
pub(super) fn of_set(document: &[u8], wanted: Option<JwtAlgorithm>) -> Result<Vec<Key>, Unusable> {
    let document: Value = serde_json::from_slice(document)
        .map_err(|error| Unusable(format!("expected a JWK Set, found what is not JSON: {error}")))?;
    let Some(keys) = document.get("keys").and_then(Value::as_array) else {
        return Err(Unusable("expected a JWK Set, found JSON without a list of `keys`".to_owned()));
    };
    if keys.len() > MOST_KEYS {
        return Err(Unusable(format!("expected at most {MOST_KEYS} keys, found {}", keys.len())));
    }
    let usable: Vec<_> =
        keys.iter().filter_map(Value::as_object).filter_map(|jwk| Key::of_jwk(jwk, wanted).ok()).collect();
    if usable.is_empty() {
        return Err(Unusable(format!("expected a public key that can be used, found {} that cannot", keys.len())));
    }
    Ok(usable)
}

/// The algorithms that a type of key is for, the usual one first. A secret is no public key.
fn fitting(parameters: &AlgorithmParameters) -> Result<&'static [Algorithm], Unusable> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    match parameters {
        AlgorithmParameters::RSA(_) => Ok(&[RS256, RS384, RS512, PS256, PS384, PS512]),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Ok(&[ES256]),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => Ok(&[ES384]),
        AlgorithmParameters::OctetKeyPair(_) => Ok(&[EdDSA]),
        _ => Err(Unusable("expected an RSA, P-256, P-384 or Ed25519 public key".to_owned())),
    }
}

fn named(algorithm: &str) -> Result<Algorithm, Unusable> {
    let known = Algorithm::from_str(algorithm)
        .ok()
        .filter(|algorithm| !matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512));
    known.ok_or_else(|| Unusable(format!("expected an algorithm for public keys, found `{algorithm:.20}`")))
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.algorithm).field("kid", &self.kid).finish_non_exhaustive()
    }
}
