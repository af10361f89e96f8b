//! Whose JWTs are believed.

use std::fmt;
use std::time::Duration;

use super::word::Word;

/// Describes whose JWTs are believed, and which claim names the user.
#[derive(Debug, Clone, PartialEq)]
pub struct JwtIntegration {
    pub(super) name: String,
    pub(super) algorithm: JwtAlgorithm,
    pub(super) public_key: String,
    pub(super) line: usize,
    pub(super) identifier_claim: String,
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) leeway: Duration,
}

impl JwtIntegration {
    /// Returns the name of the integration: its key in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the only algorithm that tokens may be signed with.
    #[must_use]
    pub fn algorithm(&self) -> JwtAlgorithm {
        self.algorithm
    }

    /// Returns the text of the public key, as it is in the file: nobody has parsed it yet.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// Returns the line of the file that has the public key, for whoever parses it and finds it wrong.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the name of the claim that identifies the user.
    #[must_use]
    pub fn identifier_claim(&self) -> &str {
        &self.identifier_claim
    }

    /// Returns the issuer that tokens must name, if any.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Returns the audience that tokens must be meant for, if any.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    /// Returns the clock difference that is tolerated when a token's times are checked.
    #[must_use]
    pub fn leeway(&self) -> Duration {
        self.leeway
    }
}

/// Names the algorithms that JWTs can be signed with. All are asymmetric: Usher never holds a key that could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwtAlgorithm {
    /// RSA (PKCS #1 v1.5) with SHA-256.
    Rs256,
    /// ECDSA on the curve P-256 with SHA-256.
    Es256,
    /// `EdDSA`, such as Ed25519.
    EdDsa,
}

impl Word for JwtAlgorithm {
    const ALL: &'static [Self] = &[Self::Rs256, Self::Es256, Self::EdDsa];

    fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for JwtAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
