//! Keys: who comes in through which door. Every key is held in memory as a hash, so that no request waits for a
//! database, and a revoked key is gone at once.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::sync::Mutex;
use usher_store::{DatabaseError, FirstKeys, KeyError, KeyHash, KeyHasher, KeyKind, KeyRecord, NewKey, Store};

use crate::app::App;
use crate::respond::Failure;

/// Counts the requests of one key.
type Limiter = DefaultDirectRateLimiter;

/// The good keys, found by the hash of their texts. Comparing two hashes takes a time that says nothing of them, and only
/// this server knows where one falls.
type Ring = HashMap<KeyHash, GoodKey>;

/// A key that opens something.
#[derive(Debug, Clone)]
struct GoodKey {
    id: String,
    kind: KeyKind,
    /// Shared, so that a change of other keys begins nothing anew.
    limiter: Option<Arc<Limiter>>,
}

/// The keys that are good right now.
#[derive(Debug)]
pub(crate) struct KeyRing {
    store: Store,
    hasher: KeyHasher,
    good: ArcSwap<Ring>,
    /// Requests that one key may make in a second.
    rate_limit: Option<NonZeroU32>,
    /// INVARIANT: held from before a change of the stored keys until the ring has it.
    turn: Mutex<()>,
}

/// Why a key was not revoked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RevokeError {
    #[error("key `{id}`: expected another admin key to be left, found none; the caller has to create one first")]
    LastAdmin { id: String },
    #[error(transparent)]
    Store(#[from] KeyError),
}

/// Why a key does not open a door. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyRefused {
    /// It is missing, malformed, unknown or revoked; nobody is told which.
    #[error("Invalid API key")]
    Invalid,
    #[error("expected {expected} key here, found one of kind `{}`; the caller has to use another", found.as_str())]
    WrongKind { expected: &'static str, found: KeyKind },
    /// It was presented too often.
    #[error("expected at most {limit} requests a second with one key; the caller has to wait {seconds} s")]
    TooOften { limit: NonZeroU32, seconds: u64 },
}

impl KeyRing {
    pub(crate) async fn read(store: Store, rate_limit: Option<NonZeroU32>) -> Result<Self, DatabaseError> {
        let keys = store.keys().await?.into_iter().filter(|key| key.revoked_at_ms.is_none());
        let good = keys.map(|key| (key.hash, GoodKey::new(key.id, key.kind, rate_limit))).collect();
        let hasher = store.key_hasher();
        Ok(Self { store, hasher, good: ArcSwap::from_pointee(good), rate_limit, turn: Mutex::new(()) })
    }

    /// What the key of a request opens.
    fn kind_of(&self, headers: &HeaderMap) -> Result<KeyKind, KeyRefused> {
        let key = bearer(headers).ok_or(KeyRefused::Invalid)?;
        let good = self.good.load();
        let key = good.get(&self.hasher.hash_of(key)).ok_or(KeyRefused::Invalid)?;
        key.count(self.rate_limit)?;
        Ok(key.kind)
    }

    pub(crate) async fn list(&self) -> Result<Vec<KeyRecord>, DatabaseError> {
        self.store.keys().await
    }

    pub(crate) async fn create(&self, kind: KeyKind) -> Result<NewKey, KeyError> {
        let _turn = self.turn.lock().await;
        let key = self.store.create_key(kind).await?;
        self.add(&[&key]);
        tracing::info!(key = key.id(), kind = kind.as_str(), "a key was created");
        Ok(key)
    }

    pub(crate) async fn create_first(&self) -> Result<Option<FirstKeys>, KeyError> {
        let _turn = self.turn.lock().await;
        let first = self.store.create_first_keys().await?;
        if let Some(first) = &first {
            self.add(&[&first.secret, &first.public, &first.admin]);
        }
        Ok(first)
    }

    /// Revokes a key, unless nobody could come in afterwards to make another one.
    pub(crate) async fn revoke(&self, id: &str) -> Result<(), RevokeError> {
        let _turn = self.turn.lock().await;
        let good = self.good.load_full();
        let mut admins = good.values().filter(|key| key.kind == KeyKind::Admin);
        if matches!((admins.next(), admins.next()), (Some(last), None) if last.id == id) {
            return Err(RevokeError::LastAdmin { id: id.to_owned() });
        }
        self.store.revoke_key(id).await?;
        let mut good = Ring::clone(&good);
        good.retain(|_, key| key.id != id);
        self.good.store(Arc::new(good));
        tracing::info!(key = id, "a key was revoked");
        Ok(())
    }

    /// Waits for the changes under way.
    pub(crate) async fn finish(&self) {
        let _turn = self.turn.lock().await;
    }

    fn add(&self, keys: &[&NewKey]) {
        let mut good = Ring::clone(&self.good.load());
        let new = |key: &&NewKey| GoodKey::new(key.id().to_owned(), key.kind(), self.rate_limit);
        good.extend(keys.iter().map(|key| (self.hasher.hash_of(key.text()), new(key))));
        self.good.store(Arc::new(good));
    }
}

impl GoodKey {
    fn new(id: String, kind: KeyKind, rate_limit: Option<NonZeroU32>) -> Self {
        let limiter = rate_limit.map(|limit| Arc::new(Limiter::direct(Quota::per_second(limit))));
        Self { id, kind, limiter }
    }

    /// Counts one request, unless there were too many.
    fn count(&self, limit: Option<NonZeroU32>) -> Result<(), KeyRefused> {
        let (Some(limiter), Some(limit)) = (&self.limiter, limit) else { return Ok(()) };
        limiter.check().map_err(|too_early| {
            let wait = too_early.wait_time_from(limiter.clock().now());
            KeyRefused::TooOften { limit, seconds: wait.as_secs().saturating_add(1) }
        })
    }
}

/// The key that a request presents.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// A caller of the decision API, by how far they are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretOrPublic {
    /// A site's own back end: what it says counts.
    Secret,
    /// Anybody: every visitor of a site can see its public key.
    Public,
}

/// A caller of the admin API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admin;

impl FromRequestParts<Arc<App>> for SecretOrPublic {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        match app.keys.kind_of(&parts.headers)? {
            KeyKind::Secret => Ok(Self::Secret),
            KeyKind::Public => Ok(Self::Public),
            found @ KeyKind::Admin => Err(KeyRefused::WrongKind { expected: "a secret or a public", found }.into()),
        }
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        match app.keys.kind_of(&parts.headers)? {
            KeyKind::Admin => Ok(Self),
            found @ (KeyKind::Secret | KeyKind::Public) => {
                Err(KeyRefused::WrongKind { expected: "an admin", found }.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, key: Option<&str>) {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
        assert_eq!(bearer(&headers), key, "{header:?}");
    }

    #[test]
    fn a_key_follows_the_word_bearer() {
        check("Bearer sk_env_1_abc", Some("sk_env_1_abc"));
        check("bearer  sk_env_1_abc ", Some("sk_env_1_abc"));
        check("Bearer", None);
        check("Basic dXNlcjpwYXNz", None);
        check("sk_env_1_abc", None);
        check("", None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
