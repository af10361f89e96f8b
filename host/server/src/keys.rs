//! Keys: who comes in through which door. Every key is held in memory as a hash, so that no request waits for a
//! database, and a revoked key is gone at once.

mod callers;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::sync::Mutex;
use usher_host::Clock;
use usher_store::{
    Author, DatabaseError, Environment, FirstKeys, KeyError, KeyHash, KeyHasher, KeyKind, KeyName, KeyRecord, KeyScope,
    KeyScopes, NewKey, Rotated, Store,
};

pub(crate) use callers::{
    Admin, Audit, Caller, Catalog, Deploy, Keys, Read, SecretOrPublic, Site, UsersRead, UsersWrite, Workflows,
};

/// Counts the requests of one key.
type Limiter = DefaultDirectRateLimiter;

/// The good keys, found by the hash of their texts. Comparing two hashes takes a time that says nothing of them, and only
/// this server knows where one falls.
type Ring = HashMap<KeyHash, GoodKey>;

/// A key that opens something.
#[derive(Debug, Clone)]
struct GoodKey {
    id: Arc<str>,
    kind: KeyKind,
    /// The identifier of its environment.
    environment: Arc<str>,
    /// When it ends by itself.
    ends_at_ms: Option<u64>,
    /// Shared, so that a change of other keys begins nothing anew.
    limiter: Option<Arc<Limiter>>,
}

/// The keys that are good right now.
#[derive(Debug)]
pub(crate) struct KeyRing {
    store: Store,
    hasher: KeyHasher,
    clock: Arc<dyn Clock>,
    good: ArcSwap<Ring>,
    /// Requests that one key may make in a second.
    rate_limit: Option<NonZeroU32>,
    /// INVARIANT: held from before a change of the stored keys until the ring has it.
    turn: Mutex<()>,
}

