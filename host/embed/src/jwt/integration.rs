//! Integrations: whose tokens are believed, what they have to say, and which claim names the user.

use std::sync::Arc;

use jsonwebtoken::{DecodingKey, Header, Validation, decode};
use serde_json::Value;
use usher_decision::{JwtIntegration, JwtKeys};

use super::key::Key;
use super::key_set::{KeySet, KeySets};
use super::{Claims, JwtError, KeyError, VerifiedToken};

/// One integration of a release, ready to verify.
#[derive(Debug)]
pub(super) struct Integration {
    integration: JwtIntegration,
    keys: Keys,
}

#[derive(Debug)]
enum Keys {
    /// In the catalog itself.
    Own(Key),
    /// Published by the issuer.
    Published(Arc<KeySet>),
}

impl Integration {
    pub(super) fn new(integration: &JwtIntegration) -> Result<Self, KeyError> {
        let algorithm = integration.algorithm();
        let unusable = |error| KeyError::new(integration, error);
        let keys = match (integration.keys(), algorithm) {
            (JwtKeys::Pem(pem), Some(algorithm)) => Keys::Own(Key::of_pem(pem, algorithm).map_err(unusable)?),
            (JwtKeys::Jwk(jwk), _) => Keys::Own(Key::of_jwk(jwk, algorithm).map_err(unusable)?),
            (place, _) => Keys::Published(Arc::new(KeySet::new(integration.name(), (place.clone(), algorithm)))),
        };
        Ok(Self { integration: integration.clone(), keys })
    }

    /// Goes on with what the host has read already, and returns the set, if it has one.
    pub(super) fn share(&mut self, sets: &KeySets) {
        if let Keys::Published(set) = &mut self.keys {
            *set = sets.shared(Arc::clone(set));
        }
    }

    /// The set of keys that its issuer publishes.
    pub(super) fn key_set(&self) -> Option<&Arc<KeySet>> {
        match &self.keys {
            Keys::Own(_) => None,
            Keys::Published(set) => Some(set),
        }
    }

    /// Verifies a token. Of several failures, the one that got furthest is told; none when no key takes the token.
    pub(super) fn verify(&self, token: &str, header: &Header, now: u64) -> Option<Result<VerifiedToken, JwtError>> {
        let try_all = |keys: &[Key]| {
            let mut failure = None;
            for key in keys.iter().filter(|key| key.accepts(header)) {
                match self.verify_with(key, token, now) {
                    Ok(verified) => return Some(Ok(verified)),
                    Err(error) => failure = JwtError::further(failure, error),
                }
            }
            failure.map(Err)
        };
        match &self.keys {
            Keys::Own(key) => try_all(std::slice::from_ref(key)),
            Keys::Published(set) => set.with_keys(try_all),
        }
    }

    fn verify_with(&self, key: &Key, token: &str, now: u64) -> Result<VerifiedToken, JwtError> {
        use jsonwebtoken::errors::ErrorKind;
        let claim = |claim: &str| JwtError::Claim { claim: claim.to_owned() };
        let decoding: &DecodingKey = &key.decoding;
        let claims = decode::<Claims>(token, decoding, &self.validation(key)).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => JwtError::UnknownSigner,
            ErrorKind::InvalidIssuer => claim("iss"),
            ErrorKind::InvalidAudience => claim("aud"),
            ErrorKind::MissingRequiredClaim(name) => claim(name),
            _ => JwtError::Malformed,
        })?;
        let claims = claims.claims;
        self.check_times(&claims, now)?;
        let name = self.integration.identifier_claim();
        let identifier = match claims.get(name) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(claim(name)),
        };
        Ok(VerifiedToken { identifier, claims })
    }

    fn validation(&self, key: &Key) -> Validation {
        let mut validation = Validation::new(key.algorithm);
        // Times are held against the decision's instant, not against the machine's clock: see `check_times`.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = self.integration.audience().is_some();
        if let Some(audience) = self.integration.audience() {
            validation.set_audience(&[audience]);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        if let Some(issuer) = self.integration.issuer() {
            validation.set_issuer(&[issuer]);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        validation
    }

    /// A token without an end is refused: it could never be taken back.
    fn check_times(&self, claims: &Claims, now: u64) -> Result<(), JwtError> {
        let leeway = self.integration.leeway().as_secs();
        let seconds = |claim: &str| match claims.get(claim) {
            None => Ok(None),
            Some(value) => match value.as_u64().or_else(|| whole_seconds(value)) {
                Some(seconds) => Ok(Some(seconds)),
                None => Err(JwtError::Claim { claim: claim.to_owned() }),
            },
        };
        let Some(expires) = seconds("exp")? else { return Err(JwtError::Claim { claim: "exp".to_owned() }) };
        if expires.saturating_add(leeway) <= now {
            return Err(JwtError::Expired);
        }
        match seconds("nbf")? {
            Some(begins) if begins > now.saturating_add(leeway) => Err(JwtError::NotYetValid),
            Some(_) | None => Ok(()),
        }
    }
}

/// The whole seconds of a time that some issuers write with a fraction.
fn whole_seconds(value: &Value) -> Option<u64> {
    let seconds = value.as_f64().filter(|seconds| (0.0..9e15).contains(seconds))?;
    format!("{seconds:.0}").parse().ok()
}
