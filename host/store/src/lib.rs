//! Keeps everything that an Usher server must not lose: the catalog, the workflows and their modules, the API keys,
//! and what the operator knows of users. This crate alone knows SQL.
//!
//! There are two databases to keep it in. `SQLite` is compiled in, and its file belongs to one server. PostgreSQL is for several
//! servers that are one to their callers: whichever of them is asked, all know the same. Both do the same, which is why every
//! test of this crate runs on both.
//!
//! A change that was answered with success is on the disk: it survives `kill -9`, and a crash leaves what was before or
//! what came after, never something between. Changes that depend on each other are made one after another, while reads go
//! on beside them. What a decision may read, it reads through [`usher_host::UserData`], on connections that the database
//! itself keeps from writing.
//!
//! ```
//! use std::sync::Arc;
//!
//! use usher_host::SystemClock;
//! use usher_store::{Enabled, LimitOverrides, Location, Store, WorkflowSlug};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::open(&Location::Memory, Arc::new(SystemClock)).await?;
//! let slug: WorkflowSlug = "trial".parse()?;
//! store.put_catalog("[plans.premium]").await?;
//! let release = store.put_workflow(&slug, b"\0asm", Enabled::Yes, LimitOverrides::default()).await?;
//!
//! let snapshot = store.snapshot().await?;
//! assert_eq!(snapshot.release, release);
//! let [workflow] = snapshot.workflows.as_slice() else { return Err("expected one workflow".into()) };
//! assert_eq!(store.module(&workflow.digest).await?.as_deref(), Some(b"\0asm".as_slice()));
//! # Ok(())
//! # }
//! ```

mod location;
mod lock;

mod connections;
mod row;
mod statement;
mod transaction;

mod database_error;
mod integer;
mod open;
mod schema;
mod secret;
mod store;

mod audit;
mod environment;
mod random;

mod catalog;
mod changes;
mod deployment;
mod module;
mod release;
mod remembered;
mod shared;
mod snapshot;
mod state;
mod workflow;
mod workflow_slug;

mod key;

mod known_users;
mod user_data;

mod counter;

mod backup;

pub use audit::{AuditEntry, Author};
pub use backup::{Backup, BackupError, BackupPart, BackupSummary, ExportError, ImportError, ImportKeys, Overwrite};
pub use changes::{Changes, News};
pub use counter::{CounterError, IdempotencyKey};
pub use database_error::DatabaseError;
pub use deployment::{DeployError, Deployment, NewDeployment, Target, Trial};
pub use environment::{Environment, EnvironmentError, EnvironmentName, InvalidEnvironmentName};
pub use key::{
    FirstKeys, InvalidKeyName, KeyError, KeyHash, KeyHasher, KeyKind, KeyName, KeyRecord, KeyScope, KeyScopes, NewKey,
    Rotated, UnknownScope,
};
pub use location::Location;
pub use module::{InvalidDigest, ModuleDigest, NewModule};
pub use open::OpenError;
pub use random::RandomnessError;
pub use release::{ReleaseError, ReleaseRecord};
pub use remembered::{RememberError, Remembered};
pub use secret::Secret;
pub use snapshot::{Snapshot, StoredWorkflow};
pub use state::{State, Version};
pub use store::Store;
pub use user_data::{CounterRow, CustomDatum, UserDataError, UserOverview};
pub use workflow::{Enabled, LimitOverrides, WorkflowError};
pub use workflow_slug::{InvalidSlug, WorkflowSlug};
