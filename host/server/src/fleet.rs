//! The fleet: several servers of one database. What one of them changes becomes live on all, and each knows how long ago it
//! last heard that it is not behind.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use usher_store::{Changes, News, Store};

use crate::app::App;
use crate::publish::CatchUpError;

/// When it was last known that nobody had changed anything that is not live here.
#[derive(Debug)]
pub(crate) struct Freshness {
    /// Whether anybody else can change anything.
    is_shared: bool,
    since: Instant,
    /// Milliseconds from then until it was last known.
    confirmed_ms: AtomicU64,
}

impl Freshness {
    /// What is about to be read of a store is fresh.
    pub(crate) fn of(store: &Store) -> Self {
        Self { is_shared: store.is_shared(), since: Instant::now(), confirmed_ms: AtomicU64::new(0) }
    }

    /// How long ago it was known; none when this server is the only one, and always knows.
    pub(crate) fn stale_for(&self) -> Option<Duration> {
        let confirmed = Duration::from_millis(self.confirmed_ms.load(Ordering::Relaxed));
        self.is_shared.then(|| self.since.elapsed().saturating_sub(confirmed))
    }

    /// It was known at this instant.
    fn confirm(&self, at: Instant) {
        let since = at.saturating_duration_since(self.since).as_millis();
        self.confirmed_ms.fetch_max(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Makes live here what other servers of the database change, for as long as it is polled, and remembers it. While the database is
/// away, what is live goes on.
pub(crate) async fn follow(app: Arc<App>) {
    let mut changes = app.store.changes(Changes::EVERY);
    let (mut is_behind, mut is_remembered) = (false, false);
    loop {
        let news = changes.next().await;
        let asked = Instant::now();
        match catch_up(&app, news).await {
            Ok(is_new) => {
                if news != News::Keys {
                    app.freshness.confirm(asked);
                }
                if is_behind {
                    tracing::info!("this server knows of all changes again");
                }
                is_behind = false;
                if is_new || !is_remembered {
                    is_remembered = remember(&app).await;
                }
            }
            Err(error) => {
                // Once, and not every other second until the database is back.
                if !is_behind {
                    let error: &(dyn Error + 'static) = &error;
                    tracing::error!(error, "changes of other servers are not live here");
                }
                is_behind = true;
            }
        }
    }
}

/// Whether there was, or may have been, anything new.
async fn catch_up(app: &App, news: News) -> Result<bool, CatchUpError> {
    app.store.settle().await?;
    match news {
        // It may be this server's own, which is live already.
        News::Draft(_) | News::Deployment => app.publisher.catch_up().await.map(|_is_of_another| true),
        News::Keys => app.keys.catch_up().await.map(|_is_of_another| true).map_err(CatchUpError::from),
        // An environment is known before its keys are.
        News::Perhaps => Ok(app.publisher.catch_up().await? | app.keys.catch_up().await?),
    }
}

/// Whether it worked. The next start can do without, as long as the database is there.
async fn remember(app: &App) -> bool {
    let remembered = app.store.remember().await;
    if let Err(error) = &remembered {
        tracing::warn!(%error, "what a start without the database would need is not written down");
    }
    remembered.is_ok()
}
