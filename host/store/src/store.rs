//! The store itself. What it can do is spread over this crate, one file per thing that is kept.

use std::sync::Arc;

use usher_host::Clock;

use crate::audit::Author;
use crate::connections::Connections;
use crate::environment::Environment;
use crate::integer;
use crate::known_users::KnownUsers;
use crate::lock::FolderLock;
use crate::secret::Secret;
use crate::shared::Shared;
use crate::statement::sql;
use crate::transaction::Transaction;

/// Keeps what an Usher server must not lose. Clones share everything.
///
/// A method that changes something returns when the change is on the disk. When its future is dropped before that, the
/// change has happened or it has not, as if the server had been killed.
///
/// See the [crate's documentation](crate) for an example.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) connections: Connections,
    pub(crate) environment: Environment,
    pub(crate) known_users: Arc<KnownUsers>,
    pub(crate) secret: Arc<Secret>,
    pub(crate) author: Author,
    pub(crate) is_new: bool,
    pub(crate) clock: Arc<dyn Clock>,
    /// None for a database that this server has for itself.
    pub(crate) shared: Option<Arc<Shared>>,
    // The last field, so that the connections go before it.
    pub(crate) _lock: Option<Arc<FolderLock>>,
}

impl Store {
    /// Returns whether opening created this store.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Returns the environment `live`, which is as old as the database.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the server's secret, which is as old as the database. Servers of one database have the same.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Waits for everything under way in this store and its clones, and closes it; clones can do nothing afterwards.
    ///
    /// A store that is dropped without this loses nothing either. It only leaves the database a log to go through when
    /// it is opened next.
    pub async fn close(self) {
        self.known_users.close();
        self.connections.close().await;
    }

    /// Begins a change of rows that do not depend on others. Until it is committed nothing of it is visible, and dropping it
    /// undoes it.
    pub(crate) async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.connections.begin_change().await
    }

    /// Begins a change that looks at what is there before it: of the draft, of what is deployed, of the keys. All of these come one after the
    /// other, whichever server makes them.
    ///
    /// INVARIANT: this lock is the first that a change takes, so no two changes wait for each other.
    pub(crate) async fn begin_in_turn(&self) -> Result<Transaction, sqlx::Error> {
        let mut change = self.begin().await?;
        if let Transaction::Postgres(_) = change {
            sql("SELECT id FROM draft FOR UPDATE").fetch_one(&mut change).await?;
        }
        Ok(change)
    }

    /// Gives the draft the next number for a change of the catalog or the workflows, and commits both as one.
    pub(crate) async fn commit_draft(&self, mut change: Transaction) -> Result<u64, sqlx::Error> {
        let row = sql("UPDATE draft SET number = number + 1 RETURNING number").fetch_one(&mut change).await?;
        let number = integer::read(row.get("number")?)?;
        self.tell_of_draft(&mut change, number).await?;
        change.commit().await?;
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sqlx::query;
    use usher_host::SystemClock;

    use super::Store;
    use crate::connections::Connections;
    use crate::{Enabled, LimitOverrides, Location, ModuleDigest, NewDeployment, Target};

    const LARGE: &[u8] = &[1; 1 << 20];

    #[tokio::test]
    async fn a_full_disk_loses_nothing_and_may_be_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        let store = Store::open(&location, Arc::new(SystemClock)).await.unwrap();
        let Connections::Sqlite(connections) = &store.connections else { panic!("expected a file") };
        let put = async |wasm: &[u8]| {
            let slug = "trial".parse().unwrap();
            store.put_workflow(&slug, wasm, Enabled::Yes, LimitOverrides::default()).await
        };
        put(b"small").await.unwrap();
        let before = store.snapshot().await.unwrap();

        for _ in 0..3 {
            // The disk seems to be full to this connection.
            query("PRAGMA max_page_count = 1").execute(&connections.writer).await.unwrap();
            let error = put(LARGE).await.unwrap_err();
            assert!(error.to_string().contains("free space"), "{error}");
            assert_eq!(store.snapshot().await.unwrap(), before);
        }

        query("PRAGMA max_page_count = 4294967294").execute(&connections.writer).await.unwrap();
        assert_eq!(put(LARGE).await.unwrap(), before.release + 1);
        assert_eq!(store.module(&ModuleDigest::of(LARGE)).await.unwrap().unwrap(), LARGE);
    }

    #[tokio::test]
    async fn a_full_disk_makes_no_release_and_deploys_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        let store = Store::open(&location, Arc::new(SystemClock)).await.unwrap();
        let Connections::Sqlite(connections) = &store.connections else { panic!("expected a file") };
        let large = "x".repeat(1 << 20);
        store.put_catalog(&large).await.unwrap();
        let (state, note) = (store.state().await.unwrap(), Some(large.as_str()));
        let deploy = async |note| {
            let environment = &store.environment().name;
            let replaces = store.deployments(environment, None, 1).await.unwrap().remove(0).id;
            let (target, goes_back) = (Target::Draft, false);
            let new = NewDeployment { environment, target, canary: None, shadow: None, goes_back, replaces, note };
            store.deploy(&new).await
        };
        let fill = async || query("PRAGMA max_page_count = 1").execute(&connections.writer).await.unwrap();
        fill().await;
        let error = store.create_release(None, None).await.unwrap_err();
        assert!(error.to_string().contains("free space"), "{error}");
        fill().await;
        let error = deploy(note).await.unwrap_err();
        assert!(error.to_string().contains("free space"), "{error}");
        assert_eq!((store.state().await.unwrap(), store.releases(None, 9).await.unwrap()), (state, Vec::new()));

        query("PRAGMA max_page_count = 4294967294").execute(&connections.writer).await.unwrap();
        assert_eq!(store.create_release(None, None).await.unwrap().number, 1);
        deploy(note).await.unwrap();
    }
}
