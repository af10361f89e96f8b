//! What can be set for `usher compat`.

use clap::Args;

use super::SourceOptions;

/// Say what of a server's releases this program would refuse, before it takes the server's place
///
/// Looked at is what decides in `live`, every other release and the draft, or the one that is named. Every module is admitted by this
/// very program, as it would be at its start, and so is the catalog. Nothing on the server is changed. Exit code: 0 when all of it
/// works, 1 when something does not, 2 for usage, or a server that cannot be asked.
#[derive(Args)]
pub(crate) struct CompatOptions {
    #[command(flatten)]
    pub(crate) source: SourceOptions,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
