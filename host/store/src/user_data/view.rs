//! Views: user data as it was at one moment, for one decision to read. These connections cannot write.

use sqlx::sqlite::{SqliteRow, SqliteTransaction};
use sqlx::{Row, query, query_as, query_scalar};
use tokio::sync::{Mutex, MutexGuard};
use usher_host::{
    CounterQuery, CounterReading, CustomerRecord, IdentityLink, LookupError, LookupFuture, Scope, User, UserData,
    UserDataView, UserType,
};

use super::{scope_name, user_type};
use crate::counter;
use crate::database_error::{During, damaged};
use crate::store::Store;

/// One transaction that only reads: everything read in it is of the moment of its first read.
#[derive(Debug)]
pub(super) struct View(Mutex<SqliteTransaction<'static>>);

impl UserData for Store {
    fn view(&self) -> LookupFuture<'_, Box<dyn UserDataView>> {
        let view = async {
            let view: Box<dyn UserDataView> = Box::new(View::open(self).await?);
            Ok(view)
        };
        Box::pin(async { answer(view.await, "opening a view of user data") })
    }
}

impl UserDataView for View {
    fn customer<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
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
        let read = async move { counter::read(&mut *self.moment().await, user, queries).await };
        Box::pin(async { answer(read.await, "reading counters") })
    }
}

impl View {
    pub(super) async fn open(store: &Store) -> Result<Self, sqlx::Error> {
        Ok(Self(Mutex::new(store.connections.readers.begin().await?)))
    }

    pub(super) async fn moment(&self) -> MutexGuard<'_, SqliteTransaction<'static>> {
        self.0.lock().await
    }

    pub(super) async fn read_customer(&self, user: &User) -> Result<Option<CustomerRecord>, sqlx::Error> {
        let found: Option<(String, String)> = query_as(
            "SELECT customer_identifiers, product_ids FROM customers WHERE user_type = $1 AND identifier = $2",
        )
        .bind(user_type(user))
        .bind(&user.identifier)
        .fetch_optional(&mut **self.moment().await)
        .await?;
        found
            .map(|(customer_identifiers, product_ids)| {
                let customer_identifiers = list(&customer_identifiers)?;
                Ok(CustomerRecord { customer_identifiers, product_ids: list(&product_ids)? })
            })
            .transpose()
    }

    async fn read_custom_data(&self, user: &User, key: &str, scope: Scope) -> Result<Option<String>, sqlx::Error> {
        query_scalar(
            "SELECT value FROM custom_data WHERE scope = $1 AND user_type = $2 AND identifier = $3 AND key = $4",
        )
        .bind(scope_name(scope))
        .bind(user_type(user))
        .bind(&user.identifier)
        .bind(key)
        .fetch_optional(&mut **self.moment().await)
        .await
    }

    pub(super) async fn read_sources(&self, user: &User) -> Result<Vec<IdentityLink>, sqlx::Error> {
        const BY_TARGET: &str = "SELECT * FROM identity_links WHERE target_type = $1 AND target_identifier = $2
             ORDER BY source_type, source_identifier";
        self.read_links(BY_TARGET, user).await
    }

    pub(super) async fn read_targets(&self, user: &User) -> Result<Vec<IdentityLink>, sqlx::Error> {
        const BY_SOURCE: &str = "SELECT * FROM identity_links WHERE source_type = $1 AND source_identifier = $2
             ORDER BY target_type, target_identifier";
        self.read_links(BY_SOURCE, user).await
    }

    async fn read_links(&self, sql: &'static str, user: &User) -> Result<Vec<IdentityLink>, sqlx::Error> {
        let query = query(sql).bind(user_type(user)).bind(&user.identifier);
        let rows = query.fetch_all(&mut **self.moment().await).await?;
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

fn link(row: &SqliteRow) -> Result<IdentityLink, sqlx::Error> {
    let user = |kind, identifier| -> Result<User, sqlx::Error> {
        let user_type = match row.try_get(kind)? {
            "authenticated" => UserType::Authenticated,
            "anonymous" => UserType::Anonymous,
            other => return Err(damaged(format!("a user of type `{other}`"))),
        };
        Ok(User { identifier: row.try_get(identifier)?, user_type })
    };
    Ok(IdentityLink {
        source: user("source_type", "source_identifier")?,
        target: user("target_type", "target_identifier")?,
        mode: row.try_get("mode")?,
    })
}

fn list(json: &str) -> Result<Vec<String>, sqlx::Error> {
    serde_json::from_str(json).map_err(|error| damaged(format!("a list of identifiers: {error}")))
}
