//! What can be set for `usher export` and `usher import`.

use std::path::PathBuf;

use clap::Args;
use usher_store::Location;

/// Where a server has its data when nobody says otherwise.
const USUAL_FOLDER: &str = "./usher-data";

/// Write everything that a server has stored into one file
///
/// It is a tar file with everything but the secrets: of API keys it has what is kept of them, which is of use with the server's
/// `secret.key` alone, and that is not in it. Keep that elsewhere. A database in PostgreSQL may be in use meanwhile; the server of a
/// data folder has to be stopped. See docs/backup.md. Exit code: 0 when it is written, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct ExportOptions {
    /// File to write, such as `usher-backup.tar`; it is for this user alone
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: PlaceOptions,
    /// Write it over a file that is there already
    #[arg(long)]
    pub(crate) force: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Read what `usher export` has written into a place where nothing was ever stored
///
/// All of the file is held against its digest before anything is changed, and then everything is there or nothing. Keys go on working
/// when the `secret.key` of the server that was exported has been put into the data folder before. No server may run there meanwhile.
/// See docs/backup.md. Exit code: 0 when it is imported, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct ImportOptions {
    /// File to read
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: PlaceOptions,
    /// Digest that the file has to have, as `usher export` and `sha256sum` print it
    #[arg(long, value_name = "SHA256", value_parser = digest)]
    pub(crate) expect: Option<String>,
    /// Leave out the API keys, whatever secret is there; the next start prints new ones
    #[arg(long)]
    pub(crate) without_keys: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where a server has its data.
#[derive(Args)]
pub(crate) struct PlaceOptions {
    /// Folder that keeps everything, or beside PostgreSQL the secret, where an export needs none
    #[arg(long, env = "USHER_DATA", value_name = "DIR", required_unless_present = "database")]
    data: Option<PathBuf>,
    /// Database that keeps everything else: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, env = "USHER_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
}

impl PlaceOptions {
    /// Where it is.
    pub(crate) fn location(&self) -> Location {
        let folder = self.data.clone().unwrap_or_else(|| USUAL_FOLDER.into());
        match &self.database {
            Some(url) => Location::Url { url: url.clone(), folder },
            None => Location::Folder(folder),
        }
    }
}

/// The digits of a digest.
fn digest(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    let is_digest = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_digest
        .then(|| digits.to_owned())
        .ok_or_else(|| "expected `sha256:` and 64 lowercase hexadecimal digits".to_owned())
}
