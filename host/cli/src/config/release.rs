//! What can be set for `usher release`, `usher deploy`, `usher rollback` and `usher environments`.

use std::str::FromStr;

use clap::{Args, Subcommand};
use usher_store::EnvironmentName;

use super::Asked;

/// Freeze the draft as a release, and look at releases
///
/// What is changed with `usher push` or in the catalog collects in the draft. A release is the draft as it was at one moment, under
/// its number then, and never changes. The admin key needs the scope `read`, to create also `deploy`. Exit code: 0 when it is done,
/// 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct ReleaseOptions {
    #[command(subcommand)]
    pub(crate) action: ReleaseAction,
}

#[derive(Subcommand)]
pub(crate) enum ReleaseAction {
    /// Freeze the draft, and show what is different from the release before
    Create {
        /// What it is for
        #[arg(long)]
        note: Option<String>,
        /// Number that the draft ought to have: nothing is frozen when somebody has changed it meanwhile
        #[arg(long, value_name = "N")]
        draft: Option<u64>,
        #[command(flatten)]
        asked: Asked,
    },
    /// List the releases, the newest first
    List {
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        #[command(flatten)]
        asked: Asked,
    },
    /// Show what is in a release
    Show {
        /// Its number, or `draft`
        #[arg(value_name = "REL")]
        release: Which,
        #[command(flatten)]
        asked: Asked,
    },
    /// Show what is different in a release: plans, properties, workflows
    Diff {
        /// Its number, or `draft`
        #[arg(value_name = "REL")]
        release: Which,
        /// What to compare with: a number, or `draft`; without it, the release before
        #[arg(long, value_name = "REL")]
        from: Option<Which>,
        #[command(flatten)]
        asked: Asked,
    },
}

/// Deploy a release to an environment
///
/// From then on it decides there, on every server of the database. A release that would break is refused, with everything that would:
/// a workflow that does not load, plans that a workflow can return and the catalog does not have. Exit code: 0 when it is in
/// force, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct DeployOptions {
    /// Its number; or `draft`, which decides as it is at any time
    #[arg(value_name = "REL")]
    pub(crate) release: Which,
    /// Where it is to decide
    #[arg(long, value_name = "NAME")]
    pub(crate) env: EnvironmentName,
    /// Deployment that this takes the place of: nothing happens when another one is in force by then
    #[arg(long, value_name = "ID")]
    pub(crate) replaces: Option<u64>,
    /// What it is for
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// Deploy it even if workflows can return plans that its catalog does not have
    #[arg(long)]
    pub(crate) allow_unknown_slugs: bool,
    #[command(flatten)]
    pub(crate) asked: Asked,
}

/// Deploy the release that was in force before
///
/// Each rollback goes back one release further. Exit code: 0 when it is in force, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct RollbackOptions {
    /// Where
    #[arg(long, value_name = "NAME")]
    pub(crate) env: EnvironmentName,
    /// Deployment that this takes the place of: nothing happens when another one is in force by then
    #[arg(long, value_name = "ID")]
    pub(crate) replaces: Option<u64>,
    /// Why
    #[arg(long)]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) asked: Asked,
}

/// List and create environments, and see what was deployed to them
///
/// Each environment has keys of its own: see `usher keys create --env`. What is known of users is the same in all of them. Exit code:
/// 0 when it is done, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct EnvironmentsOptions {
    #[command(subcommand)]
    pub(crate) action: EnvironmentsAction,
}

#[derive(Subcommand)]
pub(crate) enum EnvironmentsAction {
    /// List them, and what decides there
    List {
        #[command(flatten)]
        asked: Asked,
    },
    /// Create one, which follows the draft
    Create {
        /// 1 to 32 lowercase letters, digits and hyphens, the first a letter
        name: EnvironmentName,
        #[command(flatten)]
        asked: Asked,
    },
    /// Show what was deployed to one, by whom and when, the newest first
    History {
        /// Its name
        name: EnvironmentName,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        #[command(flatten)]
        asked: Asked,
    },
}

/// A release by its number, or the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Draft,
    Release(u64),
}

/// Why a text is none of these.
#[derive(Debug, thiserror::Error)]
#[error("expected the number of a release, or `draft`")]
pub(crate) struct NoRelease;

impl FromStr for Which {
    type Err = NoRelease;

    fn from_str(text: &str) -> Result<Self, NoRelease> {
        match text {
            "draft" => Ok(Self::Draft),
            number => number.parse().map(Self::Release).map_err(|_no_number| NoRelease),
        }
    }
}
