//! The catalog: to the store, a text, which is part of the draft.

use crate::audit::Deed;
use crate::database_error::{DatabaseError, During};
use crate::module::ModuleDigest;
use crate::statement::sql;
use crate::store::Store;

impl Store {
    /// Replaces the catalog, and returns the number that the draft has then. The text is not looked into; PostgreSQL
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
        sql("UPDATE draft SET catalog = $1").bind(text).execute(&mut change).await?;
        let digest = ModuleDigest::of(text.as_bytes());
        let deed = Deed { action: "put-catalog", subject: "catalog", detail: Some(digest.as_str()) };
        self.note(&mut change, &deed).await?;
        self.commit_draft(change).await
    }
}
