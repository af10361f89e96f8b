//! What a server of a fleet remembers on its own disk of the database that it shares with others: what decides anywhere, and the
//! keys. With that it can start while the database is away, and does what it did before.

mod written;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::database_error::DatabaseError;
use crate::environment::Environment;
use crate::key::KeyRecord;
use crate::secret::Secret;
use crate::state::State;
use crate::store::Store;
use written::Written;

/// The file, beside the server's secret.
const FILE: &str = "last-known.json";
/// What its seal is made with.
const SEAL: &str = "usher 2026 seal of what is remembered";
/// The most that is read of it: catalogs and reports are some kilobytes each.
const MOST_BYTES: u64 = 256 << 20;

/// Holds what a server knew last of the database that it shares.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remembered {
    /// The environment `live`, which tells whose database it is.
    pub environment: Environment,
    /// What decides.
    pub state: State,
    /// All keys, as their hashes.
    pub keys: Vec<KeyRecord>,
}

/// Says why nothing is remembered. The operator's move: the server goes on, and would not start without the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RememberError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The file cannot be written.
    #[error(
        "`{}`: expected a file that this process can write; the operator has to make room, or to change the permissions",
        file.display()
    )]
    File {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl Store {
    /// Writes what decides, and the keys, onto this server's own disk. It does nothing for a database that is on that
    /// disk itself.
    ///
    /// # Errors
    ///
    /// The database or the disk failed; what was remembered before stays.
    pub async fn remember(&self) -> Result<(), RememberError> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let (state, keys) = (self.state().await?, self.keys().await?);
        let remembered = Remembered { environment: self.environment.clone(), state, keys };
        let (file, seal) = (shared.server.folder.join(FILE), self.secret.derive(SEAL));
        let failed = |source| RememberError::File { file: file.clone(), source };
        let own = file.clone();
        let written = tokio::task::spawn_blocking(move || write(&own, &seal, &remembered)).await;
        written.map_err(io::Error::other).flatten().map_err(failed)
    }
}

/// What is remembered in a folder; none, in words, when that is nothing whole.
pub(crate) fn recall(folder: &Path, secret: &Secret) -> Result<Remembered, String> {
    let file = folder.join(FILE);
    let mut bytes = Vec::new();
    let read = File::open(&file).and_then(|opened| opened.take(MOST_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| format!("`{}`: {error}", file.display()))?;
    let sealed = bytes.split_last_chunk().filter(|(json, seal)| {
        // Compared in constant time.
        blake3::keyed_hash(&secret.derive(SEAL), json) == blake3::Hash::from_bytes(**seal)
    });
    let (json, _) = sealed.ok_or_else(|| format!("`{}` is damaged, or another server's", file.display()))?;
    let written: Written = serde_json::from_slice(json).map_err(|error| format!("`{}`: {error}", file.display()))?;
    written.remembered().ok_or_else(|| format!("`{}` is of another version of Usher", file.display()))
}

/// Writes it whole or not at all, and for nobody but this user, like the secret beside it.
fn write(file: &Path, seal: &[u8; 32], remembered: &Remembered) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(&Written::of(remembered))?;
    let seal = blake3::keyed_hash(seal, &bytes);
    bytes.extend_from_slice(seal.as_bytes());
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut unfinished = NamedTempFile::new_in(folder)?;
    unfinished.write_all(&bytes)?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Deployment, Enabled, KeyHash, KeyKind, KeyScopes, LimitOverrides, ModuleDigest, Snapshot, StoredWorkflow,
        Target, Trial,
    };

    fn remembered() -> Remembered {
        let workflow = |slug: &str, report: Option<&str>, enabled, limits| StoredWorkflow {
            slug: slug.parse().unwrap(),
            digest: ModuleDigest::of(slug.as_bytes()),
            size_bytes: 7,
            report: report.map(str::to_owned),
            enabled,
            limits,
            created_at_ms: 1,
            updated_at_ms: 2,
        };
        let limits = LimitOverrides { fuel: Some(1), deadline_ms: None, memory_bytes: Some(3) };
        let workflows = vec![
            workflow("first", Some("{}"), Enabled::Yes, limits),
            workflow("second", None, Enabled::No, LimitOverrides::default()),
        ];
        let key = |id: &str, kind, ends_at_ms| KeyRecord {
            id: id.to_owned(),
            name: Some("for the edge".parse().unwrap()),
            kind,
            environment: "env_1".to_owned(),
            hash: KeyHash::from_stored(&[7; 32]).unwrap(),
            created_at_ms: 3,
            revoked_at_ms: None,
            ends_at_ms,
        };
        let keys = vec![key("key_1", KeyKind::Secret, None), key("key_2", KeyKind::Admin(KeyScopes::ALL), Some(9))];
        let environment = |id: &str, name: &str| Environment { id: id.to_owned(), name: name.parse().unwrap() };
        let deployment = |id, target, canary| Deployment {
            id,
            target,
            canary,
            shadow: None,
            back_to: Some(1),
            author: "key_1".to_owned(),
            note: Some("for the weekend".to_owned()),
            at_ms: 6,
        };
        let canary = Trial { release: 5, terms: "{}".to_owned() };
        let state = State {
            draft: Snapshot { release: 5, catalog: Some("[plans]".to_owned()), workflows },
            environments: vec![
                (environment("env_1", "live"), deployment(3, Target::Release(4), Some(canary))),
                (environment("env_2", "preview"), deployment(2, Target::Draft, None)),
            ],
            releases: vec![Snapshot { release: 4, catalog: None, workflows: Vec::new() }],
        };
        Remembered { environment: environment("env_1", "live"), state, keys }
    }

    #[test]
    fn what_is_written_is_recalled_by_whoever_has_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, other) = (Secret::draw().unwrap(), Secret::draw().unwrap());
        recall(folder.path(), &secret).unwrap_err();
        let file = folder.path().join(FILE);
        write(&file, &secret.derive(SEAL), &remembered()).unwrap();
        assert_eq!(recall(folder.path(), &secret).unwrap(), remembered());
        recall(folder.path(), &other).unwrap_err();

        let whole = std::fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, damaged).unwrap();
            recall(folder.path(), &secret).unwrap_err();
            std::fs::write(&file, &whole[..at]).unwrap();
            recall(folder.path(), &secret).unwrap_err();
        }
    }
}
