//! The worker's own side: it reads what it is told, gives up what it does not need, looks at the module, and answers.

use std::error::Error;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;

use super::confine::Confinement;
use super::message::{Answer, Assignment, read_module};
use crate::artifact::Artifact;
use crate::compile_cache::CompileCache;
use crate::engine::{Sandbox, SandboxConfig};
use crate::shortage;

/// How a worker ends that was refused memory: the number of that error (`ENOMEM`).
pub(super) const OUT_OF_MEMORY: u8 = 12;

/// Does the work of one worker.
pub(super) fn work() -> ExitCode {
    match admit() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever asked has this for the log. Nobody is left to tell if even this cannot be written.
            let _unheard = writeln!(io::stderr(), "{}", words(&*error));
            if shortage::is_of_memory(&*error) { OUT_OF_MEMORY.into() } else { ExitCode::FAILURE }
        }
    }
}

fn admit() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut stdin = io::stdin();
    let assignment = Assignment::read(&mut stdin)?;
    let mut confinement = Confinement::begin(&assignment)?;
    let compile_cache = assignment.compile_cache.clone().map_or_else(CompileCache::default, CompileCache::in_folder);
    let sandbox = Sandbox::new(&SandboxConfig { concurrent_runs: 1, compile_cache, ..SandboxConfig::default() })?;
    let asker = start_threads()?;
    confinement.complete(&assignment)?;

    // INVARIANT: from here on, the process has what a module may use up, and no more.
    let module = read_module(&mut stdin)?;
    asker.wait();
    let admission = sandbox.admit(&module);
    let code = admission.verdict.as_ref().map(Artifact::code);
    let verdict = match &code {
        Ok(Ok(code)) => Ok(&**code),
        Ok(Err(error)) => return Err(error.to_string().into()),
        Err(refusal) => Err(*refusal),
    };
    Answer::write(&admission.report, verdict, &confinement.missing, &mut io::stdout().lock())?;
    Ok(())
}

/// Starts the threads that compile, and the one that ends the process with its asker, which waits here until the module has been
/// read. Their stacks are none of the module's memory, and how many processors a machine has is none of its doing.
fn start_threads() -> Result<Arc<Barrier>, Box<dyn Error + Send + Sync>> {
    rayon_core::ThreadPoolBuilder::new().build_global()?;
    let asker = Arc::new(Barrier::new(2));
    let also_asker = Arc::clone(&asker);
    thread::Builder::new().name("usher-asker".to_owned()).spawn(move || {
        also_asker.wait();
        also_asker.wait();
        end_with_asker();
    })?;
    asker.wait();
    Ok(asker)
}

/// An error and what caused it, on one line.
fn words(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", words(source)),
        None => error.to_string(),
    }
}

/// Ends the process when nobody waits for it any more: its standard input ends with whoever asked.
fn end_with_asker() {
    // An error is an end, too; there is nothing more to be heard.
    let _ended = io::stdin().read(&mut [0]);
    std::process::abort();
}
