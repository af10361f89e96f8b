//! A database that other servers have as well: where it is, and what is remembered of it while it is away.

use std::sync::Arc;

use tokio::sync::Mutex;
use usher_host::Clock;

use crate::audit::Author;
use crate::connections::{Connections, PostgresConnections};
use crate::known_users::KnownUsers;
use crate::location::{Place, Server};
use crate::open::OpenError;
use crate::remembered::{Remembered, recall};
use crate::secret::Secret;
use crate::store::Store;

/// What a store has beside a database that others have, too.
pub(crate) struct Shared {
    pub(crate) server: Server,
    /// None when the database was there as the store was opened.
    remembered: Option<Remembered>,
    /// Whether everything has been done that belongs to opening.
    is_settled: Mutex<bool>,
}

impl Shared {
    /// A database that has been opened.
    pub(crate) fn opened(server: &Server) -> Self {
        Self { server: server.clone(), remembered: None, is_settled: Mutex::new(true) }
    }
}

/// Leaves out how the database is reached: the password is part of that.
impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("server", &self.server.name).finish_non_exhaustive()
    }
}

impl Store {
    /// Returns whether other servers may write to this database as well.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Returns what was remembered, if the database was away when this store was opened. Until [`Store::settle`] has succeeded
    /// nothing else is known.
    #[must_use]
    pub fn remembered(&self) -> Option<&Remembered> {
        self.shared.as_ref()?.remembered.as_ref()
    }

    /// Does what belongs to opening, if the database was away then: it is held to be one that this version can use, brought up to
    /// date, and the one that was remembered. It does nothing once that is done.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. It can be tried again.
    pub async fn settle(&self) -> Result<(), OpenError> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let mut is_settled = shared.is_settled.lock().await;
        if *is_settled {
            return Ok(());
        }
        let server = shared.server.clone();
        let opened = Self::open_at(&Place::Server(Box::new(server)), Arc::clone(&self.clock)).await?;
        let found = opened.environment.id.clone();
        opened.close().await;
        if found != self.environment.id {
            let (database, expected) = (shared.server.name.clone(), self.environment.id.clone());
            return Err(OpenError::OtherEnvironment { database, expected, found });
        }
        *is_settled = true;
        Ok(())
    }

    /// A store on a database that is away, with what is remembered of it; none, in words, when nothing is.
    pub(crate) fn without_database(server: &Server, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let secret = Secret::find(&server.secret).map_err(|error| error.to_string())?;
        let secret = secret.ok_or_else(|| format!("there is no `{}`", server.secret.display()))?;
        let remembered = recall(&server.folder, &secret)?;
        let environment = remembered.environment.clone();
        let shared = Shared { server: server.clone(), remembered: Some(remembered), is_settled: Mutex::new(false) };
        Ok(Self {
            connections: Connections::Postgres(PostgresConnections::to(server)),
            environment,
            known_users: KnownUsers::anybody(),
            secret: Arc::new(secret),
            author: Author::default(),
            is_new: false,
            clock,
            shared: Some(Arc::new(shared)),
            _lock: None,
        })
    }
}
