//! Rotation: a new key in the place of one that goes on for a while, so that its users can change over.

use std::time::Duration;

use super::text::NewKey;
use super::{KeyError, record, select};
use crate::audit::Deed;
use crate::database_error::During;
use crate::integer;
use crate::statement::sql;
use crate::store::Store;

/// Holds a key that has taken the place of another.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rotated {
    /// The new key, of the same kind, with the same scopes and name.
    pub key: NewKey,
    /// When the old one ends, in milliseconds since 1970-01-01T00:00:00Z.
    pub old_ends_at_ms: u64,
}

impl Store {
    /// Creates a key in the place of another, which ends by itself after so long. This is the only time that the new one
    /// can be seen.
    ///
    /// # Errors
    ///
    /// When there is no such key, it was revoked or rotated before, no random text can be drawn, or the database fails;
    /// nothing has changed then.
    pub async fn rotate_key(&self, id: &str, grace: Duration) -> Result<Rotated, KeyError> {
        const DOING: &str = "rotating a key";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let row = sql(select!("WHERE id = $1"));
        let row = row.bind(id).fetch_optional(&mut change).await.during(DOING)?;
        let row = row.ok_or_else(|| KeyError::Unknown { id: id.to_owned() })?;
        let old = record(&row).during(DOING)?;
        if let Some(was) = old.revoked_at_ms.map(|_| "revoked").or(old.ends_at_ms.map(|_| "rotated")) {
            return Err(KeyError::NotGood { id: old.id, was });
        }
        let key = NewKey::draw(old.kind, &old.environment)?;
        let grace = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        let old_ends_at_ms = self.clock.now_ms().saturating_add(grace);
        self.insert(&mut change, &key, old.name.as_ref()).await.during(DOING)?;
        let end = sql("UPDATE keys SET ends_at = $2 WHERE id = $1").bind(id).bind(integer::stored(old_ends_at_ms));
        end.execute(&mut change).await.during(DOING)?;
        let deed = Deed { action: "rotate-key", subject: id, detail: Some(key.id()) };
        self.note(&mut change, &deed).await.during(DOING)?;
        self.commit_keys(change).await.during(DOING)?;
        Ok(Rotated { key, old_ends_at_ms })
    }
}
