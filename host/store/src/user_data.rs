//! User data: what the operator knows of users. Writing it is for the admin API alone; decisions read it through the views of `view.rs`.

pub(crate) mod check;
mod overview;
mod view;

use usher_host::{CustomerRecord, IdentityLink, Scope, User, UserType};

pub use self::check::UserDataError;
pub use self::overview::{CounterRow, CustomDatum, UserOverview};
use crate::audit::{Deed, named};
use crate::database_error::{DatabaseError, During};
use crate::statement::{Statement, Text, sql};
use crate::store::Store;

/// In PostgreSQL a key is found by its digest, as it may be longer than what an index takes.
const PUT_CUSTOM_DATA: Text = Text::Each {
    sqlite: "INSERT INTO custom_data (scope, user_type, identifier, key, value) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, user_type, identifier, key) DO UPDATE SET value = excluded.value",
    postgres: "INSERT INTO custom_data (scope, user_type, identifier, key, value) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_type, identifier, scope, usher_digest(key)) DO UPDATE SET value = excluded.value",
};

impl Store {
    /// Keeps what billing knows of a user, in place of what it knew before.
    ///
    /// # Errors
    ///
    /// When the user or the record is not of the form that [`UserDataError`] describes, or the database fails.
    pub async fn put_customer(&self, user: &User, record: &CustomerRecord) -> Result<(), UserDataError> {
        check::user(user)?;
        let put = sql(
            "INSERT INTO customers (user_type, identifier, customer_identifiers, product_ids) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_type, identifier) DO UPDATE SET
                 customer_identifiers = excluded.customer_identifiers, product_ids = excluded.product_ids",
        )
        .bind(user_type(user))
        .bind(&user.identifier)
        .bind(check::list("customer identifiers", &record.customer_identifiers)?)
        .bind(check::list("product ids", &record.product_ids)?);
        self.known_users.note(user);
        self.write(put, "put-customer", &named(user), None).await?;
        Ok(())
    }

    /// Forgets what billing knows of a user, if it knows anything.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn delete_customer(&self, user: &User) -> Result<(), DatabaseError> {
        if check::user(user).is_err() {
            // Nothing is kept of somebody whom no request could be from.
            return Ok(());
        }
        let delete = sql("DELETE FROM customers WHERE user_type = $1 AND identifier = $2")
            .bind(user_type(user))
            .bind(&user.identifier);
        self.write(delete, "delete-customer", &named(user), None).await
    }

    /// Keeps one custom value of a user, as JSON text, in place of the one before.
    ///
    /// # Errors
    ///
    /// When the user, the key or the value is not of the form that [`UserDataError`] describes, or the database fails.
    pub async fn put_custom_data(&self, user: &User, key: &str, scope: Scope, json: &str) -> Result<(), UserDataError> {
        check::user(user)?;
        check::key(key)?;
        check::json(json)?;
        self.known_users.note(user);
        let put = sql(PUT_CUSTOM_DATA)
            .bind(scope_name(scope))
            .bind(user_type(user))
            .bind(&user.identifier)
            .bind(key)
            .bind(json);
        self.write(put, "put-custom-data", &named(user), Some(&datum(key, scope))).await?;
        Ok(())
    }

    /// Forgets one custom value of a user, if there is one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn delete_custom_data(&self, user: &User, key: &str, scope: Scope) -> Result<(), DatabaseError> {
        if check::user(user).and_then(|()| check::key(key)).is_err() {
            return Ok(());
        }
        let delete =
            sql("DELETE FROM custom_data WHERE scope = $1 AND user_type = $2 AND identifier = $3 AND key = $4")
                .bind(scope_name(scope))
                .bind(user_type(user))
                .bind(&user.identifier)
                .bind(key);
        self.write(delete, "delete-custom-data", &named(user), Some(&datum(key, scope))).await
    }

    /// Links two users. There is one link from a user to another; a second one replaces its mode.
    ///
    /// # Errors
    ///
    /// When a user or the mode is not of the form that [`UserDataError`] describes, or the database fails.
    pub async fn put_link(&self, link: &IdentityLink) -> Result<(), UserDataError> {
        check::user(&link.source)?;
        check::user(&link.target)?;
        check::mode(&link.mode)?;
        self.known_users.note(&link.source);
        self.known_users.note(&link.target);
        let put =
            sql("INSERT INTO identity_links (source_type, source_identifier, target_type, target_identifier, mode)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (source_type, source_identifier, target_type, target_identifier) DO UPDATE SET
                 mode = excluded.mode")
            .bind(user_type(&link.source))
            .bind(&link.source.identifier)
            .bind(user_type(&link.target))
            .bind(&link.target.identifier)
            .bind(&link.mode);
        self.write(put, "put-link", &named(&link.source), Some(&named(&link.target))).await?;
        Ok(())
    }

    /// Unlinks two users, if they are linked in this direction.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn delete_link(&self, source: &User, target: &User) -> Result<(), DatabaseError> {
        if check::user(source).and_then(|()| check::user(target)).is_err() {
            return Ok(());
        }
        let delete = sql("DELETE FROM identity_links WHERE source_type = $1 AND source_identifier = $2
             AND target_type = $3 AND target_identifier = $4")
        .bind(user_type(source))
        .bind(&source.identifier)
        .bind(user_type(target))
        .bind(&target.identifier);
        self.write(delete, "delete-link", &named(source), Some(&named(target))).await
    }

    /// Runs one statement, and notes it if it changed anything.
    async fn write(
        &self,
        statement: Statement<'_>,
        action: &'static str,
        subject: &str,
        detail: Option<&str>,
    ) -> Result<(), DatabaseError> {
        const DOING: &str = "changing what is kept of a user";
        let mut change = self.begin().await.during(DOING)?;
        let changed = statement.execute(&mut change).await.during(DOING)?;
        if changed > 0 {
            self.note(&mut change, &Deed { action, subject, detail }).await.during(DOING)?;
        }
        change.commit().await.during(DOING)
    }
}

/// A custom value without what it is.
fn datum(key: &str, scope: Scope) -> String {
    format!("{}/{key}", scope_name(scope))
}

pub(crate) fn user_type(user: &User) -> &'static str {
    match user.user_type {
        UserType::Authenticated => "authenticated",
        UserType::Anonymous => "anonymous",
    }
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Brand => "brand",
        Scope::CrossBrand => "cross-brand",
    }
}
