//! What can be set: flags first, then the environment, then the default. This is the one place that knows.

mod backup;
mod bench;
mod bundle;
mod compat;
mod keys;
mod new;
mod release;
mod rollout;
mod source;
mod typegen;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};
use ipnetwork::IpNetwork;
use usher_sandbox::Limits;
use usher_server::ServerConfig;
use usher_store::WorkflowSlug;

pub(crate) use backup::{ExportOptions, ImportOptions};
pub(crate) use bench::BenchOptions;
pub(crate) use bundle::{BundleAction, BundleOptions, CreateOptions, InspectOptions, KeygenOptions, VerifyOptions};
pub(crate) use compat::CompatOptions;
pub(crate) use keys::{Asked, KeysAction, KeysOptions};
pub(crate) use new::NewOptions;
pub(crate) use release::{
    DeployOptions, EnvironmentsAction, EnvironmentsOptions, ReleaseAction, ReleaseOptions, RollbackOptions, Which,
};
pub(crate) use rollout::{
    BoundsOptions, CanaryAction, CanaryOptions, Place, ShadowAction, ShadowOptions, SplitOptions,
};
pub(crate) use source::{ReleaseSource, SourceOptions};
pub(crate) use typegen::{CatalogSource, TypegenOptions};

// Nothing here that may hold a key or a password has `Debug`.

/// Decides, on every request, which plans a user holds: by rules that are programs.
#[derive(Parser)]
#[command(name = "usher", version)]
pub(crate) struct Usher {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Serve(ServeOptions),
    New(NewOptions),
    Check(CheckOptions),
    Run(RunOptions),
    Bench(BenchOptions),
    Push(PushOptions),
    Release(ReleaseOptions),
    Deploy(DeployOptions),
    Rollback(RollbackOptions),
    Canary(CanaryOptions),
    Shadow(ShadowOptions),
    Environments(EnvironmentsOptions),
    Keys(KeysOptions),
    Bundle(BundleOptions),
    Compat(CompatOptions),
    Export(ExportOptions),
    Import(ImportOptions),
    Explain(ExplainOptions),
    Typegen(TypegenOptions),
}

impl Usher {
    /// Reads the command line, or ends the process with what is wrong with it.
    pub(crate) fn read() -> Self {
        let matches = Self::command().get_matches();
        let read = TypegenOptions::check(&matches).and_then(|()| Self::from_arg_matches(&matches));
        read.unwrap_or_else(|error| error.format(&mut Self::command()).exit())
    }
}

/// Serve decisions and the admin API
///
/// A new database gets one secret, one public and one admin key, printed once to standard output as `USHER_…=` lines
/// after the `USHER_URL=` line that every start prints. Logs go to standard error. Ctrl-C or SIGTERM ends it gracefully.
/// Compiled code is kept in the folders `artifacts` and `compile-cache` beside the database, or in the data folder when that is
/// elsewhere; they can be removed at any time, and whoever may write there must be trusted as this program is.
///
/// Several servers may have one PostgreSQL database, each with a data folder of its own and the same `secret.key` in it: what one
/// of them changes is live on all.
#[derive(Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "USHER_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8460")]
    pub(crate) listen: SocketAddr,
    /// Folder that keeps everything, or beside PostgreSQL the secret and compiled code; made if it is missing
    #[arg(long, env = "USHER_DATA", value_name = "DIR", default_value = "./usher-data")]
    pub(crate) data: PathBuf,
    /// Database that keeps everything else: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, env = "USHER_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Catalog to put into the draft at start, if it differs from the one there
    #[arg(long, env = "USHER_CATALOG", value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
    /// Milliseconds that one decision may take, whatever its workflows do
    #[arg(long, env = "USHER_DECISION_DEADLINE_MS", value_name = "MS",
        default_value_t = millis(ServerConfig::default().decision_deadline),
        value_parser = value_parser!(u64).range(1..=10_000))]
    decision_deadline_ms: u64,
    /// Requests that one key may make in a second; 0 is no limit
    #[arg(long, env = "USHER_RATE_LIMIT", value_name = "N", default_value_t = 10_000)]
    rate_limit: u32,
    /// Modules kept ready to run that nobody has asked yet; beyond these, the first request waits until its own are
    #[arg(long, env = "USHER_KEPT_READY", value_name = "N", default_value_t = ServerConfig::default().kept_ready)]
    pub(crate) kept_ready: usize,
    /// Database of places (`.mmdb`), for visitors of whom only the address is known
    #[arg(long, env = "USHER_GEOGRAPHY", value_name = "FILE.mmdb")]
    pub(crate) geography: Option<PathBuf>,
    /// Addresses by which a crawler proves who it is, as its operator publishes them; repeatable, or separated by commas
    #[arg(long, env = "USHER_CRAWLER_RANGES", value_name = "PRODUCT=FILE", value_delimiter = ',',
        value_parser = product_file)]
    pub(crate) crawler_ranges: Vec<(String, PathBuf)>,
    /// Proxy whose `X-Forwarded-For` and country headers are believed; repeatable, or separated by commas
    #[arg(long, env = "USHER_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<IpNetwork>,
    /// How log lines look
    #[arg(long, env = "USHER_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// How much is logged
    #[arg(long, env = "USHER_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub(crate) log_level: LogLevel,
}

