//! What can be set for `usher bundle`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use usher_bundle::{PublicKey, TrustedKeys};

use super::SourceOptions;

/// Make a release one signed file, and look into such files
///
/// A gateway that embeds Usher goes by bundles, from a path or a URL: see docs/bundles.md. Exit code: 0 when it is done, or the
/// bundle is good; 1 when the bundle is refused; 2 for usage, or a file or a server that cannot be used.
#[derive(Args)]
pub(crate) struct BundleOptions {
    #[command(subcommand)]
    pub(crate) action: BundleAction,
}

#[derive(Subcommand)]
pub(crate) enum BundleAction {
    Keygen(KeygenOptions),
    Create(CreateOptions),
    Verify(VerifyOptions),
    Inspect(InspectOptions),
}

/// Make a signing key, and print the public key that gateways are to trust
///
/// The file is for this user alone, and is never written over. It is PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` makes
/// it, too.
#[derive(Args)]
pub(crate) struct KeygenOptions {
    /// File to write the signing key into
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Make a bundle of a release of a server, or of a data folder
///
/// The same release and the same key make the same bytes.
#[derive(Args)]
pub(crate) struct CreateOptions {
    #[command(flatten)]
    pub(crate) source: SourceOptions,
    /// File of the key to sign with, as `usher bundle keygen` writes it
    #[arg(long, env = "USHER_SIGNING_KEY_FILE", value_name = "FILE")]
    pub(crate) signing_key: PathBuf,
    /// File to write, such as `live.usher`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Who made the release
    #[arg(long)]
    pub(crate) author: Option<String>,
    /// What the release is about
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// When the release was made, such as `2026-07-01T12:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub(crate) created: Option<Timestamp>,
}

/// Say whether a bundle is whole and signed by a trusted key, and its catalog is one
#[derive(Args)]
pub(crate) struct VerifyOptions {
    /// The bundle
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Public key to trust, or a file that has it; repeatable, or separated by commas
    #[arg(long, value_name = "KEY", value_delimiter = ',', required = true, value_parser = public_key)]
    trust: Vec<PublicKey>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show what is in a bundle
///
/// Without `--trust` it is held to be whole, and says by whose key it is signed. That does not make it good: anybody has a key.
#[derive(Args)]
pub(crate) struct InspectOptions {
    /// The bundle
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Public key to trust, or a file that has it; repeatable, or separated by commas
    #[arg(long, value_name = "KEY", value_delimiter = ',', value_parser = public_key)]
    trust: Vec<PublicKey>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl VerifyOptions {
    /// Whose bundles are good.
    pub(crate) fn trusted(&self) -> Option<TrustedKeys> {
        all(&self.trust)
    }
}

impl InspectOptions {
    /// Whose bundles are good, if that was said.
    pub(crate) fn trusted(&self) -> Option<TrustedKeys> {
        all(&self.trust)
    }
}

fn all(keys: &[PublicKey]) -> Option<TrustedKeys> {
    let (first, others) = keys.split_first()?;
    Some(others.iter().fold(TrustedKeys::one(*first), |trusted, key| trusted.and(*key)))
}

/// A key as text, or the one in a file of that name.
fn public_key(text: &str) -> Result<PublicKey, String> {
    text.parse().or_else(|error: usher_bundle::KeyTextError| match std::fs::read_to_string(text) {
        Ok(content) => content.parse().map_err(|error: usher_bundle::KeyTextError| error.to_string()),
        Err(_no_file) => Err(error.to_string()),
    })
}
