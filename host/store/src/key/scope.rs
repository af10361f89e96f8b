//! Scopes: what an admin key may do.

use std::fmt;
use std::str::FromStr;

/// One thing that an admin key may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// See the catalog, the plans and the workflows. Nothing of users.
    Read,
    /// Upload, enable, disable and delete workflows.
    Workflows,
    /// Replace the catalog.
    Catalog,
    /// See everything that is kept of a user, and what they would get.
    UsersRead,
    /// Change what is kept of users.
    UsersWrite,
    /// List, create, rotate and revoke keys.
    Keys,
    /// Read who changed what.
    Audit,
    /// Freeze releases, deploy them, and create environments.
    Deploy,
}

/// Says that a text is no scope. The caller's move.
#[derive(Debug, thiserror::Error)]
#[error("scope: expected one of {}; the caller has to choose another", KeyScopes::ALL)]
#[non_exhaustive]
pub struct UnknownScope;

impl KeyScope {
    /// Every scope there is.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::Workflows,
        Self::Catalog,
        Self::UsersRead,
        Self::UsersWrite,
        Self::Keys,
        Self::Audit,
        Self::Deploy,
    ];

    /// Returns the scope as a word, such as `users-read`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Workflows => "workflows",
            Self::Catalog => "catalog",
            Self::UsersRead => "users-read",
            Self::UsersWrite => "users-write",
            Self::Keys => "keys",
            Self::Audit => "audit",
            Self::Deploy => "deploy",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Workflows => 1 << 1,
            Self::Catalog => 1 << 2,
            Self::UsersRead => 1 << 3,
            Self::UsersWrite => 1 << 4,
            Self::Keys => 1 << 5,
            Self::Audit => 1 << 6,
            Self::Deploy => 1 << 7,
        }
    }
}

impl fmt::Display for KeyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyScope {
    type Err = UnknownScope;

    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word).ok_or(UnknownScope)
    }
}

/// A set of scopes.
///
/// ```
/// use usher_store::{KeyScope, KeyScopes};
///
/// let pipeline = KeyScopes::from_iter([KeyScope::Read, KeyScope::Workflows]);
/// assert!(pipeline.has(KeyScope::Workflows) && !pipeline.has(KeyScope::UsersRead));
/// assert!(KeyScopes::ALL.has_all(pipeline) && !pipeline.has_all(KeyScopes::ALL));
/// assert_eq!(pipeline.to_string(), "read, workflows");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyScopes(u8);

impl KeyScopes {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// Every scope there is.
    pub const ALL: Self = Self(0xff);

    /// Returns whether a scope is among these.
    #[must_use]
    pub fn has(self, scope: KeyScope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Returns whether all of others are among these.
    #[must_use]
    pub fn has_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Returns these and others.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Returns these without others.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Returns each of them.
    pub fn iter(self) -> impl Iterator<Item = KeyScope> {
        KeyScope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// As they are stored: words with spaces between them.
    pub(crate) fn stored(self) -> String {
        self.words(" ")
    }

    pub(super) fn from_stored(words: &str) -> Option<Self> {
        words.split_ascii_whitespace().map(|word| word.parse().ok()).collect()
    }

    fn words(self, between: &str) -> String {
        self.iter().map(KeyScope::as_str).collect::<Vec<_>>().join(between)
    }
}

impl FromIterator<KeyScope> for KeyScopes {
    fn from_iter<T: IntoIterator<Item = KeyScope>>(scopes: T) -> Self {
        scopes.into_iter().fold(Self::NONE, |set, scope| Self(set.0 | scope.bit()))
    }
}

impl fmt::Display for KeyScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_all() {
        assert_eq!(KeyScope::ALL.into_iter().collect::<KeyScopes>(), KeyScopes::ALL);
        assert_eq!(KeyScopes::ALL.iter().count(), KeyScope::ALL.len());
    }

    #[test]
    fn every_scope_comes_back_from_its_word() {
        for scope in KeyScope::ALL {
            let alone = KeyScopes::from_iter([scope]);
            assert_eq!(scope.as_str().parse::<KeyScope>().unwrap(), scope);
            assert_eq!(KeyScopes::from_stored(&alone.stored()), Some(alone));
            assert!(KeyScopes::ALL.has_all(alone) && !alone.has_all(KeyScopes::ALL));
            assert!(!KeyScopes::ALL.without(alone).has(scope));
        }
        assert_eq!(KeyScopes::from_stored(&KeyScopes::ALL.stored()), Some(KeyScopes::ALL));
        assert_eq!((KeyScopes::from_stored(""), KeyScopes::from_stored("root")), (Some(KeyScopes::NONE), None));
    }
}
