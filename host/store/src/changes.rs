//! News: the servers of one database tell each other of what each of them has at hand for decisions, the release and the keys.

use std::fmt;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgNotification, PgPool};
use tokio::time::{Instant, timeout_at};

use crate::connections::Connections;
use crate::environment::Environment;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// Where PostgreSQL passes the word on.
const CHANNEL: &str = "usher_release";
/// What is said of keys, where of the draft its number is said.
const KEYS: &str = "keys";
/// What is said of environments.
const DEPLOYMENT: &str = "deployment";

/// The longest time without a look. What is longer than this is meant for never, and would come to an instant that there is not.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A server has changed the draft, which has this number now; perhaps it was this very server. It can be read by now.
    Draft(u64),
    /// A server has deployed something, or has created an environment. It can be read by now.
    Deployment,
    /// A server has created, rotated or revoked an API key. The keys can be read by now.
    Keys,
    /// Nothing was heard for a while, or something may have been missed. Whoever has to know has a look.
    Perhaps,
}

/// Waits for changes. See [`Store::changes`].
pub struct Changes {
    every: Duration,
    /// When to have a look, if nothing is heard until then.
    look_at: Instant,
    /// Who else may change anything: nobody, when there is none.
    others: Option<Others>,
}

/// The servers of the same database.
struct Others {
    environment: Environment,
    pool: PgPool,
    /// None before the first word, and after the connection was lost.
    listener: Option<PgListener>,
}

impl Store {
    /// Returns what waits until any server of this database changes the draft, a deployment or a key, and says so at least once in a
    /// while even if nothing is heard: notifications get lost when a connection does.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use usher_host::SystemClock;
    /// # use usher_store::{Changes, Location, Store};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let store = Store::open(&Location::Memory, Arc::new(SystemClock)).await?;
    /// let mut draft = store.snapshot().await?;
    /// let mut changes = store.changes(Changes::EVERY);
    /// # let shutdown = async {};
    /// tokio::select! {
    ///     _news = changes.next() => {
    ///         let snapshot = store.snapshot().await?;
    ///         if snapshot.release > draft.release {
    ///             draft = snapshot;
    ///         }
    ///     }
    ///     () = shutdown => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn changes(&self, every: Duration) -> Changes {
        let others = match &self.connections {
            // One process has the file for itself, and knows what it does.
            Connections::Sqlite(_) => None,
            Connections::Postgres(connections) => {
                let pool = connections.for_news();
                Some(Others { environment: self.environment.clone(), pool, listener: None })
            }
        };
        let every = every.min(LONGEST);
        Changes { every, look_at: Instant::now() + every, others }
    }
}

impl Changes {
    /// How often to have a look, for whoever has no reason to choose another time.
    pub const EVERY: Duration = Duration::from_secs(2);

    /// Waits for the next news; without an end where no other process writes. It goes on whatever becomes of the database:
    /// a connection that is lost is opened again. A wait that is given up loses nothing.
    pub async fn next(&mut self) -> News {
        let Some(others) = &mut self.others else { return std::future::pending().await };
        let heard = timeout_at(self.look_at, others.listen()).await;
        self.look_at = Instant::now() + self.every;
        heard.unwrap_or(News::Perhaps)
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("every", &self.every).finish_non_exhaustive()
    }
}

impl Others {
    /// Waits for a word of this database. A connection that cannot be opened is not tried again before the next look.
    async fn listen(&mut self) -> News {
        let heard = loop {
            let Some(listener) = &mut self.listener else {
                match connect(&self.pool).await {
                    Ok(listener) => self.listener = Some(listener),
                    Err(error) => break Err(error),
                }
                // What was said before that has been missed.
                break Ok(News::Perhaps);
            };
            match listener.try_recv().await {
                Ok(Some(notification)) => {
                    if let Some(news) = read(&notification, &self.environment) {
                        break Ok(news);
                    }
                }
                // The connection is lost. There will be another.
                Ok(None) => self.listener = None,
                Err(error) => break Err(error),
            }
        };
        match heard {
            Ok(news) => news,
            Err(error) => {
                tracing::warn!(%error, "other servers cannot be heard; until they can, their changes are looked for");
                self.listener = None;
                std::future::pending().await
            }
        }
    }
}

async fn connect(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

impl Store {
    /// Tells of the draft in the change of it, and so when that is committed, and not otherwise.
    pub(crate) async fn tell_of_draft(&self, change: &mut Transaction, number: u64) -> Result<(), sqlx::Error> {
        self.tell(change, &number.to_string()).await
    }

    /// Tells of a deployment in the change that makes it.
    pub(crate) async fn tell_of_deployment(&self, change: &mut Transaction) -> Result<(), sqlx::Error> {
        self.tell(change, DEPLOYMENT).await
    }

    /// Tells of a change of the keys in that change.
    pub(crate) async fn tell_of_keys(&self, change: &mut Transaction) -> Result<(), sqlx::Error> {
        self.tell(change, KEYS).await
    }

    async fn tell(&self, change: &mut Transaction, what: &str) -> Result<(), sqlx::Error> {
        if let Transaction::Postgres(_) = change {
            let word = format!("{} {what}", self.environment.id);
            sql("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(word).execute(change).await?;
        }
        Ok(())
    }
}

/// Reads a word that is of this environment.
fn read(notification: &PgNotification, environment: &Environment) -> Option<News> {
    match notification.payload().split_once(' ')? {
        (of, _) if of != environment.id => None,
        (_, KEYS) => Some(News::Keys),
        (_, DEPLOYMENT) => Some(News::Deployment),
        (_, number) => number.parse().ok().map(News::Draft),
    }
}
