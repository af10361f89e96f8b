//! What is kept of keys: hashes that say nothing to whoever does not have the server's secret.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::database_error::{During, damaged};
use crate::location::Place;
use crate::open::OpenError;
use crate::secret::Secret;
use crate::statement::sql;
use crate::transaction::Transaction;

/// What hashes are made with.
const KEYS: &str = "usher 2026 api keys";
/// What tells one secret from another.
const CHECK: &str = "usher 2026 check of the secret";

/// What is kept of a key. Two are compared in a time that says nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(blake3::Hash);

impl KeyHash {
    pub(crate) fn from_stored(bytes: &[u8]) -> Result<Self, sqlx::Error> {
        let hash = blake3::Hash::from_slice(bytes);
        Ok(Self(hash.map_err(|error| damaged(format!("a key's hash of {} bytes: {error}", bytes.len())))?))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
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
/// its keys are converted, all or none. Nobody else is doing that at the same time.
///
/// A database that has been opened before is opened only with the secret of that time: a second one is never made, which
/// is how servers that share a database come to share it.
pub(crate) async fn secret_of(mut change: Transaction, place: &Place) -> Result<Secret, OpenError> {
    const DOING: &str = "converting the keys";
    let check = sql("SELECT value FROM secret_check").fetch_optional(&mut change).await.during(DOING)?;
    let check: Option<Vec<u8>> = check.map(|row| row.get("value")).transpose().during(DOING)?;
    let secret = match (place.secret(), &check) {
        (None, _) => Secret::draw()?,
        (Some(file), None) => Secret::find_or_create(file)?,
        (Some(file), Some(_)) => Secret::find(file)?.ok_or_else(|| other(file, place, "none"))?,
    };
    let expected = check_of(&secret);
    match (place.secret(), check) {
        (Some(file), Some(check)) if expected != check[..] => return Err(other(file, place, "another")),
        (_, Some(_)) => {}
        (_, None) => {
            convert(&mut change, &KeyHasher::of(&secret)).await.during(DOING)?;
            let note = sql("INSERT INTO secret_check (id, value) VALUES (1, $1)").bind(expected.as_slice());
            note.execute(&mut change).await.during(DOING)?;
            change.commit().await.during(DOING)?;
        }
    }
    Ok(secret)
}

/// What tells this secret from others. It says nothing of it.
pub(crate) fn check_of(secret: &Secret) -> blake3::Hash {
    blake3::Hash::from_bytes(secret.derive(CHECK))
}

async fn convert(change: &mut Transaction, hasher: &KeyHasher) -> Result<(), sqlx::Error> {
    for row in sql("SELECT id, hash FROM keys").fetch_all(change).await? {
        let (id, sha256): (&str, &[u8]) = (row.get("id")?, row.get("hash")?);
        let hash = hasher.over(sha256);
        sql("UPDATE keys SET hash = $2 WHERE id = $1")
            .bind(id)
            .bind(hash.as_bytes().as_slice())
            .execute(change)
            .await?;
    }
    Ok(())
}

fn other(file: &Path, place: &Place, found: &'static str) -> OpenError {
    OpenError::OtherSecret { file: file.to_owned(), database: place.name(), found }
}
