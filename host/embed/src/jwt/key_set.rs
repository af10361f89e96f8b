//! Key sets: the keys of an issuer who publishes them, as they were last read. Reading goes on beside decisions, and
//! what was read once is kept until something better comes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use usher_decision::{JwtAlgorithm, JwtKeys};

use super::fetch;
use super::key::{self, Key, Unusable};
use crate::client;

/// How old a set may become before it is read again.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// Time between two attempts to read a set, so that tokens with made-up key names do not become requests to the issuer.
const BETWEEN: Duration = Duration::from_secs(10);
/// How long after an attempt has begun decisions wait for its end. Whoever comes later does not wait: an issuer that
/// hangs for seconds would hold up every one of them.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

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
    /// The last attempt to read the set. INVARIANT: there is no other one under way.
    attempt: Mutex<Option<Attempt>>,
}

/// An attempt to read a set, to be waited for.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    began: Instant,
    /// Has no sender any more when the attempt is over.
    end: watch::Receiver<()>,
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
        Self { name: name.to_owned(), source, last_good: ArcSwap::default(), attempt: Mutex::default() }
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

    /// Begins to read the set, unless somebody just has, and returns the attempt that is under way. It goes on whether or
    /// not anybody waits for it. Needs a Tokio runtime.
    pub(super) fn refresh(self: &Arc<Self>) -> Option<Attempt> {
        let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        match &*attempt {
            Some(last) if last.is_under_way() => return Some(last.clone()),
            Some(last) if last.began.elapsed() < BETWEEN => return None,
            _ => {}
        }
        let (over, end) = watch::channel(());
        drop(tokio::spawn(Arc::clone(self).read_until(over)));
        Some(attempt.insert(Attempt { began: Instant::now(), end }).clone())
    }

    /// Reads the set. Whatever fails, the last good keys stay.
    async fn read_until(self: Arc<Self>, _over: watch::Sender<()>) {
        let set = Arc::clone(&self);
        let read = client::beside("usher-key-set", move || set.read()).await;
        match read.unwrap_or_else(|error| Err(Unusable(format!("expected it to be read: {error}")))) {
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

impl Attempt {
    fn is_under_way(&self) -> bool {
        self.end.has_changed().is_ok()
    }

    /// Waits for the end, but not beyond an instant, nor for longer than anybody does.
    pub(super) async fn end_before(mut self, instant: Instant) {
        // Whoever is late is late: there are the keys that there were.
        let _late = timeout_at(instant.min(self.began + PATIENCE), self.end.changed()).await;
    }
}
