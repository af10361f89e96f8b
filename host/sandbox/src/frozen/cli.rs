//! `wasi:cli`: no arguments, no environment, no terminal; standard output and error go to the log; exit is a trap.

use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime::{AsContextMut, StoreContextMut};

use super::io::{InputStream, OutputStream, STDERR, STDOUT};
use super::paid;
use crate::instance::{RunState, Stop, charge_call};

struct TerminalInput;
struct TerminalOutput;

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    let mut environment = linker.instance("wasi:cli/environment@0.2.0")?;
    paid(&mut environment, "get-environment", |_, ()| Ok((Vec::<(String, String)>::new(),)))?;
    paid(&mut environment, "get-arguments", |_, ()| Ok((Vec::<String>::new(),)))?;
    paid(&mut environment, "initial-cwd", |_, ()| Ok((None::<String>,)))?;

    let mut exit = linker.instance("wasi:cli/exit@0.2.0")?;
    exit.func_wrap("exit", |store: StoreContextMut<'_, RunState>, (_,): (Result<(), ()>,)| exit_now(store))?;

    let mut stdin = linker.instance("wasi:cli/stdin@0.2.0")?;
    paid(&mut stdin, "get-stdin", |_, ()| Ok((Resource::<InputStream>::new_own(0),)))?;
    let mut stdout = linker.instance("wasi:cli/stdout@0.2.0")?;
    paid(&mut stdout, "get-stdout", |_, ()| Ok((Resource::<OutputStream>::new_own(STDOUT),)))?;
    let mut stderr = linker.instance("wasi:cli/stderr@0.2.0")?;
    paid(&mut stderr, "get-stderr", |_, ()| Ok((Resource::<OutputStream>::new_own(STDERR),)))?;

    let mut input = linker.instance("wasi:cli/terminal-input@0.2.0")?;
    input.resource("terminal-input", ResourceType::host::<TerminalInput>(), |_, _| Ok(()))?;
    let mut output = linker.instance("wasi:cli/terminal-output@0.2.0")?;
    output.resource("terminal-output", ResourceType::host::<TerminalOutput>(), |_, _| Ok(()))?;
    let mut stdin = linker.instance("wasi:cli/terminal-stdin@0.2.0")?;
    paid(&mut stdin, "get-terminal-stdin", |_, ()| Ok((None::<Resource<TerminalInput>>,)))?;
    let mut stdout = linker.instance("wasi:cli/terminal-stdout@0.2.0")?;
    paid(&mut stdout, "get-terminal-stdout", |_, ()| Ok((None::<Resource<TerminalOutput>>,)))?;
    let mut stderr = linker.instance("wasi:cli/terminal-stderr@0.2.0")?;
    paid(&mut stderr, "get-terminal-stderr", |_, ()| Ok((None::<Resource<TerminalOutput>>,)))
}

/// Ends the run of a workflow that asked to leave.
pub(crate) fn exit_now(store: impl AsContextMut<Data = RunState>) -> wasmtime::Result<()> {
    charge_call(store, 0)?;
    Err(Stop::Exit.into())
}
