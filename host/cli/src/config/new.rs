//! What can be set for `usher new`.

use std::path::PathBuf;

use clap::Args;

use super::Language;

/// Make a project for a workflow, which builds, tests and can be pushed
///
/// It is complete but for what comes from npm or crates.io: the SDK that this binary was built with goes along in
/// `vendor`. The folder has to be new or empty, and its name is the workflow's. Exit code: 0 when the project is there, 2
/// when it is not.
#[derive(Debug, Args)]
pub(crate) struct NewOptions {
    /// Language to write the workflow in
    #[arg(long)]
    pub(crate) lang: Language,
    /// Folder to make, such as `tier`
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}
