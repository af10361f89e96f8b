//! The catalog: to the store, one text per environment.

use crate::audit::Deed;
use crate::database_error::{DatabaseError, During};
use crate::integer;
use crate::module::ModuleDigest;
use crate::statement::sql;
use crate::store::Store;

impl Store {
    /// Replaces the catalog, and returns the number of the release that this makes. The text is not looked into; PostgreSQL
    /// keeps none with the character NUL in it, which no catalog has.
    ///
    /// # Errors
    ///
    /// When the database fails; the catalog is then as before.
    pub async fn put_catalog(&self, text: &str) -> Result<u64, DatabaseError> {
        self.replace_catalog(text).await.during("writing the catalog")
    }

    async fn replace_catalog(&self, text: &str) -> Result<u64, sqlx::Error> {
        let mut change = self.begin_in_turn().await?;
        sql("INSERT INTO catalog (environment_id, text, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (environment_id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at")
        .bind(&self.environment.id)
        .bind(text)
        .bind(integer::stored(self.clock.now_ms()))
        .execute(&mut change)
        .await?;
        let digest = ModuleDigest::of(text.as_bytes());
        let deed = Deed { action: "put-catalog", subject: "catalog", detail: Some(digest.as_str()) };
        self.note(&mut change, &deed).await?;
        self.commit_release(change).await
    }
}
