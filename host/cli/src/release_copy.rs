//! A copy of a release, modules and all, of a server or of a data folder.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use usher_bundle::{Digest, DraftWorkflow, LimitOverrides};
use usher_host::SystemClock;
use usher_store::{DatabaseError, DeployError, Enabled, Location, OpenError, Store};

use crate::client::{Call, ClientError};
use crate::config::{ReleaseSource, ServerOptions, Which};

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
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
    #[error(transparent)]
    Deploy(#[from] DeployError),
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

/// What is read of a release.
#[derive(Deserialize)]
struct Release {
    release: u64,
    catalog: String,
    workflows: Vec<Workflow>,
    /// Of what decides there, and of no other.
    #[serde(default = "live")]
    environment: String,
}

#[derive(Deserialize)]
struct Workflow {
    slug: String,
    digest: String,
    enabled: bool,
    limits: LimitOverrides,
}

/// What is read of a release in a list.
#[derive(Deserialize)]
struct Listed {
    number: u64,
}

/// The environment that is meant when none is named.
fn live() -> String {
    "live".to_owned()
}

/// A release, with the bytes of all its modules: what decides in `live` when none is named.
pub(crate) fn copy(source: &ReleaseSource, which: Option<Which>) -> Result<ReleaseCopy, CopyError> {
    match source {
        ReleaseSource::Server(server) => of_server(server, which),
        ReleaseSource::Data(folder) => within(async {
            let store = open(folder).await?;
            let copy = of_store(&store, which).await;
            store.close().await;
            copy
        }),
    }
}

/// Every release there is, and the draft.
pub(crate) fn all(source: &ReleaseSource) -> Result<Vec<Which>, CopyError> {
    let mut all = vec![Which::Draft];
    match source {
        ReleaseSource::Server(server) => {
            let mut before = None;
            loop {
                let page = before.map(|number: u64| format!("&before={number}")).unwrap_or_default();
                let (_, listed) =
                    Call::new(server, "GET", &format!("releases?limit=1000{page}")).ask::<Vec<Listed>>()?;
                let Some(last) = listed.last() else { break };
                before = Some(last.number);
                all.extend(listed.iter().map(|release| Which::Release(release.number)));
            }
        }
        ReleaseSource::Data(folder) => {
            let listed = within(async {
                let store = open(folder).await?;
                let listed = store.releases(None, u32::MAX).await;
                store.close().await;
                Ok(listed?)
            })?;
            all.extend(listed.iter().map(|release| Which::Release(release.number)));
        }
    }
    Ok(all)
}

fn of_server(server: &ServerOptions, which: Option<Which>) -> Result<ReleaseCopy, CopyError> {
    let path = match which {
        None => "release".to_owned(),
        Some(Which::Draft) => "releases/draft".to_owned(),
        Some(Which::Release(number)) => format!("releases/{number}"),
    };
    let (_, found) = Call::new(server, "GET", &path).ask()?;
    let Release { environment, release, catalog, workflows: listed } = found;
    let mut workflows = Vec::with_capacity(listed.len());
    for Workflow { slug, digest, enabled, limits } in listed {
        let module = Call::new(server, "GET", &format!("modules/{digest}")).fetch_bytes("application/wasm")?;
        if Digest::of(&module).to_hex() != digest {
            return Err(CopyError::Replaced { slug, release });
        }
        workflows.push(DraftWorkflow { slug, module, enabled, limits });
    }
    Ok(ReleaseCopy { environment, number: release, catalog, workflows })
}

fn within<T>(work: impl Future<Output = Result<T, CopyError>>) -> Result<T, CopyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(CopyError::Runtime)?.block_on(work)
}

async fn open(folder: &Path) -> Result<Store, CopyError> {
    // Opening one that is not there would make it.
    if !folder.is_dir() {
        return Err(CopyError::NoFolder { folder: folder.to_owned() });
    }
    Ok(Store::open(&Location::Folder(folder.to_owned()), Arc::new(SystemClock)).await?)
}

async fn of_store(store: &Store, which: Option<Which>) -> Result<ReleaseCopy, CopyError> {
    let which = match which {
        Some(which) => which,
        None => {
            let name = &store.environment().name;
            let in_force = store.deployments(name, None, 1).await?.into_iter().next();
            in_force.and_then(|deployment| deployment.target.release()).map_or(Which::Draft, Which::Release)
        }
    };
    let content = match which {
        Which::Draft => store.snapshot().await?,
        Which::Release(number) => {
            let frozen = store.frozen(number).await?;
            frozen.ok_or(DeployError::UnknownRelease { number })?.1
        }
    };
    let mut workflows = Vec::with_capacity(content.workflows.len());
    for stored in content.workflows {
        let (slug, release) = (stored.slug.as_str().to_owned(), content.release);
        let Some(module) = store.module(&stored.digest).await? else {
            return Err(CopyError::Replaced { slug, release });
        };
        let usher_store::LimitOverrides { fuel, deadline_ms, memory_bytes } = stored.limits;
        let limits = LimitOverrides { fuel, deadline_ms, memory_bytes };
        workflows.push(DraftWorkflow { slug, module, enabled: stored.enabled == Enabled::Yes, limits });
    }
    let environment = store.environment().name.to_string();
    let catalog = content.catalog.unwrap_or_default();
    Ok(ReleaseCopy { environment, number: content.release, catalog, workflows })
}
