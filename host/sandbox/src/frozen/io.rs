//! `wasi:io`: streams that end in the log or in nothing, and pollables that are always ready.

use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType};

use super::paid;
use crate::instance::{RunState, charge};
use crate::log::Level;

/// A WASI error; there is none to hold, because no stream here ever fails.
pub(super) struct IoError;
/// Something to wait for. Time stands still, so everything is ready at once.
pub(super) struct Pollable;
/// Standard input: at its end from the start.
pub(super) struct InputStream;
/// Standard output or standard error, told apart by its number.
pub(super) struct OutputStream;

/// The number of standard output's stream.
pub(super) const STDOUT: u32 = 0;
/// The number of standard error's stream.
pub(super) const STDERR: u32 = 1;

/// Bytes that a guest may write at once. Any number will do: what does not fit the log is cut there.
const WRITE_WINDOW: u64 = 64 << 10;
/// Bytes of one line that are kept until its end comes.
const LINE_BYTES: usize = 4 << 10;

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum StreamError {
    #[component(name = "last-operation-failed")]
    // Nothing here fails, so this is never made; the contract names it all the same.
    LastOperationFailed(Resource<IoError>),
    #[component(name = "closed")]
    Closed,
}

type Written = Result<(), StreamError>;

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    let mut error = linker.instance("wasi:io/error@0.2.0")?;
    error.resource("error", ResourceType::host::<IoError>(), |_, _| Ok(()))?;
    paid(&mut error, "[method]error.to-debug-string", |_, (_,): (Resource<IoError>,)| Ok((String::new(),)))?;

    let mut poll = linker.instance("wasi:io/poll@0.2.0")?;
    poll.resource("pollable", ResourceType::host::<Pollable>(), |_, _| Ok(()))?;
    paid(&mut poll, "[method]pollable.ready", |_, (_,): (Resource<Pollable>,)| Ok((true,)))?;
    paid(&mut poll, "[method]pollable.block", |_, (_,): (Resource<Pollable>,)| Ok(()))?;
    paid(&mut poll, "poll", |store, (all,): (Vec<Resource<Pollable>>,)| {
        charge(store, all.len().saturating_mul(size_of::<u32>()))?;
        Ok(((0_u32..).zip(all).map(|(index, _)| index).collect::<Vec<_>>(),))
    })?;

    let mut streams = linker.instance("wasi:io/streams@0.2.0")?;
    link_input(&mut streams)?;
    link_output(&mut streams)
}

fn link_input(streams: &mut LinkerInstance<'_, RunState>) -> wasmtime::Result<()> {
    streams.resource("input-stream", ResourceType::host::<InputStream>(), |_, _| Ok(()))?;
    for name in ["read", "blocking-read"] {
        paid(streams, &format!("[method]input-stream.{name}"), |_, (_, _): (Resource<InputStream>, u64)| {
            Ok((Err::<Vec<u8>, _>(StreamError::Closed),))
        })?;
    }
    for name in ["skip", "blocking-skip"] {
        paid(streams, &format!("[method]input-stream.{name}"), |_, (_, _): (Resource<InputStream>, u64)| {
            Ok((Err::<u64, _>(StreamError::Closed),))
        })?;
    }
    paid(streams, "[method]input-stream.subscribe", |_, (_,): (Resource<InputStream>,)| {
        Ok((Resource::<Pollable>::new_own(0),))
    })
}

fn link_output(streams: &mut LinkerInstance<'_, RunState>) -> wasmtime::Result<()> {
    streams.resource("output-stream", ResourceType::host::<OutputStream>(), |_, _| Ok(()))?;
    paid(streams, "[method]output-stream.check-write", |_, (_,): (Resource<OutputStream>,)| {
        Ok((Ok::<_, StreamError>(WRITE_WINDOW),))
    })?;
    for name in ["write", "blocking-write-and-flush"] {
        paid(
            streams,
            &format!("[method]output-stream.{name}"),
            |mut store, (stream, bytes): (Resource<OutputStream>, Vec<u8>)| {
                write(&mut store, stream.rep(), &bytes)?;
                Ok((Written::Ok(()),))
            },
        )?;
    }
    for name in ["write-zeroes", "blocking-write-zeroes-and-flush"] {
        paid(streams, &format!("[method]output-stream.{name}"), |_, (_, _): (Resource<OutputStream>, u64)| {
            Ok((Written::Ok(()),))
        })?;
    }
    for name in ["splice", "blocking-splice"] {
        paid(
            streams,
            &format!("[method]output-stream.{name}"),
            |_, (_, _, _): (Resource<OutputStream>, Resource<InputStream>, u64)| {
                Ok((Err::<u64, _>(StreamError::Closed),))
            },
        )?;
    }
    for name in ["flush", "blocking-flush"] {
        paid(streams, &format!("[method]output-stream.{name}"), |_, (_,): (Resource<OutputStream>,)| {
            Ok((Written::Ok(()),))
        })?;
    }
    paid(streams, "[method]output-stream.subscribe", |_, (_,): (Resource<OutputStream>,)| {
        Ok((Resource::<Pollable>::new_own(0),))
    })
}

/// Sends bytes to the log, line by line.
fn write(store: &mut StoreContextMut<'_, RunState>, stream: u32, bytes: &[u8]) -> wasmtime::Result<()> {
    charge(&mut *store, bytes.len())?;
    let state = store.data_mut();
    for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
        let partial = if stream == STDERR { &mut state.partial_stderr } else { &mut state.partial_stdout };
        partial.extend_from_slice(piece);
        if piece.ends_with(b"\n") || partial.len() > LINE_BYTES {
            let line = std::mem::take(partial);
            let level = if stream == STDERR { Level::Warn } else { Level::Info };
            state.write(level, String::from_utf8_lossy(&line).trim_end());
        }
    }
    Ok(())
}

/// Logs what a run left without its line break.
pub(crate) fn finish_lines(state: &mut RunState) {
    for (level, partial) in [
        (Level::Info, std::mem::take(&mut state.partial_stdout)),
        (Level::Warn, std::mem::take(&mut state.partial_stderr)),
    ] {
        if !partial.is_empty() {
            state.write(level, String::from_utf8_lossy(&partial).trim_end());
        }
    }
}