impl ServeOptions {
    /// Time that one decision may take.
    pub(crate) fn decision_deadline(&self) -> Duration {
        Duration::from_millis(self.decision_deadline_ms)
    }

    /// Requests that one key may make in a second.
    pub(crate) fn rate_limit(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.rate_limit)
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For machines, one object a line
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// What went wrong
    Error,
    /// And what looks wrong
    Warn,
    /// And what changed
    Info,
    /// And every request
    Debug,
}

/// Say whether a workflow would be admitted, and why not
///
/// Exit code: 0 admitted, 1 refused, 2 usage or a file that cannot be read.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// The workflow: a WebAssembly component
    #[arg(value_name = "FILE.wasm")]
    pub(crate) module: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Run a workflow once on a request from a file, in the production sandbox
///
/// The request file is JSON; everything in it is optional. Without an `instant`, the decision is made for
/// 2026-01-01T00:00:00Z, so that a run can be repeated. Exit code: 0 when the outcome is ok, 1 when it is another, 2 for
/// usage, a request file that cannot be used, or a module that is refused.
///
/// With `--request -`, each line of standard input is a request, and is answered with one line of JSON; one that cannot be
/// used is answered with the outcome `bad-request`. The exit code is then 0 at the end of the input.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// The workflow: a WebAssembly component
    #[arg(value_name = "FILE.wasm")]
    pub(crate) module: PathBuf,
    /// The request to run it on; `-` for many, one a line, from standard input
    #[arg(long, value_name = "FILE.json")]
    pub(crate) request: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}

/// What the run may use, where it differs from the default.
#[derive(Debug, Args)]
pub(crate) struct LimitOptions {
    /// Units of work it may do
    #[arg(long, value_name = "N", default_value_t = Limits::default().fuel)]
    fuel: u64,
    /// Milliseconds it may take
    #[arg(long, value_name = "N", default_value_t = millis(Limits::default().deadline),
        value_parser = value_parser!(u64).range(1..=600_000))]
    deadline_ms: u64,
    /// Bytes of memory it may have
    #[arg(long, value_name = "N", default_value_t = Limits::default().memory_bytes)]
    memory_bytes: usize,
}

impl LimitOptions {
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            fuel: self.fuel,
            deadline: Duration::from_millis(self.deadline_ms),
            memory_bytes: self.memory_bytes,
            ..Limits::default()
        }
    }
}

/// Upload a workflow to a server, where it becomes live at once
///
/// Exit code: 0 when it is live, 1 when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct PushOptions {
    /// The workflow: a WebAssembly component
    #[arg(value_name = "FILE.wasm")]
    pub(crate) module: PathBuf,
    /// Name to upload it under; one that is there already is replaced
    #[arg(long)]
    pub(crate) slug: WorkflowSlug,
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Upload it without letting it take part in decisions
    #[arg(long)]
    pub(crate) disabled: bool,
    /// Upload it even if it can return plans that the catalog does not have
    #[arg(long)]
    pub(crate) allow_unknown_slugs: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show one user: which plans they hold now and why, and everything that is kept of them
///
/// A request file supposes what the user asks and from where: JSON with `http`, `cloudflare`, `fastly`, `resource` as the
/// decision API takes them, and `jwtClaims`; without it nothing of the kind is known. Exit code: 0 when it is shown, 1
/// when it is not, 2 for usage.
#[derive(Args)]
pub(crate) struct ExplainOptions {
    /// The user's identifier
    #[arg(long, value_name = "ID")]
    pub(crate) user: String,
    /// The identifier is that of an anonymous visitor
    #[arg(long)]
    pub(crate) anonymous: bool,
    /// What the user is supposed to ask
    #[arg(long, value_name = "FILE.json")]
    pub(crate) request: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The language of an author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// TypeScript
    Ts,
    /// Rust
    Rust,
}

/// Which server to ask.
#[derive(Args)]
pub(crate) struct ServerOptions {
    /// Where the server is, such as `https://usher.example`
    #[arg(long, env = "USHER_URL")]
    pub(crate) url: String,
    /// An admin key of the server
    #[arg(long, env = "USHER_ADMIN_KEY", value_name = "ADMIN_KEY", hide_env_values = true)]
    pub(crate) key: String,
}

fn product_file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((product, file)) if !product.is_empty() && !file.is_empty() => Ok((product.to_owned(), file.into())),
        _ => Err("expected a product and a file, such as `Googlebot=googlebot.json`".to_owned()),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
