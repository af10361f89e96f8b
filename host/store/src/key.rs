//! API keys: their texts are shown once and never stored.

mod hash;
mod name;
mod rotation;
mod scope;
mod text;

pub use self::hash::{KeyHash, KeyHasher};
pub(crate) use self::hash::{check_of, secret_of};
pub use self::name::{InvalidKeyName, KeyName};
pub use self::rotation::Rotated;
pub use self::scope::{KeyScope, KeyScopes, UnknownScope};
pub use self::text::{FirstKeys, KeyKind, NewKey};
use crate::audit::Deed;
use crate::database_error::{DatabaseError, During, damaged};
use crate::environment::Environment;
use crate::integer;
use crate::random::RandomnessError;
use crate::row::Row;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// The columns of a key.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, kind, scopes, hash, created_at, revoked_at, ends_at, environment_id FROM keys ",
            $rest
        )
    };
}
use select;

/// Describes a key that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRecord {
    /// Its public name, such as `key_5f0c1d2e3a4b`.
    pub id: String,
    /// What it is for, in the operator's words.
    pub name: Option<KeyName>,
    /// What it opens.
    pub kind: KeyKind,
    /// The identifier of the environment that it belongs to. Admin keys are for all of them, and belong to `live`.
    pub environment: String,
    /// The hash of its text, as [`KeyHasher::hash_of`] computes it.
    pub hash: KeyHash,
    /// When it was created, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_at_ms: u64,
    /// When it was revoked, in the same unit; none when it is good.
    pub revoked_at_ms: Option<u64>,
    /// When it ends by itself because it was rotated, in the same unit; none when it does not.
    pub ends_at_ms: Option<u64>,
}

/// Says why a key was not created, rotated or revoked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no such key. The caller's move.
    #[error("key `{id}`: expected the id of a stored key, found none of that name; the caller has to list the keys")]
    Unknown {
        /// The id that was asked for.
        id: String,
    },
    /// The key is on its way out already. The caller's move.
    #[error("key `{id}`: expected one that is good, found one that was {was} before; the caller has to choose another")]
    NotGood {
        /// The id that was asked for.
        id: String,
        /// `revoked` or `rotated`.
        was: &'static str,
    },
    /// No random text could be drawn. The operator's move.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Store {
    /// Returns what computes the hashes of this store's keys.
    #[must_use]
    pub fn key_hasher(&self) -> KeyHasher {
        KeyHasher::of(&self.secret)
    }

    /// Lists all keys, revoked ones too, from the oldest to the newest.
    ///
    /// # Errors
    ///
    /// When the database fails, or holds something that Usher never wrote.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>, DatabaseError> {
        self.read_keys().await.during("listing the keys")
    }

    async fn read_keys(&self) -> Result<Vec<KeyRecord>, sqlx::Error> {
        let mut moment = self.connections.begin_view().await?;
        let all = sql(select!("ORDER BY created_at, id"));
        all.fetch_all(&mut moment).await?.iter().map(record).collect()
    }

    /// Creates a key of an environment. This is the only time that its text can be seen.
    ///
    /// # Errors
    ///
    /// When no random text can be drawn, or the database fails; there is then no new key.
    pub async fn create_key(
        &self,
        environment: &Environment,
        kind: KeyKind,
        name: Option<&KeyName>,
    ) -> Result<NewKey, KeyError> {
        const DOING: &str = "creating a key";
        let key = NewKey::draw(kind, &environment.id)?;
        let mut change = self.begin_in_turn().await.during(DOING)?;
        self.insert(&mut change, &key, name).await.during(DOING)?;
        self.commit_keys(change).await.during(DOING)?;
        Ok(key)
    }

    /// Creates one key of each kind, all or none, unless there has ever been a key; none is returned then.
    ///
    /// Unlike [`Store::is_new`], this is right after a crash as well: between the creation of the store and that of its
    /// keys, the store is no longer new and has no keys.
    ///
    /// # Errors
    ///
    /// When no random text can be drawn, or the database fails; there is then no new key.
    pub async fn create_first_keys(&self) -> Result<Option<FirstKeys>, KeyError> {
        const DOING: &str = "creating the first keys";
        if self.remembered().is_some_and(|remembered| !remembered.keys.is_empty()) {
            return Ok(None);
        }
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let any = sql("SELECT id FROM keys LIMIT 1").fetch_optional(&mut change).await.during(DOING)?;
        if any.is_some() {
            return Ok(None);
        }
        let first = FirstKeys::draw(&self.environment.id)?;
        for key in first.all() {
            self.insert(&mut change, key, None).await.during(DOING)?;
        }
        self.commit_keys(change).await.during(DOING)?;
        Ok(Some(first))
    }

    /// Revokes a key for good. One that is revoked already stays so, with its first date.
    ///
    /// # Errors
    ///
    /// When there is no such key, or the database fails; nothing has changed then.
    pub async fn revoke_key(&self, id: &str) -> Result<(), KeyError> {
        const DOING: &str = "revoking a key";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let known =
            sql("SELECT id FROM keys WHERE id = $1").bind(id).fetch_optional(&mut change).await.during(DOING)?;
        if known.is_none() {
            return Err(KeyError::Unknown { id: id.to_owned() });
        }
        let revoked = sql("UPDATE keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(integer::stored(self.clock.now_ms()))
            .execute(&mut change)
            .await
            .during(DOING)?;
        if revoked > 0 {
            let deed = Deed { action: "revoke-key", subject: id, detail: None };
            self.note(&mut change, &deed).await.during(DOING)?;
            self.commit_keys(change).await.during(DOING)?;
        }
        Ok(())
    }

    async fn commit_keys(&self, mut change: Transaction) -> Result<(), sqlx::Error> {
        self.tell_of_keys(&mut change).await?;
        change.commit().await
    }

    async fn insert(&self, change: &mut Transaction, key: &NewKey, name: Option<&KeyName>) -> Result<(), sqlx::Error> {
        sql("INSERT INTO keys (id, kind, hash, created_at, name, scopes, environment_id) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(key.id())
            .bind(key.kind().as_str())
            .bind(self.key_hasher().hash_of(key.text()).as_bytes().as_slice())
            .bind(integer::stored(self.clock.now_ms()))
            .bind(name.map(KeyName::as_str))
            .bind(key.kind().scopes().stored())
            .bind(key.environment())
            .execute(change)
            .await?;
        let detail = match key.kind() {
            KeyKind::Secret | KeyKind::Public => key.kind().as_str().to_owned(),
            KeyKind::Admin(scopes) => format!("admin: {scopes}"),
        };
        self.note(change, &Deed { action: "create-key", subject: key.id(), detail: Some(&detail) }).await
    }
}

fn record(row: &Row) -> Result<KeyRecord, sqlx::Error> {
    let kind: &str = row.get("kind")?;
    let scopes: &str = row.get("scopes")?;
    let name: Option<String> = row.get("name")?;
    let hash: &[u8] = row.get("hash")?;
    Ok(KeyRecord {
        id: row.get("id")?,
        kind: KeyKind::from_stored(kind, scopes)
            .ok_or_else(|| damaged(format!("a key of kind `{kind}` with scopes `{scopes}`")))?,
        name: name.map(KeyName::from_stored),
        environment: row.get("environment_id")?,
        hash: KeyHash::from_stored(hash)?,
        created_at_ms: integer::read(row.get("created_at")?)?,
        revoked_at_ms: integer::read_optional(row.get("revoked_at")?)?,
        ends_at_ms: integer::read_optional(row.get("ends_at")?)?,
    })
}
