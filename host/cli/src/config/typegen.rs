//! What can be set for `usher typegen`.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgGroup, ArgMatches, Args, ValueEnum};

use super::{Language, ServerOptions};

/// Write the plans and features of a catalog as types, for workflows to be checked against
///
/// The catalog is that of a file or of a server. TypeScript gets plans and features, as a declaration file that counts as
/// soon as it is part of the project, beside the package `usher-workflow`. Rust gets the plans alone, as `enum Plan` in a
/// file for `mod plans;`: features are evaluated after workflows, which see nothing of them. Exit code: 0 when the types
/// are written, or are up to date; 1 when `--check` finds that they are not; 2 for usage, or a catalog or a file that
/// cannot be used.
#[derive(Args)]
#[command(group = ArgGroup::new("source").args(["catalog", "url"]).required(true).multiple(true))]
pub(crate) struct TypegenOptions {
    /// Language to write the types in
    #[arg(long)]
    pub(crate) lang: Language,
    /// Catalog file to read; where it is given, no server is asked
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// Where the server is whose live catalog to read, such as `https://usher.example`
    #[arg(long, env = "USHER_URL")]
    url: Option<String>,
    /// An admin key of the server
    #[arg(
        long,
        env = "USHER_ADMIN_KEY",
        value_name = "ADMIN_KEY",
        hide_env_values = true,
        required_unless_present = "catalog"
    )]
    key: Option<String>,
    /// File to write, such as `usher.d.ts` or `src/plans.rs`; without it the types are printed
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write nothing, and say whether the file is up to date
    #[arg(long, requires = "out")]
    pub(crate) check: bool,
}

/// Where a catalog comes from.
pub(crate) enum CatalogSource {
    File(PathBuf),
    Server(ServerOptions),
}

impl TypegenOptions {
    /// Where the catalog comes from: a flag outweighs the environment.
    pub(crate) fn source(&self) -> CatalogSource {
        match &self.catalog {
            Some(file) => CatalogSource::File(file.clone()),
            None => CatalogSource::Server(ServerOptions {
                // Both are there: without a file they are required.
                url: self.url.clone().unwrap_or_default(),
                key: self.key.clone().unwrap_or_default(),
            }),
        }
    }

    /// The command line that writes what `--check` looked for. No key is in it.
    pub(crate) fn command_line(&self) -> String {
        let lang = self.lang.to_possible_value();
        let lang = lang.as_ref().map_or_else(String::new, |value| value.get_name().to_owned());
        let source = match self.source() {
            CatalogSource::File(file) => format!("--catalog {}", shell_word(&file.to_string_lossy())),
            CatalogSource::Server(server) => format!("--url {} --key ADMIN_KEY", shell_word(&server.url)),
        };
        let out = self.out.as_deref().map(|path| shell_word(&path.to_string_lossy())).unwrap_or_default();
        format!("usher typegen --lang {lang} {source} --out {out}")
    }

    /// Refuses two sources. To the parser's own check, a variable that is set counts as much as a flag.
    pub(super) fn check(matches: &ArgMatches) -> Result<(), clap::Error> {
        let Some(("typegen", matches)) = matches.subcommand() else { return Ok(()) };
        let flag = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
        match flag("catalog") && (flag("url") || flag("key")) {
            true => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                "the catalog is that of `--catalog FILE` or that of `--url URL --key ADMIN_KEY`; expected one of them\n",
            )),
            false => Ok(()),
        }
    }
}

/// A text as one word of a command line.
fn shell_word(text: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./:=@%+,".contains(char);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
