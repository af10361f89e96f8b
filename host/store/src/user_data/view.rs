//! Views: user data as it was at one moment, for one decision to read. These connections cannot write.
//!
//! Of a stranger there is nothing to read, so a decision about one opens no transaction. When it asks about somebody who is
//! known after all, the transaction that it opens then has to be of a moment at which the stranger still was one.
//!
//! What there is to say of a stranger is said at once: a future that could read is some kilobytes of memory, and most decisions are
//! about strangers.

use std::future::ready;
use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};
use usher_host::{
    CounterQuery, CounterReading, CustomerRecord, IdentityLink, LookupError, LookupFuture, Scope, User, UserData,
    UserDataView, UserType,
};

use super::{scope_name, user_type};
use crate::connections::Connections;
use crate::counter;
use crate::database_error::{During, damaged};
use crate::known_users::{KnownUsers, Trace};
use crate::lock::FolderLock;
use crate::row::Row;
use crate::statement::{Text, sql};
use crate::store::Store;
use crate::transaction::Transaction;

/// In PostgreSQL a key is found by its digest, as it may be longer than what an index takes.
const CUSTOM_DATA: Text = Text::Each {
    sqlite: "SELECT value FROM custom_data
         WHERE scope = $1 AND user_type = $2 AND identifier = $3 AND key = $4",
    postgres: "SELECT value FROM custom_data
         WHERE scope = $1 AND user_type = $2 AND identifier = $3 AND key = $4 AND usher_digest(key) = usher_digest($4)",
};

/// What one decision reads.
#[derive(Debug)]
pub(super) struct View {
    connections: Connections,
    known_users: Arc<KnownUsers>,
    moment: Mutex<Moment>,
    // The last field, so that the connections go before it.
    _lock: Option<Arc<FolderLock>>,
}

/// The moment that a view is of.
#[derive(Debug)]
pub(super) enum Moment {
    /// Any at which these were strangers, whom the view has been asked about.
    Open(Vec<Trace>),
    /// That of the first read in this transaction, which only reads.
    Of(Transaction),
}

impl Moment {
    /// The transaction to read in; none for a stranger.
    pub(super) fn reader(&mut self) -> Option<&mut Transaction> {
        match self {
            Self::Open(_) => None,
            Self::Of(begun) => Some(begun),
        }
    }

    /// Whether there is nothing to read of this user, who is a stranger then for as long as the moment lasts.
    fn has_nothing_of(&mut self, trace: Trace, users: &KnownUsers) -> bool {
        let Self::Open(strangers) = self else { return false };
        if strangers.contains(&trace) {
            return true;
        }
        let is_stranger = users.is_stranger(trace);
        if is_stranger {
            strangers.push(trace);
        }
        is_stranger
    }
}

impl UserData for Store {
    fn view<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
        if let Some(view) = View::of_stranger(self, user) {
            let view: Box<dyn UserDataView> = Box::new(view);
            return Box::pin(ready(Ok(view)));
        }
        let view = async move {
            let view: Box<dyn UserDataView> = Box::new(View::open(self, user).await?);
            Ok(view)
        };
        Box::pin(async { answer(view.await, "opening a view of user data") })
    }
}

impl UserDataView for View {
    fn customer<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
        if self.has_nothing_of(user) {
            return Box::pin(ready(Ok(None)));
        }
        Box::pin(async move { answer(self.read_customer(user).await, "reading a customer") })
    }

    fn custom_data<'a>(&'a self, user: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>> {
        Box::pin(async move { answer(self.read_custom_data(user, key, scope).await, "reading custom data") })
    }

    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async move { answer(self.read_sources(user).await, "reading identity links") })
    }

    fn linked_targets<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async move { answer(self.read_targets(user).await, "reading identity links") })
    }

    fn counters<'a>(
        &'a self,
        user: &'a User,
        queries: &'a [CounterQuery<'a>],
    ) -> LookupFuture<'a, Vec<CounterReading>> {
        if self.has_nothing_of(user) {
            return Box::pin(ready(Ok(vec![CounterReading::default(); queries.len()])));
        }
        let read = async move {
            match self.of(user).await?.reader() {
                Some(reader) => counter::read(reader, user, queries).await,
                None => Ok(vec![CounterReading::default(); queries.len()]),
            }
        };
        Box::pin(async { answer(read.await, "reading counters") })
    }
}

impl View {
    /// A view for a decision about this user. When they may be known, the transaction is there at once, because the
    /// reads have less time than this.
    pub(super) async fn open(store: &Store, user: &User) -> Result<Self, sqlx::Error> {
        match Self::of_stranger(store, user) {
            Some(view) => Ok(view),
            None => Ok(Self::at(store, Moment::Of(store.connections.begin_view().await?))),
        }
    }

    /// The same, if the user is a stranger.
    fn of_stranger(store: &Store, user: &User) -> Option<Self> {
        let users = &store.known_users;
        users.is_stranger(users.trace(user)).then(|| Self::at(store, Moment::Open(Vec::new())))
    }

