//! `usher typegen`: a catalog's plans and features as types, so that a compiler finds the slug that is misspelt.

mod file;
mod names;
mod rust;
mod source;
mod text;
mod typescript;

use std::path::Path;
use std::process::ExitCode;

use usher_decision::Catalog;

use crate::config::{Language, TypegenOptions};
use crate::output::{self, OutputError};
use file::{FileError, Found, TypesFile};
use names::NamesError;
use source::SourceError;

/// What every file of types begins with, so that nobody mends it by hand.
const HEAD: &str = "// Written by `usher typegen` from the catalog; run it again instead of editing.\n";

/// Why there are no types.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TypegenError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Names(#[from] NamesError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Writes or checks the types of a catalog.
pub(crate) fn typegen(options: &TypegenOptions) -> Result<ExitCode, TypegenError> {
    let file = options.out.as_deref().map(|path| TypesFile::new(path, options.lang)).transpose()?;
    let catalog = source::read(&options.source())?;
    let types = types(&catalog, options.lang)?;
    let Some(file) = file else {
        output::text(&types)?;
        return Ok(ExitCode::SUCCESS);
    };
    let (said, code) = match (file.compare(&types)?, options.check) {
        (Found::Same, _) => (format!("`{}` is up to date\n", file.path.display()), ExitCode::SUCCESS),
        (_, false) => {
            file.write(&types)?;
            (written(file.path, &catalog), ExitCode::SUCCESS)
        }
        (found, true) => (stale(&found, file.path, options), ExitCode::from(crate::FAILED)),
    };
    output::text(&said)?;
    Ok(code)
}

fn types(catalog: &Catalog, language: Language) -> Result<String, NamesError> {
    match language {
        Language::Ts => Ok(typescript::types(catalog)),
        Language::Rust => rust::types(catalog),
    }
}

fn written(path: &Path, catalog: &Catalog) -> String {
    format!("`{}` is written: {} plans, {} features\n", path.display(), catalog.plans().len(), catalog.features().len())
}

/// What is wrong with a file, and what mends it.
fn stale(found: &Found, path: &Path, options: &TypegenOptions) -> String {
    let what = match found {
        Found::Missing => "is missing".to_owned(),
        Found::Other(difference) => format!("is not up to date: {difference}"),
        Found::Same => "is up to date".to_owned(),
    };
    format!("`{}` {what}\nrun: {}\n", path.display(), options.command_line())
}
