//! Idempotency keys: a caller that heard no answer may send an update again, and it counts once.

use sha2::{Digest, Sha256};
use sqlx::{SqliteConnection, query, query_scalar};
use usher_host::CounterUpdate;

use crate::integer;
use crate::user_data::user_type;

/// How long a key is remembered, in milliseconds: a day.
const MEMORY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What a caller drew to tell one update from another. Only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey([u8; 32]);

/// Whether a key has come before.
pub(super) enum Seen {
    Never,
    WithThis,
    WithAnother,
}

impl IdempotencyKey {
    /// The key that is written so.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Finds out whether the key came before, and remembers that it has come now.
    pub(super) async fn seen(
        &self,
        change: &mut SqliteConnection,
        update: &CounterUpdate,
    ) -> Result<Seen, sqlx::Error> {
        let request = fingerprint(update);
        let forget = integer::stored(update.at_ms.saturating_sub(MEMORY_MS));
        query("DELETE FROM idempotency_keys WHERE at < $1").bind(forget).execute(&mut *change).await?;
        let before: Option<Vec<u8>> = query_scalar("SELECT request FROM idempotency_keys WHERE key = $1")
            .bind(self.0.as_slice())
            .fetch_optional(&mut *change)
            .await?;
        match before {
            Some(before) if before == request => Ok(Seen::WithThis),
            Some(_) => Ok(Seen::WithAnother),
            None => {
                query("INSERT INTO idempotency_keys (key, request, at) VALUES ($1, $2, $3)")
                    .bind(self.0.as_slice())
                    .bind(request.as_slice())
                    .bind(integer::stored(update.at_ms))
                    .execute(change)
                    .await?;
                Ok(Seen::Never)
            }
        }
    }
}

/// What was asked, without when.
fn fingerprint(update: &CounterUpdate) -> [u8; 32] {
    let CounterUpdate { user, counter_id, resource_id, update, .. } = update;
    let asked = serde_json::json!([user_type(user), user.identifier, counter_id, resource_id, update]);
    Sha256::digest(asked.to_string()).into()
}