    fn at(store: &Store, moment: Moment) -> Self {
        let (connections, known_users) = (store.connections.clone(), Arc::clone(&store.known_users));
        Self { connections, known_users, moment: Mutex::new(moment), _lock: store._lock.clone() }
    }

    /// Whether this is a stranger, as far as that can be said without waiting.
    fn has_nothing_of(&self, user: &User) -> bool {
        self.moment
            .try_lock()
            .is_ok_and(|mut moment| moment.has_nothing_of(self.known_users.trace(user), &self.known_users))
    }

    /// Where to read what is kept of this user.
    pub(super) async fn of(&self, user: &User) -> Result<MutexGuard<'_, Moment>, sqlx::Error> {
        let mut moment = self.moment.lock().await;
        let users = &self.known_users;
        if moment.has_nothing_of(users.trace(user), users) {
            return Ok(moment);
        }
        if let Moment::Open(strangers) = &*moment {
            let mut begun = self.connections.begin_view().await?;
            // The first read, which is what makes the moment.
            sql("SELECT id FROM environment").fetch_optional(&mut begun).await?;
            if strangers.iter().any(|stranger| !users.is_stranger(*stranger)) {
                return Err(sqlx::Error::Decode("a user of whom nothing was known became known meanwhile".into()));
            }
            *moment = Moment::Of(begun);
        }
        Ok(moment)
    }

    pub(super) async fn read_customer(&self, user: &User) -> Result<Option<CustomerRecord>, sqlx::Error> {
        let mut moment = self.of(user).await?;
        let Some(reader) = moment.reader() else { return Ok(None) };
        let found =
            sql("SELECT customer_identifiers, product_ids FROM customers WHERE user_type = $1 AND identifier = $2")
                .bind(user_type(user))
                .bind(&user.identifier)
                .fetch_optional(reader)
                .await?;
        let record = |row: Row| {
            let customer_identifiers = list(row.get("customer_identifiers")?)?;
            Ok(CustomerRecord { customer_identifiers, product_ids: list(row.get("product_ids")?)? })
        };
        found.map(record).transpose()
    }

    async fn read_custom_data(&self, user: &User, key: &str, scope: Scope) -> Result<Option<String>, sqlx::Error> {
        let mut moment = self.of(user).await?;
        let Some(reader) = moment.reader() else { return Ok(None) };
        let found = sql(CUSTOM_DATA)
            .bind(scope_name(scope))
            .bind(user_type(user))
            .bind(&user.identifier)
            .bind(key)
            .fetch_optional(reader)
            .await?;
        found.map(|row| row.get("value")).transpose()
    }

    pub(super) async fn read_sources(&self, user: &User) -> Result<Vec<IdentityLink>, sqlx::Error> {
        const BY_TARGET: &str = "SELECT source_type, source_identifier, target_type, target_identifier, mode
             FROM identity_links WHERE target_type = $1 AND target_identifier = $2
             ORDER BY source_type, source_identifier";
        self.read_links(BY_TARGET, user).await
    }

    pub(super) async fn read_targets(&self, user: &User) -> Result<Vec<IdentityLink>, sqlx::Error> {
        const BY_SOURCE: &str = "SELECT source_type, source_identifier, target_type, target_identifier, mode
             FROM identity_links WHERE source_type = $1 AND source_identifier = $2
             ORDER BY target_type, target_identifier";
        self.read_links(BY_SOURCE, user).await
    }

    async fn read_links(&self, text: &'static str, user: &User) -> Result<Vec<IdentityLink>, sqlx::Error> {
        let mut moment = self.of(user).await?;
        let Some(reader) = moment.reader() else { return Ok(Vec::new()) };
        let rows = sql(text).bind(user_type(user)).bind(&user.identifier).fetch_all(reader).await?;
        rows.iter().map(link).collect()
    }
}

/// Tells the workflow's author that there is no answer, and the operator why.
fn answer<T>(read: Result<T, sqlx::Error>, doing: &'static str) -> Result<T, LookupError> {
    read.during(doing).map_err(|error| {
        let cause = std::error::Error::source(&error);
        tracing::error!(error = %error, cause = cause.map(tracing::field::display), "user data cannot be read");
        LookupError::new("user data cannot be read now; the operator finds the cause in the server's log")
    })
}

fn link(row: &Row) -> Result<IdentityLink, sqlx::Error> {
    let user = |kind, identifier| -> Result<User, sqlx::Error> {
        let user_type = match row.get(kind)? {
            "authenticated" => UserType::Authenticated,
            "anonymous" => UserType::Anonymous,
            other => return Err(damaged(format!("a user of type `{other}`"))),
        };
        Ok(User { identifier: row.get(identifier)?, user_type })
    };
    Ok(IdentityLink {
        source: user("source_type", "source_identifier")?,
        target: user("target_type", "target_identifier")?,
        mode: row.get("mode")?,
    })
}

fn list(json: &str) -> Result<Vec<String>, sqlx::Error> {
    serde_json::from_str(json).map_err(|error| damaged(format!("a list of identifiers: {error}")))
}
