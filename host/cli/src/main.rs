//! `usher`: serves decisions, and helps the authors of workflows to check, run and upload them.

mod backup;
mod bench;
mod bundle;
mod check;
mod client;
mod compat;
mod config;
mod deploy;
mod environments;
mod explain;
mod instant;
mod keys;
mod new;
mod output;
mod push;
mod release;
mod release_copy;
mod rollout;
mod run;
mod serve;
mod typegen;

use std::io::Write;
use std::process::ExitCode;

use config::{Command, Usher};
use usher_sandbox::AdmissionWorker;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a command whose one job failed.
const FAILED: u8 = 1;
/// The exit code of a command that could not get as far as its job: usage, or a file that cannot be read.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    if let Some(ended) = AdmissionWorker::take_over() {
        return ended;
    }
    let (ended, otherwise) = match Usher::read().command {
        Command::Serve(options) => (serve::serve(&options).map_err(anyhow::Error::from), FAILED),
        Command::New(options) => (new::new(&options).map_err(anyhow::Error::from), USAGE),
        Command::Check(options) => (check::check(&options).map_err(anyhow::Error::from), USAGE),
        Command::Run(options) => (run::run(&options).map_err(anyhow::Error::from), USAGE),
        Command::Bench(options) => (bench::bench(&options).map_err(anyhow::Error::from), USAGE),
        Command::Explain(options) => (explain::explain(&options).map_err(anyhow::Error::from), FAILED),
        Command::Typegen(options) => (typegen::typegen(&options).map_err(anyhow::Error::from), USAGE),
        Command::Keys(options) => (keys::keys(&options).map_err(anyhow::Error::from), FAILED),
        Command::Bundle(options) => (bundle::bundle(&options).map_err(anyhow::Error::from), USAGE),
        Command::Compat(options) => (compat::compat(&options).map_err(anyhow::Error::from), USAGE),
        Command::Release(options) => (release::release(&options).map_err(anyhow::Error::from), FAILED),
        Command::Deploy(options) => (deploy::deploy(&options).map_err(anyhow::Error::from), FAILED),
        Command::Rollback(options) => (deploy::roll_back(&options).map_err(anyhow::Error::from), FAILED),
        Command::Canary(options) => (rollout::canary(&options).map_err(anyhow::Error::from), FAILED),
        Command::Shadow(options) => (rollout::shadow(&options).map_err(anyhow::Error::from), FAILED),
        Command::Environments(options) => (environments::environments(&options).map_err(anyhow::Error::from), FAILED),
        Command::Export(options) => (backup::export(&options).map_err(anyhow::Error::from), FAILED),
        Command::Import(options) => (backup::import(&options).map_err(anyhow::Error::from), FAILED),
        Command::Push(options) => (push::push(&options).map_err(anyhow::Error::from), FAILED),
    };
    ended.unwrap_or_else(|error| {
        // Nobody is left to tell if even this cannot be written.
        let _unheard = writeln!(std::io::stderr(), "error: {error:#}");
        ExitCode::from(otherwise)
    })
}
