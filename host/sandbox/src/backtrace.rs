//! Where a workflow fell: the names of its functions, the innermost first, when the module has names.
//!
//! Names are the module's own words. They are looked at when a run has failed, and cost those that do not fail nothing.

use std::fmt::{Display, Write as _};

use wasmtime::{FrameInfo, WasmBacktrace};

use crate::shown::Shown;

/// Functions that are named.
const FRAMES: usize = 10;
/// Bytes of one name that are shown, and those of it that are read at all.
const NAME_BYTES: usize = 120;
const MANGLED_BYTES: usize = 1 << 10;
/// Bytes of what is said about an error.
const TEXT_BYTES: usize = 1 << 10;

/// What happened, and in which functions of the workflow.
pub(crate) fn traced(what: impl Display, error: &wasmtime::Error) -> String {
    let what = Shown::line(TEXT_BYTES).with(&what.to_string());
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return what };
    let frames = trace.frames();
    if frames.iter().all(|frame| frame.func_name().is_none()) {
        return what;
    }
    let names: Vec<_> = frames.iter().take(FRAMES).map(name).collect();
    let more = if frames.len() > FRAMES { ", called by others" } else { "" };
    format!("{what}, in {}{more}", names.join(", called by "))
}

/// The same of an error that says itself what happened.
pub(crate) fn told(error: &wasmtime::Error) -> String {
    if error.is::<WasmBacktrace>() {
        return traced(error.root_cause(), error);
    }
    Shown::line(TEXT_BYTES).with(&format!("{error:#}"))
}

fn name(frame: &FrameInfo) -> String {
    let Some(name) = frame.func_name() else { return format!("function {}", frame.func_index()) };
    let name = name.get(..name.floor_char_boundary(MANGLED_BYTES)).unwrap_or_default();
    let mut shown = Shown::line(NAME_BYTES);
    // Without the hash at its end. A full line ends the writing of a name that would go on for ever.
    let written = match rustc_demangle::try_demangle(name) {
        Ok(readable) => write!(shown, "{readable:#}"),
        Err(_) => shown.write_str(without_hash(name)),
    };
    format!("`{}`", shown.with(if written.is_err() { "…" } else { "" }))
}

/// The name that a linker made readable and that still has the hash of its crate.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => path,
        _ => name,
    }
}
