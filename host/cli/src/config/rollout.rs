//! What can be set for `usher canary` and `usher shadow`.

use clap::{Args, Subcommand};
use usher_host::Share;
use usher_store::EnvironmentName;

use super::Asked;

/// Have a release decide for a part of the users first
///
/// Who is in is the same on every server and after every start, and a larger share takes nobody out. A canary that departs from the
/// release beside it, in what fails, what is degraded, the fuel that it takes or who holds which plan, is ended by the server, and
/// `usher environments history` says why. Exit code: 0 when it is done, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct CanaryOptions {
    #[command(subcommand)]
    pub(crate) action: CanaryAction,
}

#[derive(Subcommand)]
pub(crate) enum CanaryAction {
    /// Begin with a canary beside the release that is in force, or with another one
    Start {
        /// Number of its release
        #[arg(value_name = "REL")]
        release: u64,
        #[command(flatten)]
        split: SplitOptions,
        #[command(flatten)]
        bounds: BoundsOptions,
        /// Decide by it even if workflows can return plans that its catalog does not have
        #[arg(long)]
        allow_unknown_slugs: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Have it decide for another share of the users
    Share {
        /// Percent of the users, such as `20` or `0.25`
        #[arg(long, value_name = "PERCENT")]
        percent: Share,
        #[command(flatten)]
        place: Place,
    },
    /// Have it decide for everybody
    Promote {
        #[command(flatten)]
        place: Place,
    },
    /// Have it decide for nobody
    End {
        #[command(flatten)]
        place: Place,
    },
    /// Show what it has come to on this server, and whether it keeps within its bounds
    Show {
        #[command(flatten)]
        place: Place,
    },
}

/// For whom a canary decides.
#[derive(Args)]
pub(crate) struct SplitOptions {
    /// Percent of the users, such as `10` or `0.25`
    #[arg(long, value_name = "PERCENT", default_value = "0")]
    pub(crate) percent: Share,
    /// Identifier of a user whom it decides for in any case; repeatable, or separated by commas
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) include: Vec<String>,
    /// Identifier of a user whom it does not decide for in any case; repeatable, or separated by commas
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) exclude: Vec<String>,
}

/// How far a canary may depart.
#[derive(Args)]
pub(crate) struct BoundsOptions {
    /// Decisions of each release before anything is said of them; 1000 when nothing is said
    #[arg(long, value_name = "N")]
    pub(crate) least_decisions: Option<u64>,
    /// Points by which more decisions may have a workflow that failed; 1 when nothing is said
    #[arg(long, value_name = "PERCENT")]
    pub(crate) more_failed: Option<Share>,
    /// Points by which more decisions may be degraded; 1 when nothing is said
    #[arg(long, value_name = "PERCENT")]
    pub(crate) more_degraded: Option<Share>,
    /// The fuel that 99 of 100 decisions may take, in percent of what it is beside it; 150 when nothing is said
    #[arg(long, value_name = "PERCENT")]
    pub(crate) fuel_percent: Option<u32>,
    /// Points by which more or fewer decisions may hold any one plan; 5 when nothing is said
    #[arg(long, value_name = "PERCENT")]
    pub(crate) plan_change: Option<Share>,
    /// The same for a plan of which something is expected, such as `spring=100`; repeatable, or separated by commas
    #[arg(long, value_name = "PLAN=PERCENT", value_delimiter = ',', value_parser = plan_share)]
    pub(crate) plan: Vec<(String, Share)>,
}

/// Try a release on what is asked, without answering anybody by it
///
/// It makes live decisions again, off their way, within a share of a processor, and says who would gain or lose which plan, and which
/// property would have another value. Exit code: 0 when it is done, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct ShadowOptions {
    #[command(subcommand)]
    pub(crate) action: ShadowAction,
}

#[derive(Subcommand)]
pub(crate) enum ShadowAction {
    /// Begin with a shadow of what is in force, or with another one
    Start {
        /// Number of its release
        #[arg(value_name = "REL")]
        release: u64,
        /// Percent of the decisions that are made again; 100 when nothing is said
        #[arg(long, value_name = "PERCENT")]
        sample: Option<Share>,
        /// Percent of one processor that it may take on each server; 10 when nothing is said
        #[arg(long, value_name = "PERCENT")]
        processor: Option<Share>,
        /// Try it even if workflows can return plans that its catalog does not have
        #[arg(long)]
        allow_unknown_slugs: bool,
        #[command(flatten)]
        place: Place,
    },
    /// End it; what it has found is gone
    End {
        #[command(flatten)]
        place: Place,
    },
    /// Show what it has found on this server: who would gain or lose what
    Show {
        #[command(flatten)]
        place: Place,
    },
}

/// Where something is tried, and why.
#[derive(Args)]
pub(crate) struct Place {
    /// The environment
    #[arg(long, value_name = "NAME")]
    pub(crate) env: EnvironmentName,
    /// What it is for
    #[arg(long)]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) asked: Asked,
}

fn plan_share(text: &str) -> Result<(String, Share), String> {
    let (plan, share) = text.split_once('=').ok_or("expected a plan, `=` and a percentage, such as `spring=100`")?;
    Ok((plan.to_owned(), share.parse().map_err(|error: usher_host::ShareError| error.to_string())?))
}
