//! Where a release comes from.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{ServerOptions, Which};

/// Which release to take.
#[derive(Args)]
#[command(group = ArgGroup::new("source").args(["data", "url"]).required(true).multiple(true))]
pub(crate) struct SourceOptions {
    /// Where the server is, such as `https://usher.example`
    #[arg(long, env = "USHER_URL")]
    url: Option<String>,
    /// An admin key of the server, with the scope `read`
    #[arg(
        long,
        env = "USHER_ADMIN_KEY",
        value_name = "ADMIN_KEY",
        hide_env_values = true,
        required_unless_present = "data"
    )]
    key: Option<String>,
    /// Data folder of a server that is not running; where it is given, no server is asked
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Number of the release, or `draft`; without it, what decides in `live`
    #[arg(long, value_name = "REL")]
    pub(crate) release: Option<Which>,
}

/// Where a release comes from.
pub(crate) enum ReleaseSource {
    Data(PathBuf),
    Server(ServerOptions),
}

impl SourceOptions {
    /// Where the release comes from.
    pub(crate) fn source(&self) -> ReleaseSource {
        match &self.data {
            Some(folder) => ReleaseSource::Data(folder.clone()),
            None => ReleaseSource::Server(ServerOptions {
                // Both are there: without a folder they are required.
                url: self.url.clone().unwrap_or_default(),
                key: self.key.clone().unwrap_or_default(),
            }),
        }
    }
}
