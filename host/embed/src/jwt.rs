//! JWTs: a token in, verified claims out. Every key has one algorithm, and a token is valid at the decision's instant
//! or not at all.

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value};
use usher_decision::{JwtAlgorithm, JwtIntegration};

/// The claims of a token that was verified.
pub(crate) type Claims = Map<String, Value>;

/// Claims as the text that workflows are given.
pub(crate) fn json_text(claims: &Claims) -> String {
    // A map with text for keys always has a text of its own.
    serde_json::to_string(claims).unwrap_or_else(|_impossible| "{}".to_owned())
}

/// Verifies tokens with the keys of one release.
#[derive(Debug)]
pub(crate) struct JwtVerifier {
    keys: Vec<Key>,
}

struct Key {
    integration: JwtIntegration,
    key: DecodingKey,
    validation: Validation,
}

/// A token that proved itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VerifiedToken {
    pub(crate) identifier: String,
    pub(crate) claims: Claims,
}

/// Why a token proves nothing. The caller's move, or the operator's whose key is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// It is not a JWT.
    #[error("the JWT is malformed")]
    Malformed,
    /// No key is configured for tokens of its kind.
    #[error("no configured key accepts a JWT with algorithm `{algorithm}`")]
    NoKey {
        /// The algorithm its header names.
        algorithm: String,
    },
    /// Its signature is not of any configured key.
    #[error("the JWT is not signed by a configured key")]
    UnknownSigner,
    /// Its time is over.
    #[error("the JWT has expired")]
    Expired,
    /// Its time has not come.
    #[error("the JWT is not valid yet")]
    NotYetValid,
    /// A claim is missing or is not what the operator expects.
    #[error("the JWT's claim `{claim}` is missing or not as expected")]
    Claim {
        /// Which one.
        claim: String,
    },
}

/// A key that cannot be used. The operator's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("catalog line {line}: `jwt.{name}.public-key`: expected a PEM public key for {algorithm}: {reason}")]
pub struct KeyError {
    line: usize,
    name: String,
    algorithm: String,
    reason: String,
}

impl KeyError {
    /// The line of the catalog that has the key.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The dotted path of the key in the catalog, such as `jwt.accounts.public-key`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("jwt.{}.public-key", self.name)
    }
}

impl JwtVerifier {
    pub(crate) fn new(integrations: &[JwtIntegration]) -> Result<Self, KeyError> {
        let keys = integrations.iter().map(Key::new).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// Verifies a token at an instant. Of several failures, the one that got furthest is told.
    pub(crate) fn verify(&self, token: &str, now_ms: u64) -> Result<VerifiedToken, JwtError> {
        let header = decode_header(token).map_err(|_malformed| JwtError::Malformed)?;
        let mut failure = JwtError::NoKey { algorithm: format!("{:?}", header.alg) };
        for key in self.keys.iter().filter(|key| key.accepts(&header)) {
            match key.verify(token, now_ms / 1_000) {
                Ok(verified) => return Ok(verified),
                Err(error) if failure.progress() <= error.progress() => failure = error,
                Err(_) => {}
            }
        }
        Err(failure)
    }
}

impl JwtError {
    /// How far a token came before it failed.
    fn progress(&self) -> u8 {
        match self {
            Self::Malformed => 0,
            Self::NoKey { .. } => 1,
            Self::UnknownSigner => 2,
            Self::Expired | Self::NotYetValid | Self::Claim { .. } => 3,
        }
    }
}

impl Key {
    fn new(integration: &JwtIntegration) -> Result<Self, KeyError> {
        let pem = integration.public_key().as_bytes();
        let (algorithm, key) = match integration.algorithm() {
            JwtAlgorithm::Rs256 => (Algorithm::RS256, DecodingKey::from_rsa_pem(pem)),
            JwtAlgorithm::Es256 => (Algorithm::ES256, DecodingKey::from_ec_pem(pem)),
            JwtAlgorithm::EdDsa => (Algorithm::EdDSA, DecodingKey::from_ed_pem(pem)),
        };
        let key = key.map_err(|error| KeyError {
            line: integration.line(),
            name: integration.name().to_owned(),
            algorithm: integration.algorithm().to_string(),
            reason: error.to_string(),
        })?;
        let mut validation = Validation::new(algorithm);
        // Times are held against the decision's instant, not against the machine's clock: see `check_times`.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = integration.audience().is_some();
        if let Some(audience) = integration.audience() {
            validation.set_audience(&[audience]);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        if let Some(issuer) = integration.issuer() {
            validation.set_issuer(&[issuer]);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        Ok(Self { integration: integration.clone(), key, validation })
    }

    fn accepts(&self, header: &Header) -> bool {
        self.validation.algorithms.contains(&header.alg)
    }

    fn verify(&self, token: &str, now: u64) -> Result<VerifiedToken, JwtError> {
        use jsonwebtoken::errors::ErrorKind;
        let claim = |claim: &str| JwtError::Claim { claim: claim.to_owned() };
        let claims = decode::<Claims>(token, &self.key, &self.validation).map_err(|error| match error.kind() {
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

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("integration", &self.integration.name()).finish_non_exhaustive()
    }
}
