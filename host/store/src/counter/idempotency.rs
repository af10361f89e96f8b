//! Idempotency keys: a caller that heard no answer may send an update again, and it counts once.

use sha2::{Digest, Sha256};
use usher_host::CounterUpdate;

use crate::integer;
use crate::statement::{Text, sql};
use crate::transaction::Transaction;
use crate::user_data::user_type;

/// How long a key is remembered, in milliseconds: a day.
const MEMORY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Forgets the keys that came before an instant. Those that another server is forgetting just now are left to it: nobody waits.
const FORGET: Text = Text::Each {
    sqlite: "DELETE FROM idempotency_keys WHERE at < $1",
    postgres: "DELETE FROM idempotency_keys WHERE key IN
         (SELECT key FROM idempotency_keys WHERE at < $1 FOR UPDATE SKIP LOCKED)",
};

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

    /// Finds out whether the key came before, and remembers that it has come now. An update with the same key that is under way
    /// is waited for: if it comes to nothing, this is the first.
    pub(super) async fn seen(&self, change: &mut Transaction, update: &CounterUpdate) -> Result<Seen, sqlx::Error> {
        let request = fingerprint(update);
        let forget = integer::stored(update.at_ms.saturating_sub(MEMORY_MS));
        let noted =
            sql("INSERT INTO idempotency_keys (key, request, at) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET
                 request = excluded.request, at = excluded.at WHERE idempotency_keys.at < $4")
            .bind(self.0.as_slice())
            .bind(request.as_slice())
            .bind(integer::stored(update.at_ms))
            .bind(forget)
            .execute(change)
            .await?;
        if noted > 0 {
            // After its own key, and not before: whoever waits for a key has none of those that others wait for.
            sql(FORGET).bind(forget).execute(change).await?;
            return Ok(Seen::Never);
        }
        let before = sql("SELECT request FROM idempotency_keys WHERE key = $1").bind(self.0.as_slice());
        let before = before.fetch_one(change).await?;
        Ok(if before.get::<&[u8]>("request")? == request { Seen::WithThis } else { Seen::WithAnother })
    }
}

/// What was asked, without when.
fn fingerprint(update: &CounterUpdate) -> [u8; 32] {
    let CounterUpdate { user, counter_id, resource_id, update, .. } = update;
    let asked = serde_json::json!([user_type(user), user.identifier, counter_id, resource_id, update]);
    Sha256::digest(asked.to_string()).into()
}
