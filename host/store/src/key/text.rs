//! The texts of keys, and what may be kept of them.

use std::fmt;

use super::scope::KeyScopes;
use crate::random::{self, RandomnessError};

/// Random bytes in a key: 160 bits, 40 digits.
const KEY_BYTES: usize = 20;
/// Random bytes in a key's public id: 12 digits.
const ID_BYTES: usize = 6;

/// Says what a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Every question, with diagnostics. For servers; begins with `sk_`.
    Secret,
    /// What a visitor may know of themselves. For browsers; begins with `pk_`.
    Public,
    /// As much of the admin API as its scopes say. Begins with `ak_`.
    Admin(KeyScopes),
}

/// Holds a key that was just created. Its text is kept nowhere else.
pub struct NewKey {
    id: String,
    kind: KeyKind,
    environment: String,
    text: String,
}

/// Holds the first key of each kind.
#[derive(Debug)]
#[non_exhaustive]
pub struct FirstKeys {
    /// The first secret key.
    pub secret: NewKey,
    /// The first public key.
    pub public: NewKey,
    /// The first admin key, which has every scope.
    pub admin: NewKey,
}

impl KeyKind {
    /// Returns the kind as a word: `secret`, `public` or `admin`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Public => "public",
            Self::Admin(_) => "admin",
        }
    }

    /// Returns what such a key may do in the admin API.
    #[must_use]
    pub fn scopes(self) -> KeyScopes {
        match self {
            Self::Secret | Self::Public => KeyScopes::NONE,
            Self::Admin(scopes) => scopes,
        }
    }

    /// Returns what the texts of such keys begin with.
    fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::Public => "pk",
            Self::Admin(_) => "ak",
        }
    }

    pub(crate) fn from_stored(word: &str, scopes: &str) -> Option<Self> {
        let admin = Self::Admin(KeyScopes::from_stored(scopes)?);
        [Self::Secret, Self::Public, admin].into_iter().find(|kind| kind.as_str() == word)
    }
}

impl NewKey {
    pub(super) fn draw(kind: KeyKind, environment: &str) -> Result<Self, RandomnessError> {
        let id = format!("key_{}", random::hex::<ID_BYTES>()?);
        let text = format!("{}_{environment}_{}", kind.prefix(), random::hex::<KEY_BYTES>()?);
        Ok(Self { id, kind, environment: environment.to_owned(), text })
    }

    /// Returns the identifier of the environment that it belongs to.
    #[must_use]
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// Returns the key's public name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what the key opens.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Returns the key itself. Show it to whoever asked for it, once, and log it nowhere.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Leaves the text out.
impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl FirstKeys {
    pub(super) fn draw(environment: &str) -> Result<Self, RandomnessError> {
        Ok(Self {
            secret: NewKey::draw(KeyKind::Secret, environment)?,
            public: NewKey::draw(KeyKind::Public, environment)?,
            admin: NewKey::draw(KeyKind::Admin(KeyScopes::ALL), environment)?,
        })
    }

    pub(super) fn all(&self) -> [&NewKey; 3] {
        [&self.secret, &self.public, &self.admin]
    }
}
