//! Key sets: the keys of an issuer who publishes them, as they were last read. Reading goes on beside decisions, and
//! what was read once is kept until something better comes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::Instant;
use usher_decision::{JwtAlgorithm, JwtKeys};

use super::fetch;
use super::key::{self, Key, Unusable};

/// How old a set may become before it is read again.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// Time between two attempts to read a set, so that tokens with made-up key names do not become requests to the issuer.
const BETWEEN: Duration = Duration::from_secs(10);

/// What a set is known by: where it is, and for which algorithm.
type Source = (JwtKeys, Option<JwtAlgorithm>);

/// The sets of a host. They outlive its releases: a new release begins with what the one before had read.
#[derive(Debug, Default)]
pub(crate) struct KeySets(Mutex<Vec<Arc<KeySet>>>);

/// One published set of keys.
#[derive(Debug)]
pub(crate) struct KeySet {
    /// The integration that it was made for, as the log calls it.
    name: String,
    source: Source,
    last_good: ArcSwap<LastGood>,
    /// When it was last tried to read the set. INVARIANT: held while it is read, so that nobody else does.
    tried: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct LastGood {
    keys: Vec<Key>,
    /// None until it was read for the first time.
    read_at: Option<Instant>,
}

impl KeySets {
    /// The set that is read from the same place already, or this one from now on.
    pub(super) fn shared(&self, set: Arc<KeySet>) -> Arc<KeySet> {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sets.iter().find(|known| known.source == set.source) {
            return Arc::clone(known);
        }
        sets.push(Arc::clone(&set));
        set
    }
}

impl KeySet {
    pub(super) fn new(name: &str, source: Source) -> Self {
        Self { name: name.to_owned(), source, last_good: ArcSwap::default(), tried: tokio::sync::Mutex::default() }
    }

    /// The keys as they were last read.
    pub(super) fn with_keys<T>(&self, look: impl FnOnce(&[Key]) -> T) -> T {
        look(&self.last_good.load().keys)
    }

    /// Whether reading it might bring a key of this name: it has none so far, or was never read.
    pub(super) fn lacks(&self, kid: Option<&str>) -> bool {
        let last_good = self.last_good.load();
        last_good.read_at.is_none() || kid.is_some_and(|kid| !last_good.keys.iter().any(|key| key.is_called(kid)))
    }

    /// Whether it ought to be read again.
    pub(super) fn is_stale(&self) -> bool {
        self.last_good.load().read_at.is_none_or(|read_at| read_at.elapsed() > FRESH)
    }

    /// Whether it may be read now: nobody is at it, and the last attempt was some time ago.
    pub(super) fn may_be_read(&self) -> bool {
        self.tried.try_lock().is_ok_and(|tried| tried.is_none_or(|at| at.elapsed() >= BETWEEN))
    }

    /// Reads the set, unless somebody just has, whom this waits for. Whatever fails, the last good keys stay.
    pub(super) async fn refresh(self: Arc<Self>) {
        let mut tried = self.tried.lock().await;
        if tried.is_some_and(|at| at.elapsed() < BETWEEN) {
            return;
        }
        let set = Arc::clone(&self);
        let read = tokio::task::spawn_blocking(move || set.read()).await;
        *tried = Some(Instant::now());
        match read.unwrap_or_else(|error| Err(Unusable(error.to_string()))) {
            Ok(keys) => {
                self.last_good.store(Arc::new(LastGood { keys, read_at: Some(Instant::now()) }));
            }
            Err(reason) => {
                let kept = self.last_good.load().keys.len();
                tracing::warn!(integration = self.name, %reason, kept, "a key set cannot be read; its last keys stay");
            }
        }
    }

    fn read(&self) -> Result<Vec<Key>, Unusable> {
        let (place, algorithm) = &self.source;
        let document = match place {
            JwtKeys::Url(url) => fetch::from_url(url)?,
            JwtKeys::File(path) => fetch::from_file(path)?,
            JwtKeys::Pem(_) | JwtKeys::Jwk(_) => Vec::new(),
        };
        key::of_set(&document, *algorithm)
    }
}