/// Why the keys are as before.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyChangeError {
    #[error(
        "key `{id}`: expected another admin key to be left that has `keys` and {lost}, found none; the caller has to \
         create one first"
    )]
    Last { id: String, lost: KeyScopes },
    #[error(
        "scopes: expected those of the caller's own key at most, found {beyond} beyond them; the caller has to use another key"
    )]
    Beyond { beyond: KeyScopes },
    #[error(transparent)]
    Store(#[from] KeyError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why a key does not open a door. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyRefused {
    /// It is missing, malformed, unknown or revoked; nobody is told which.
    #[error("Invalid API key")]
    Invalid,
    #[error("expected {expected} key here, found one of kind `{}`; the caller has to use another", found.as_str())]
    WrongKind { expected: &'static str, found: KeyKind },
    #[error("expected a key with the scope `{needed}` here, found one without it; the caller has to use another")]
    OutOfScope { needed: KeyScope },
    /// It was presented too often.
    #[error("expected at most {limit} requests a second with one key; the caller has to wait {seconds} s")]
    TooOften { limit: NonZeroU32, seconds: u64 },
}

impl KeyRing {
    pub(crate) async fn read(
        store: Store,
        clock: Arc<dyn Clock>,
        rate_limit: Option<NonZeroU32>,
    ) -> Result<Self, DatabaseError> {
        let keys = match store.remembered() {
            None => store.keys().await?,
            Some(remembered) => remembered.keys.clone(),
        };
        let keys = keys.into_iter().filter(|key| key.revoked_at_ms.is_none());
        let good = keys.map(|key| (key.hash, GoodKey::of(&key, rate_limit))).collect();
        let hasher = store.key_hasher();
        Ok(Self { store, hasher, clock, good: ArcSwap::from_pointee(good), rate_limit, turn: Mutex::new(()) })
    }

    /// Reads the keys again, which another server may have changed. What was counted of one that is still good goes on.
    /// Whether there was anything new.
    pub(crate) async fn catch_up(&self) -> Result<bool, DatabaseError> {
        let _turn = self.turn.lock().await;
        let keys = self.store.keys().await?.into_iter().filter(|key| key.revoked_at_ms.is_none());
        let before = self.good.load();
        let again = |key: KeyRecord| {
            let limiter = before.get(&key.hash).map(|before| before.limiter.clone());
            let good = GoodKey::of(&key, self.rate_limit);
            (key.hash, GoodKey { limiter: limiter.unwrap_or(good.limiter), ..good })
        };
        let good: Ring = keys.map(again).collect();
        let is_same = good.len() == before.len()
            && good
                .iter()
                .all(|(hash, key)| before.get(hash).is_some_and(|before| before.ends_at_ms == key.ends_at_ms));
        self.good.store(Arc::new(good));
        Ok(!is_same)
    }

    /// Looks at the key that a request presents, if it is good.
    fn presented<T>(&self, headers: &HeaderMap, look: impl FnOnce(&GoodKey) -> T) -> Result<T, KeyRefused> {
        let key = bearer(headers).ok_or(KeyRefused::Invalid)?;
        let good = self.good.load();
        let key = good.get(&self.hasher.hash_of(key)).ok_or(KeyRefused::Invalid)?;
        if key.ends_at_ms.is_some_and(|end| end <= self.clock.now_ms()) {
            return Err(KeyRefused::Invalid);
        }
        key.count(self.rate_limit)?;
        Ok(look(key))
    }

    pub(crate) async fn list(&self) -> Result<Vec<KeyRecord>, DatabaseError> {
        self.store.keys().await
    }

    /// Creates a key. Nobody gives what they do not have.
    pub(crate) async fn create(
        &self,
        caller: &Caller,
        environment: &Environment,
        kind: KeyKind,
        name: Option<&KeyName>,
    ) -> Result<NewKey, KeyChangeError> {
        within(kind.scopes(), caller.scopes)?;
        let _turn = self.turn.lock().await;
        let key = self.store.on_behalf(caller.author.clone()).create_key(environment, kind, name).await?;
        self.change(|good| self.add(good, &key));
        tracing::info!(created = key.id(), kind = kind.as_str(), "a key was created");
        Ok(key)
    }

    pub(crate) async fn create_first(&self) -> Result<Option<FirstKeys>, KeyError> {
        let _turn = self.turn.lock().await;
        let first = self.store.create_first_keys().await?;
        if let Some(first) = &first {
            self.change(|good| [&first.secret, &first.public, &first.admin].map(|key| self.add(good, key)));
        }
        Ok(first)
    }

    /// Creates a key in the place of another, which is good for a while longer. The new one is shown to the caller, who
    /// must have all that it can do.
    pub(crate) async fn rotate(&self, caller: &Caller, id: &str, grace: Duration) -> Result<Rotated, KeyChangeError> {
        let _turn = self.turn.lock().await;
        if let Some(old) = self.store.keys().await?.iter().find(|key| key.id == id) {
            within(old.kind.scopes(), caller.scopes)?;
        }
        let rotated = self.store.on_behalf(caller.author.clone()).rotate_key(id, grace).await?;
        self.change(|good| {
            self.add(good, &rotated.key);
            for old in good.values_mut().filter(|key| *key.id == *id) {
                old.ends_at_ms = Some(rotated.old_ends_at_ms);
            }
        });
        tracing::info!(rotated = id, created = rotated.key.id(), "a key was rotated");
        Ok(rotated)
    }

    /// Revokes a key, unless there is something then that nobody could make another key for.
    pub(crate) async fn revoke(&self, author: Author, id: &str) -> Result<(), KeyChangeError> {
        let _turn = self.turn.lock().await;
        let good = self.good.load_full();
        let lost = can_be_given(&good, |_| true).without(can_be_given(&good, |key| *key.id != *id));
        if lost != KeyScopes::NONE {
            return Err(KeyChangeError::Last { id: id.to_owned(), lost });
        }
        self.store.on_behalf(author).revoke_key(id).await?;
        self.change(|good| good.retain(|_, key| *key.id != *id));
        tracing::info!(revoked = id, "a key was revoked");
        Ok(())
    }

    /// Waits for the changes under way.
    pub(crate) async fn finish(&self) {
        let _turn = self.turn.lock().await;
    }

    /// Replaces the ring by one that a change was made to, and forgets what has ended.
    fn change<T>(&self, change: impl FnOnce(&mut Ring) -> T) {
        let mut good = Ring::clone(&self.good.load());
        change(&mut good);
        let now_ms = self.clock.now_ms();
        good.retain(|_, key| key.ends_at_ms.is_none_or(|end| end > now_ms));
        self.good.store(Arc::new(good));
    }

    fn add(&self, good: &mut Ring, key: &NewKey) {
        let new = GoodKey {
            id: key.id().into(),
            kind: key.kind(),
            environment: key.environment().into(),
            ends_at_ms: None,
            limiter: limiter(self.rate_limit),
        };
        good.insert(self.hasher.hash_of(key.text()), new);
    }
}

/// Refuses scopes that somebody does not have.
fn within(scopes: KeyScopes, caller: KeyScopes) -> Result<(), KeyChangeError> {
    match scopes.without(caller) {
        KeyScopes::NONE => Ok(()),
        beyond => Err(KeyChangeError::Beyond { beyond }),
    }
}

/// The scopes that new keys can be made with by some of these, as long as nobody does anything about it.
fn can_be_given(good: &Ring, among: impl Fn(&GoodKey) -> bool) -> KeyScopes {
    let lasting = good.values().filter(|key| key.ends_at_ms.is_none() && among(key)).map(|key| key.kind.scopes());
    lasting.filter(|scopes| scopes.has(KeyScope::Keys)).fold(KeyScopes::NONE, KeyScopes::and)
}

fn limiter(rate_limit: Option<NonZeroU32>) -> Option<Arc<Limiter>> {
    rate_limit.map(|limit| Arc::new(Limiter::direct(Quota::per_second(limit))))
}

impl GoodKey {
    fn of(key: &KeyRecord, rate_limit: Option<NonZeroU32>) -> Self {
        Self {
            id: key.id.as_str().into(),
            kind: key.kind,
            environment: key.environment.as_str().into(),
            ends_at_ms: key.ends_at_ms,
            limiter: limiter(rate_limit),
        }
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
