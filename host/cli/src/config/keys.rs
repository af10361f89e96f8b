//! What can be set for `usher keys`.

use clap::{Args, Subcommand, ValueEnum};
use usher_store::{EnvironmentName, KeyScope};

use super::ServerOptions;

/// List, create, rotate and revoke the keys of a server
///
/// The admin key that is given needs the scope `keys`, and makes no admin key that may do more than itself. Exit code: 0
/// when it is done, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct KeysOptions {
    #[command(subcommand)]
    pub(crate) action: KeysAction,
}

#[derive(Subcommand)]
pub(crate) enum KeysAction {
    /// List all keys, revoked ones too
    List {
        #[command(flatten)]
        asked: Asked,
    },
    /// Create a key, which is shown this once
    Create {
        /// What it opens
        #[arg(long)]
        kind: KindName,
        /// Environment whose plans it is told; without it, `live`. Admin keys are for all of them
        #[arg(long, value_name = "NAME")]
        env: Option<EnvironmentName>,
        /// What an admin key may do, such as `workflows`; repeatable, or separated by commas; without it, what the admin key that is given may
        #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',')]
        scopes: Vec<KeyScope>,
        /// What it is for
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        asked: Asked,
    },
    /// Create a key in the place of another, which ends by itself after a while
    Rotate {
        /// Public name of the old key, such as `key_5f0c1d2e3a4b`
        #[arg(value_name = "KEY_ID")]
        id: String,
        /// Seconds for which the old key is good
        #[arg(long, value_name = "N", default_value_t = 86_400)]
        grace_seconds: u64,
        #[command(flatten)]
        asked: Asked,
    },
    /// Revoke a key: it opens nothing any more
    Revoke {
        /// Public name of the key, such as `key_5f0c1d2e3a4b`
        #[arg(value_name = "KEY_ID")]
        id: String,
        #[command(flatten)]
        asked: Asked,
    },
}

/// Whom to ask, and how to print the answer.
#[derive(Args)]
pub(crate) struct Asked {
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindName {
    /// Every question, for back ends
    Secret,
    /// What visitors may know of themselves, for browsers
    Public,
    /// The admin API, as far as its scopes go
    Admin,
}

impl KindName {
    /// The kind as the server calls it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Public => "public",
            Self::Admin => "admin",
        }
    }
}
