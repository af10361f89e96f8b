//! The audit log: who changed what. An entry is part of the change that it is about, so there is never one without the other.

use std::sync::Arc;

use usher_host::User;

use crate::database_error::{DatabaseError, During};
use crate::integer;
use crate::row::Row;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::user_data::user_type;

/// Says on whose behalf something is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Author {
    /// Whoever started the program.
    #[default]
    CommandLine,
    /// The server itself, which has ended a canary that departed from its bounds.
    CanaryWatch,
    /// Whoever holds a key.
    Key {
        /// The key's public name.
        id: Arc<str>,
        /// The id of the request that it came with.
        request: Option<Arc<str>>,
    },
}

/// One change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Its number. Later ones have higher numbers, except that two servers that write at the same time may come to be the other
    /// way round; and none is used twice.
    pub id: u64,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// The public name of the key that asked for it, or `command-line`, or `canary-watch`.
    pub author: String,
    /// What was done, such as `put-workflow`.
    pub action: String,
    /// What it was done to: a slug, the id of a key, a user as `authenticated/ada`, `catalog`.
    pub subject: String,
    /// A digest, or which part of the subject. Never a secret, nor anything that is kept of a user.
    pub detail: Option<String>,
    /// The id of the request.
    pub request: Option<String>,
}

/// What is about to be written into the log.
#[derive(Debug)]
pub(crate) struct Deed<'a> {
    pub(crate) action: &'static str,
    pub(crate) subject: &'a str,
    pub(crate) detail: Option<&'a str>,
}

impl Author {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::CommandLine => "command-line",
            Self::CanaryWatch => "canary-watch",
            Self::Key { id, .. } => id,
        }
    }

    fn request(&self) -> Option<&str> {
        match self {
            Self::CommandLine | Self::CanaryWatch => None,
            Self::Key { request, .. } => request.as_deref(),
        }
    }
}

impl Store {
    /// Returns this store, for changes on somebody's behalf. Where nobody is named, it is whoever started the program.
    #[must_use]
    pub fn on_behalf(&self, author: Author) -> Self {
        Self { author, ..self.clone() }
    }

    /// Reads the latest entries of the audit log, or the latest before one of them: the newest first, at most so many.
    ///
    /// # Errors
    ///
    /// When the database fails, or holds something that Usher never wrote.
    pub async fn audit(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>, DatabaseError> {
        self.read_audit(before, limit).await.during("reading the audit log")
    }

    async fn read_audit(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>, sqlx::Error> {
        let mut moment = self.connections.begin_view().await?;
        let page = sql(
            "SELECT id, at, author, action, subject, detail, request FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
        );
        let page = page.bind(before.map_or(i64::MAX, integer::stored)).bind(i64::from(limit));
        page.fetch_all(&mut moment).await?.iter().map(entry).collect()
    }

    /// Notes a deed in the change that does it.
    pub(crate) async fn note(&self, change: &mut Transaction, deed: &Deed<'_>) -> Result<(), sqlx::Error> {
        sql("INSERT INTO audit (at, author, action, subject, detail, request) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(integer::stored(self.clock.now_ms()))
            .bind(self.author.name())
            .bind(deed.action)
            .bind(deed.subject)
            .bind(deed.detail)
            .bind(self.author.request())
            .execute(change)
            .await?;
        Ok(())
    }
}

/// A user, as the subject of an entry.
pub(crate) fn named(user: &User) -> String {
    format!("{}/{}", user_type(user), user.identifier)
}

fn entry(row: &Row) -> Result<AuditEntry, sqlx::Error> {
    Ok(AuditEntry {
        id: integer::read(row.get("id")?)?,
        at_ms: integer::read(row.get("at")?)?,
        author: row.get("author")?,
        action: row.get("action")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        request: row.get("request")?,
    })
}
