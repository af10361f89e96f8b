//! `usher bundle`: a release as one signed file.

mod view;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use usher_bundle::{
    Bundle, Draft, DraftError, KeyFileError, KeyTextError, ReadError, SigningKey, read_whole, write_whole,
};

use crate::config::{BundleAction, BundleOptions, CreateOptions, InspectOptions, KeygenOptions, VerifyOptions};
use crate::output::{self, OutputError};
use crate::release_copy::{self, CopyError, ReleaseCopy};
use view::{BundleView, Trust};

/// Why there is no bundle, or nothing to be said of one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BundleCommandError {
    /// The caller's move.
    #[error("the bundle `{}` cannot be read", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        source: ReadError,
    },
    /// The caller's move.
    #[error("the bundle `{}` cannot be written", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error(transparent)]
    Key(#[from] KeyTextError),
    #[error(transparent)]
    Release(#[from] CopyError),
    #[error(transparent)]
    Draft(#[from] DraftError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Makes a key or a bundle, or looks into one.
pub(crate) fn bundle(options: &BundleOptions) -> Result<ExitCode, BundleCommandError> {
    match &options.action {
        BundleAction::Keygen(options) => keygen(options),
        BundleAction::Create(options) => create(options),
        BundleAction::Verify(options) => verify(options),
        BundleAction::Inspect(options) => inspect(options),
    }
}

fn keygen(options: &KeygenOptions) -> Result<ExitCode, BundleCommandError> {
    let key = SigningKey::generate()?;
    key.write_new(&options.file)?;
    output::text(&format!("{}\n", key.public()))?;
    Ok(ExitCode::SUCCESS)
}

fn create(options: &CreateOptions) -> Result<ExitCode, BundleCommandError> {
    // Before a server is asked, so that a wrong file costs nothing.
    let key = SigningKey::read(&options.signing_key)?;
    let ReleaseCopy { environment, number, catalog, workflows } =
        release_copy::copy(&options.source.source(), options.source.release)?;
    let draft = Draft::new(environment, number, catalog);
    let mut draft = workflows.into_iter().fold(draft, Draft::with_workflow);
    if let Some(author) = &options.author {
        draft = draft.with_author(author);
    }
    if let Some(note) = &options.note {
        draft = draft.with_note(note);
    }
    if let Some(created) = options.created {
        draft = draft.with_created_at_ms(u64::try_from(created.as_millisecond()).unwrap_or_default());
    }
    let bundle = draft.sign(&key)?;
    let path = &options.out;
    write_whole(path, bundle.as_bytes()).map_err(|source| BundleCommandError::Write { path: path.clone(), source })?;
    let release = bundle.release();
    output::text(&format!(
        "bundle `{}`: release {} of `{}`, {} bytes, signed by {}\n",
        path.display(),
        release.number(),
        release.environment(),
        bundle.as_bytes().len(),
        bundle.signer()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn verify(options: &VerifyOptions) -> Result<ExitCode, BundleCommandError> {
    let bytes = read(&options.file)?;
    let opened = match options.trusted() {
        Some(trusted) => Bundle::open(bytes, &trusted),
        // The parser wants at least one key.
        None => Bundle::open_of_anybody(bytes),
    };
    answer(&BundleView::of(opened, Trust::Named), options.json)
}

fn inspect(options: &InspectOptions) -> Result<ExitCode, BundleCommandError> {
    let bytes = read(&options.file)?;
    let (opened, trust) = match options.trusted() {
        Some(trusted) => (Bundle::open(bytes, &trusted), Trust::Named),
        None => (Bundle::open_of_anybody(bytes), Trust::Nobody),
    };
    answer(&BundleView::of(opened, trust), options.json)
}

fn answer(view: &BundleView, json: bool) -> Result<ExitCode, BundleCommandError> {
    match json {
        true => output::json(view)?,
        false => output::text(&view.to_text())?,
    }
    Ok(if view.is_good() { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

fn read(path: &Path) -> Result<Vec<u8>, BundleCommandError> {
    let opened = File::open(path).map_err(ReadError::from).and_then(read_whole);
    opened.map_err(|source| BundleCommandError::File { path: path.to_owned(), source })
}
