//! JWTs: a token in, verified claims out. Every key has one algorithm, and a token is valid at the decision's instant
//! or not at all.

mod fetch;
mod integration;
mod key;
mod key_set;

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::decode_header;
use serde_json::{Map, Value};
use tokio::time::Instant;
use usher_decision::JwtIntegration;

use integration::Integration;
use key::Unusable;
pub(crate) use key_set::KeySets;
use key_set::{KeySet, PATIENCE};

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
    integrations: Vec<Integration>,
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
    /// The keys that it could be verified with have never been read.
    #[error("the JWT cannot be verified: its issuer's keys could not be read yet; the operator finds why in the log")]
    KeysUnread,
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
#[error("catalog line {line}: `{key}`: {reason}")]
pub struct KeyError {
    line: usize,
    key: String,
    reason: Unusable,
}

impl KeyError {
    fn new(integration: &JwtIntegration, reason: Unusable) -> Self {
        let key = format!("jwt.{}.{}", integration.name(), integration.keys().name());
        Self { line: integration.line(), key, reason }
    }

    /// The line of the catalog that has the key.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The dotted path of the key in the catalog, such as `jwt.accounts.public-key`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl JwtVerifier {
    pub(crate) fn new(integrations: &[JwtIntegration]) -> Result<Self, KeyError> {
        let integrations = integrations.iter().map(Integration::new).collect::<Result<_, _>>()?;
        Ok(Self { integrations })
    }

    /// Goes on with the published keys that a host has read already.
    pub(crate) fn share(&mut self, sets: &KeySets) {
        self.integrations.iter_mut().for_each(|integration| integration.share(sets));
    }

    /// Begins to read the published keys that are due. Nobody waits for it. Needs a Tokio runtime.
    pub(crate) fn refresh_in_background(&self) {
        for set in self.key_sets().filter(|set| set.is_stale()) {
            let _under_way = set.refresh();
        }
    }

    /// Verifies a token at an instant. For a key that its issuer may have published since, it waits a moment.
    pub(crate) async fn verify(&self, token: &str, now_ms: u64, patience: Duration) -> Result<VerifiedToken, JwtError> {
        let header = decode_header(token).map_err(|_malformed| JwtError::Malformed)?;
        let attempt = self.verify_now(token, &header, now_ms);
        self.refresh_in_background();
        if !matches!(attempt, Err(JwtError::NoKey { .. } | JwtError::UnknownSigner | JwtError::KeysUnread)) {
            return attempt;
        }
        let lacking: Vec<_> = self.key_sets().filter(|set| set.lacks(header.kid.as_deref())).collect();
        if lacking.is_empty() {
            return attempt;
        }
        let late = Instant::now() + patience.min(PATIENCE);
        let reads: Vec<_> = lacking.into_iter().filter_map(|set| set.refresh()).collect();
        for read in reads {
            read.end_before(late).await;
        }
        self.verify_now(token, &header, now_ms)
    }

    /// Verifies a token with the keys that are there. Of several failures, the one that got furthest is told.
    fn verify_now(&self, token: &str, header: &jsonwebtoken::Header, now_ms: u64) -> Result<VerifiedToken, JwtError> {
        let mut failure = None;
        for integration in &self.integrations {
            match integration.verify(token, header, now_ms / 1_000) {
                Some(Ok(verified)) => return Ok(verified),
                Some(Err(error)) => failure = JwtError::further(failure, error),
                None => {}
            }
        }
        let unread = || self.key_sets().any(|set| set.lacks(None)).then_some(JwtError::KeysUnread);
        let no_key = || JwtError::NoKey { algorithm: format!("{:?}", header.alg) };
        Err(failure.or_else(unread).unwrap_or_else(no_key))
    }

    fn key_sets(&self) -> impl Iterator<Item = &Arc<KeySet>> {
        self.integrations.iter().filter_map(Integration::key_set)
    }
}

impl JwtError {
    /// Of two failures, the one that got further; of equals, the later one.
    fn further(before: Option<Self>, now: Self) -> Option<Self> {
        before.filter(|before| before.progress() > now.progress()).or(Some(now))
    }

    /// How far a token came before it failed.
    fn progress(&self) -> u8 {
        match self {
            Self::Malformed => 0,
            Self::NoKey { .. } | Self::KeysUnread => 1,
            Self::UnknownSigner => 2,
            Self::Expired | Self::NotYetValid | Self::Claim { .. } => 3,
        }
    }
}
