//! What is kept of keys: hashes that say nothing to whoever does not have the server's secret.

use std::fmt;

use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection, query, query_as, query_scalar};

use crate::database_error::{During, damaged};
use crate::location::Files;
use crate::open::OpenError;
use crate::secret::Secret;

/// What hashes are made with.
const KEYS: &str = "usher 2026 api keys";
/// What tells one secret from another.
const CHECK: &str = "usher 2026 check of the secret";

/// What is kept of a key. Two are compared in a time that says nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(blake3::Hash);

impl KeyHash {
    pub(super) fn from_stored(bytes: &[u8]) -> Result<Self, sqlx::Error> {
        let hash = blake3::Hash::from_slice(bytes);
        Ok(Self(hash.map_err(|error| damaged(format!("a key's hash of {} bytes: {error}", bytes.len())))?))
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

/// Computes what is kept of keys.
#[derive(Clone)]
pub struct KeyHasher([u8; 32]);

impl KeyHasher {
    pub(crate) fn of(secret: &Secret) -> Self {
        Self(secret.derive(KEYS))
    }

    /// Computes what is kept of a key, and what a presented key is found by: the SHA-256 of its whole text, hashed again
    /// with what only this server knows.
    ///
    /// Fast hashes are enough. A password needs a slow one because people choose it and others can guess it; this text has
    /// 160 random bits. Since nobody else can compute the result, nobody can aim at a hash that is kept, and whoever has
    /// the database alone can neither try keys on it nor put in one of their own.
    #[must_use]
    pub fn hash_of(&self, text: &str) -> KeyHash {
        self.over(&Sha256::digest(text))
    }

    fn over(&self, sha256: &[u8]) -> KeyHash {
        KeyHash(blake3::keyed_hash(&self.0, sha256))
    }
}

/// Leaves the bytes out.
impl fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyHasher").finish_non_exhaustive()
    }
}

/// Returns the secret that the keys of this database are kept with. One whose keys are kept with none yet gets one, and
/// its keys are converted, all or none.
pub(crate) async fn secret_of(writer: &mut SqliteConnection, files: Option<&Files>) -> Result<Secret, OpenError> {
    const DOING: &str = "converting the keys";
    let mut change = writer.begin_with("BEGIN IMMEDIATE").await.during(DOING)?;
    let check: Option<Vec<u8>> =
        query_scalar("SELECT value FROM secret_check").fetch_optional(&mut *change).await.during(DOING)?;
    let secret = match (files, &check) {
        (None, _) => Secret::draw()?,
        (Some(files), None) => Secret::find_or_create(files)?,
        (Some(files), Some(_)) => Secret::find(files)?.ok_or_else(|| other(files, "none"))?,
    };
    let expected = blake3::Hash::from_bytes(secret.derive(CHECK));
    match (files, check) {
        (Some(files), Some(check)) if expected != check[..] => return Err(other(files, "another")),
        (_, Some(_)) => {}
        (_, None) => {
            convert(&mut change, &KeyHasher::of(&secret)).await.during(DOING)?;
            let note = query("INSERT INTO secret_check (id, value) VALUES (1, $1)").bind(expected.as_slice());
            note.execute(&mut *change).await.during(DOING)?;
            change.commit().await.during(DOING)?;
        }
    }
    Ok(secret)
}

async fn convert(change: &mut SqliteConnection, hasher: &KeyHasher) -> Result<(), sqlx::Error> {
    let rows: Vec<(String, Vec<u8>)> = query_as("SELECT id, hash FROM keys").fetch_all(&mut *change).await?;
    for (id, sha256) in rows {
        let hash = hasher.over(&sha256);
        let update = query("UPDATE keys SET hash = $2 WHERE id = $1").bind(id).bind(hash.as_bytes().as_slice());
        update.execute(&mut *change).await?;
    }
    Ok(())
}

fn other(files: &Files, found: &'static str) -> OpenError {
    OpenError::OtherSecret { file: files.secret.clone(), database: files.database.clone(), found }
}
