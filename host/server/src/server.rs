//! The server: from what is stored to doors that are open, and back to doors that are closed.

use std::collections::HashSet;
use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use usher_host::{
    Admissions, ArtifactFolder, CatalogError, Clock, CompileCache, Host, KeyError, Sandbox, SandboxConfig, SetupError,
};
use usher_store::{Author, DatabaseError, FirstKeys, Store};

use crate::app::App;
use crate::blueprint::BuildError;
use crate::config::{Patience, ServerConfig};
use crate::connections::Serving;
use crate::environments::{Environments, InForce, Running};
use crate::fleet::{self, Freshness};
use crate::keys::KeyRing;
use crate::metrics::Metrics;
use crate::publish::{Change, Loaded, PublishError, Publisher};
use crate::rollout::{self, OnTrial};
use crate::routes::Doors;
use crate::unknown_slugs::OnUnknownSlugs;

/// What the seal of artifacts is derived from the server's secret for.
const SEAL: &str = "usher 2026 seal of artifacts";
/// How long requests under way may take to end once the server is asked to, beyond a decision's own deadline: time for
/// slow networks.
const GRACE: Duration = Duration::from_secs(10);

/// Usher, ready to be asked: what is deployed decides, the keys are known.
///
/// See the [crate's documentation](crate) for an example.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    patience: Patience,
    connections: usize,
    grace: Duration,
}

/// Says why a server did not start. The operator's move. Nothing that is stored has been changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// This machine lacks what the sandbox needs.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database was changed by somebody else.
    #[error(
        "the database: expected the environment `live`, found no environment; the operator has to restore a backup"
    )]
    NoEnvironment,
    /// The stored catalog is not one that this version reads.
    #[error(
        "a stored catalog: expected one that this version of Usher reads; the operator has to run the version that wrote it"
    )]
    Catalog {
        /// What is wrong with it.
        #[from]
        source: CatalogError,
    },
    /// A public key of the stored catalog cannot be used by this version.
    #[error(
        "a stored catalog: expected keys that this version of Usher reads; the operator has to run the version that wrote it"
    )]
    Key {
        /// What is wrong with it.
        #[from]
        source: KeyError,
    },
}

impl Server {
    /// Makes what is stored live, or, where a database that several servers have cannot be reached, what this one remembers of it. A
    /// stored workflow that does not load is logged, and reported by `/readyz`; the others
    /// decide without it.
    ///
    /// Needs a Tokio runtime with its timer and its I/O on.
    ///
    /// # Errors
    ///
    /// See [`StartError`].
    pub async fn start(store: Store, clock: Arc<dyn Clock>, config: ServerConfig) -> Result<Self, StartError> {
        let seal = store.secret().derive(SEAL);
        let artifacts = config.artifacts.map(|folder| ArtifactFolder::new(folder, seal));
        // Nothing is compiled in this process.
        let compile_cache = CompileCache::Memory { bytes: 0 };
        let kept_ready = config.kept_ready;
        let sandbox = SandboxConfig { artifacts, compile_cache, kept_ready, ..SandboxConfig::default() };
        let sandbox = Arc::new(Sandbox::new(&sandbox)?);
        let admissions = Arc::new(Admissions::new(Arc::clone(&sandbox), config.admission));
        let freshness = Arc::new(Freshness::of(&store));
        let state = match store.remembered() {
            None => store.state().await?,
            Some(remembered) => {
                tracing::warn!("the database cannot be reached; what this server remembers of it is live");
                remembered.state.clone()
            }
        };
        // What an older release needs, a rollback will need. Without the database nobody knows what that is.
        if store.remembered().is_none() {
            let kept: HashSet<_> = store.modules().await?.into_iter().collect();
            sandbox.forget_all_but(&|digest| digest.parse().is_ok_and(|digest| kept.contains(&digest)));
        }
        let loaded = Loaded::of(state, &[], &store, &admissions).await;
        let (first, in_force) = loaded.first().ok_or(StartError::NoEnvironment)?;
        let mut host = Host::new(sandbox, in_force.blueprint.build()?)
            .with_user_data(Arc::new(store.clone()))
            .with_clock(Arc::clone(&clock))
            .with_deadline(config.decision_deadline)
            .with_crawler_ranges(config.crawler_ranges);
        if let Some(geography) = config.geography {
            host = host.with_geography(geography);
        }
        // What is tried beside it begins with the rest.
        let in_force = InForce { on_trial: OnTrial::default(), ..in_force };
        let environments = Arc::new(Environments::new(Running::new(first, host, in_force)));
        let metrics = Metrics::new(Arc::clone(&environments), Arc::clone(&freshness));
        let publisher = Publisher::new(store.clone(), Arc::clone(&admissions), Arc::clone(&environments), loaded)?;
        let keys = KeyRing::read(store.clone(), clock, config.rate_limit).await?;
        let (keys, publisher) = (Arc::new(keys), Arc::new(publisher));
        let (body_patience, trusted_proxies) = (config.patience.body, config.trusted_proxies);
        let app = App {
            environments,
            keys,
            admissions,
            publisher,
            store,
            metrics,
            freshness,
            body_patience,
            trusted_proxies,
        };
        Ok(Self {
            app: Arc::new(app),
            patience: config.patience,
            connections: config.connections,
            grace: config.decision_deadline.saturating_add(GRACE),
        })
    }

