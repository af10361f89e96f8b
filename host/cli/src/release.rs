//! A copy of a release, modules and all: the live one of a server, or of a data folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use usher_bundle::{Digest, DraftWorkflow, LimitOverrides};
use usher_host::SystemClock;
use usher_store::{DatabaseError, Enabled, Location, OpenError, Store};

use crate::client::{Call, ClientError, path_segment};
use crate::config::{ReleaseSource, ServerOptions};

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReleaseError {
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The caller's move.
    #[error(
        "workflow `{slug}`: expected the module of release {release}, found another; the release was replaced meanwhile, and the caller has to ask again"
    )]
    Replaced {
        /// Which workflow.
        slug: String,
        /// The release that was begun with.
        release: u64,
    },
    /// The caller's move.
    #[error("data folder `{}`: expected the folder of a server, found none", folder.display())]
    NoFolder {
        /// Which folder.
        folder: PathBuf,
    },
    #[error("this machine gives no threads or timers to read a database with")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Everything that makes a release.
pub(crate) struct ReleaseCopy {
    pub(crate) environment: String,
    pub(crate) number: u64,
    /// The catalog file's text.
    pub(crate) catalog: String,
    /// In the order in which they run.
    pub(crate) workflows: Vec<DraftWorkflow>,
}

/// What is read of a server's live release.
#[derive(Deserialize)]
struct Release {
    environment: String,
    release: u64,
    catalog: String,
    workflows: Vec<Workflow>,
}

#[derive(Deserialize)]
struct Workflow {
    slug: String,
    digest: String,
    enabled: bool,
    limits: LimitOverrides,
}

/// The release, with the bytes of all its modules.
pub(crate) fn copy(source: &ReleaseSource) -> Result<ReleaseCopy, ReleaseError> {
    match source {
        ReleaseSource::Server(server) => of_server(server),
        ReleaseSource::Data(folder) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(ReleaseError::Runtime)?.block_on(of_folder(folder))
        }
    }
}

fn of_server(server: &ServerOptions) -> Result<ReleaseCopy, ReleaseError> {
    let (_, live) = Call::new(server, "GET", "release").ask()?;
    let Release { environment, release, catalog, workflows: listed } = live;
    let mut workflows = Vec::with_capacity(listed.len());
    for Workflow { slug, digest, enabled, limits } in listed {
        let path = format!("workflows/{}/module", path_segment(&slug));
        let module = Call::new(server, "GET", &path).fetch_bytes("application/wasm")?;
        if Digest::of(&module).to_hex() != digest {
            return Err(ReleaseError::Replaced { slug, release });
        }
        workflows.push(DraftWorkflow { slug, module, enabled, limits });
    }
    Ok(ReleaseCopy { environment, number: release, catalog, workflows })
}

async fn of_folder(folder: &Path) -> Result<ReleaseCopy, ReleaseError> {
    // Opening one that is not there would make it.
    if !folder.is_dir() {
        return Err(ReleaseError::NoFolder { folder: folder.to_owned() });
    }
    let store = Store::open(&Location::Folder(folder.to_owned()), Arc::new(SystemClock)).await?;
    let snapshot = store.snapshot().await?;
    let mut workflows = Vec::with_capacity(snapshot.workflows.len());
    for stored in snapshot.workflows {
        let (slug, release) = (stored.slug.as_str().to_owned(), snapshot.release);
        let Some(module) = store.module(&stored.digest).await? else {
            return Err(ReleaseError::Replaced { slug, release });
        };
        let usher_store::LimitOverrides { fuel, deadline_ms, memory_bytes } = stored.limits;
        let limits = LimitOverrides { fuel, deadline_ms, memory_bytes };
        workflows.push(DraftWorkflow { slug, module, enabled: stored.enabled == Enabled::Yes, limits });
    }
    let environment = store.environment().name.clone();
    store.close().await;
    let catalog = snapshot.catalog.unwrap_or_default();
    Ok(ReleaseCopy { environment, number: snapshot.release, catalog, workflows })
}
