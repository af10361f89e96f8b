//! Whose JWTs are believed.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use super::word::Word;

/// Describes whose JWTs are believed, and which claim names the user.
#[derive(Debug, Clone, PartialEq)]
pub struct JwtIntegration {
    pub(super) name: String,
    pub(super) algorithm: Option<JwtAlgorithm>,
    pub(super) keys: JwtKeys,
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

    /// Returns the only algorithm that tokens may be signed with. Without one, each key says which is its own.
    #[must_use]
    pub fn algorithm(&self) -> Option<JwtAlgorithm> {
        self.algorithm
    }

    /// Returns where the public keys are.
    #[must_use]
    pub fn keys(&self) -> &JwtKeys {
        &self.keys
    }

    /// Returns the line of the file that says where the keys are, for whoever finds them wrong.
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

/// Says where the public keys of an integration are. Nobody has parsed them yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwtKeys {
    /// One key as PEM text. Such a key does not say what it is for, so the integration has an algorithm.
    Pem(String),
    /// One JSON Web Key, as RFC 7517 has it.
    Jwk(Map<String, Value>),
    /// A JWK Set in a file of the machine that decides, by its absolute path.
    File(PathBuf),
    /// A JWK Set that is fetched from a URL with `http` or `https`.
    Url(String),
}

impl JwtKeys {
    /// Returns the key of the catalog file that this stands for.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pem(_) => "public-key",
            Self::Jwk(_) => "jwk",
            Self::File(_) => "jwks-file",
            Self::Url(_) => "jwks-url",
        }
    }
}

/// Names the algorithms that JWTs can be signed with. All are asymmetric: Usher never holds a key that could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwtAlgorithm {
    /// RSA (PKCS #1 v1.5) with SHA-256.
    Rs256,
    /// RSA (PKCS #1 v1.5) with SHA-384.
    Rs384,
    /// RSA (PKCS #1 v1.5) with SHA-512.
    Rs512,
    /// RSA (PSS) with SHA-256.
    Ps256,
    /// RSA (PSS) with SHA-384.
    Ps384,
    /// RSA (PSS) with SHA-512.
    Ps512,
    /// ECDSA on the curve P-256 with SHA-256.
    Es256,
    /// ECDSA on the curve P-384 with SHA-384.
    Es384,
    /// `EdDSA`, such as Ed25519.
    EdDsa,
}

impl Word for JwtAlgorithm {
    const ALL: &'static [Self] = &[
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for JwtAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
