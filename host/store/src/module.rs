//! Modules: the bytes of workflows and what admission says of them, kept once per content.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::database_error::{DatabaseError, During, damaged};
use crate::integer;
use crate::random::to_hex;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// Names a module by its content: the SHA-256 of its bytes, in lowercase hexadecimal digits.
///
/// ```
/// use usher_store::ModuleDigest;
///
/// let digest = ModuleDigest::of(b"");
/// assert_eq!(digest.as_str().parse(), Ok(digest.clone()));
/// assert!("e3b0".parse::<ModuleDigest>().is_err());
/// assert_eq!(digest.as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModuleDigest(String);

impl ModuleDigest {
    /// Computes the digest of a module.
    #[must_use]
    pub fn of(wasm: &[u8]) -> Self {
        Self(to_hex(&Sha256::digest(wasm)))
    }

    /// The same on a thread behind which nobody waits: a large module keeps a processor for longer than a decision takes.
    pub(crate) async fn of_large(wasm: &[u8]) -> Self {
        let copy = wasm.to_vec();
        let digest = tokio::task::spawn_blocking(move || Self::of(&copy)).await;
        digest.unwrap_or_else(|_broke_off| Self::of(wasm))
    }

    /// Returns the digest's 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a digest as it was stored. Whether it belongs to a module shows when the module is read.
    pub(crate) fn from_stored(digits: String) -> Self {
        Self(digits)
    }
}

/// Says that a text is no digest. The caller's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("module digest: expected 64 lowercase hexadecimal digits")]
pub struct InvalidDigest;

impl FromStr for ModuleDigest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let is_digest = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then(|| Self(text.to_owned())).ok_or(InvalidDigest)
    }
}

impl fmt::Display for ModuleDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Holds a module that is to be kept.
///
/// ```
/// use usher_store::NewModule;
///
/// let bare = NewModule::from(b"\0asm");
/// let admitted = NewModule { report: Some("{}"), ..bare };
/// assert_eq!((bare.report, admitted.wasm), (None, b"\0asm".as_slice()));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct NewModule<'a> {
    /// Its bytes.
    pub wasm: &'a [u8],
    /// What admission says of it, as JSON. The store does not look into it.
    pub report: Option<&'a str>,
}

impl<'a, B: AsRef<[u8]> + ?Sized> From<&'a B> for NewModule<'a> {
    fn from(wasm: &'a B) -> Self {
        Self { wasm: wasm.as_ref(), report: None }
    }
}

impl Store {
    /// Keeps what admission says of a module, instead of what it said before. Nothing happens when there is no such module.
    ///
    /// # Errors
    ///
    /// When the database fails; what it said before stays.
    pub async fn put_report(&self, digest: &ModuleDigest, report: &str) -> Result<(), DatabaseError> {
        self.keep_report(digest, report).await.during("writing a module's report")
    }

    async fn keep_report(&self, digest: &ModuleDigest, report: &str) -> Result<(), sqlx::Error> {
        // In turn: a module must not be forgotten meanwhile.
        let mut change = self.begin_in_turn().await?;
        sql("INSERT INTO module_reports (digest, report) SELECT digest, $2 FROM modules WHERE digest = $1
             ON CONFLICT (digest) DO UPDATE SET report = excluded.report")
        .bind(digest.as_str())
        .bind(report)
        .execute(&mut change)
        .await?;
        change.commit().await
    }

    /// Reads the bytes of a module; none when no workflow of the draft or of a release uses it, or no longer. Whoever has the digest from a
    /// snapshot and gets none has an old snapshot, and takes a new one.
    ///
    /// # Errors
    ///
    /// When the database fails, or when the bytes are not those that were stored.
    pub async fn module(&self, digest: &ModuleDigest) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.read_module(digest).await.during("reading a module")
    }

    /// Returns whether a module is kept: whether a workflow of the draft or of a release uses it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn has_module(&self, digest: &ModuleDigest) -> Result<bool, DatabaseError> {
        const DOING: &str = "looking for a module";
        let mut moment = self.connections.begin_view().await.during(DOING)?;
        let found = sql("SELECT digest FROM modules WHERE digest = $1").bind(digest.as_str());
        Ok(found.fetch_optional(&mut moment).await.during(DOING)?.is_some())
    }

    /// Lists the digests of all modules that are kept.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn modules(&self) -> Result<Vec<ModuleDigest>, DatabaseError> {
        self.list_modules().await.during("listing the modules")
    }

    async fn list_modules(&self) -> Result<Vec<ModuleDigest>, sqlx::Error> {
        let mut moment = self.connections.begin_view().await?;
        let all = sql("SELECT digest FROM modules ORDER BY digest").fetch_all(&mut moment).await?;
        all.iter().map(|row| Ok(ModuleDigest::from_stored(row.get("digest")?))).collect()
    }

    async fn read_module(&self, digest: &ModuleDigest) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let mut moment = self.connections.begin_view().await?;
        let read = sql("SELECT wasm FROM modules WHERE digest = $1").bind(digest.as_str());
        let wasm: Option<Vec<u8>> = read.fetch_optional(&mut moment).await?.map(|row| row.get("wasm")).transpose()?;
        if let Some(wasm) = &wasm {
            let found = ModuleDigest::of(wasm);
            if found != *digest {
                return Err(damaged(format!("expected module `{digest}`, found bytes of digest `{found}`")));
            }
        }
        Ok(wasm)
    }
}

/// Keeps a module. One that is there already is written again: an upload also mends what the disk has damaged.
pub(crate) async fn keep(
    change: &mut Transaction,
    digest: &ModuleDigest,
    module: NewModule<'_>,
) -> Result<(), sqlx::Error> {
    sql("INSERT INTO modules (digest, size, wasm) VALUES ($1, $2, $3)
         ON CONFLICT (digest) DO UPDATE SET size = excluded.size, wasm = excluded.wasm")
    .bind(digest.as_str())
    .bind(integer::stored(u64::try_from(module.wasm.len()).unwrap_or(u64::MAX)))
    .bind(module.wasm)
    .execute(change)
    .await?;
    let Some(report) = module.report else { return Ok(()) };
    sql("INSERT INTO module_reports (digest, report) VALUES ($1, $2)
         ON CONFLICT (digest) DO UPDATE SET report = excluded.report")
    .bind(digest.as_str())
    .bind(report)
    .execute(change)
    .await?;
    Ok(())
}

/// Forgets the modules that no workflow uses, neither of the draft nor of a release.
pub(crate) async fn forget_unused(change: &mut Transaction) -> Result<(), sqlx::Error> {
    sql("DELETE FROM modules WHERE NOT EXISTS (SELECT 1 FROM workflows WHERE workflows.digest = modules.digest)
         AND NOT EXISTS (SELECT 1 FROM release_workflows WHERE release_workflows.digest = modules.digest)")
    .execute(change)
    .await?;
    Ok(())
}