    /// Creates one key of each kind, unless there has ever been a key.
    ///
    /// # Errors
    ///
    /// The database or the system's source of randomness failed; there is then no new key.
    pub async fn create_first_keys(&self) -> Result<Option<FirstKeys>, usher_store::KeyError> {
        self.app.keys.create_first().await
    }

    /// Puts a catalog into the draft, unless it is there already, and returns the draft's number. It is live then wherever the
    /// draft is followed.
    ///
    /// # Errors
    ///
    /// The catalog has problems, lacks a plan that the one before has and an enabled workflow can return, or could not be
    /// stored. The one before stays live.
    pub async fn publish_catalog(&self, text: &str) -> Result<u64, PublishError> {
        let draft = self.app.publisher.draft();
        if draft.catalog.as_deref() == Some(text) {
            return Ok(draft.number);
        }
        let change = Change::Catalog { text: text.to_owned(), on_unknown: OnUnknownSlugs::Refuse };
        let published = self.app.publisher.publish(Author::CommandLine, change).await?;
        Ok(published.release)
    }

    /// Serves until `shutdown` is ready, then finishes what is under way: no new connection is accepted, and a request
    /// that is being answered gets its answer, unless it takes ten seconds longer than a decision may. A change under way
    /// is finished even when whoever asked for it is gone.
    ///
    /// # Errors
    ///
    /// The listener cannot be used.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self { app, patience, connections, grace } = self;
        let doors = Arc::new(Doors::of(Arc::clone(&app)));
        let serving = Serving { doors, patience, most: connections, grace };
        let following = tokio::spawn(fleet::follow(Arc::clone(&app)));
        let watching = tokio::spawn(rollout::watch(Arc::clone(&app)));
        let publisher = Arc::clone(&app.publisher);
        let preparing = tokio::spawn(async move { publisher.prepare_rollbacks().await });
        let served = serving.serve(listener, shutdown).await;
        following.abort();
        watching.abort();
        preparing.abort();
        // What is made again is read with what is about to be closed.
        for running in app.environments.all().iter() {
            if let Some(shadow) = running.host.shadow() {
                running.host.end_shadow(&shadow);
            }
        }
        served?;
        app.publisher.finish().await;
        app.keys.finish().await;
        app.store.clone().close().await;
        Ok(())
    }
}

impl From<BuildError> for StartError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Catalog(source) => Self::Catalog { source },
            BuildError::Key(source) => Self::Key { source },
        }
    }
}
