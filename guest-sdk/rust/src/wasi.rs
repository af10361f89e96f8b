//! What the standard library asks of WASI, answered here. It comes with every workflow, since a panic might be printed, and
//! hardly any calls a part of it; but what a workflow imports the host links anew for every decision, whether called or not.
//!
//! The answers are the host's: no input, no environment, no terminal, and what is printed goes to the log. What is not here, such
//! as the clocks, is imported as ever. The linker takes these functions for the imports because they have the names that the C
//! library has for those. Should another release of it have others, the imports are back, which costs time and nothing else.

use std::cell::Cell;
use std::ptr;

use crate::bindings::log::{self, Level};

/// Handles. Only functions of this file are ever asked about them.
const STDIN: u32 = 1;
const STDOUT: u32 = 2;
const STDERR: u32 = 3;
const POLLABLE: u32 = 4;

/// Bytes that may be written at once.
const WRITE_WINDOW: u64 = 64 << 10;
/// Bytes of one line that are kept until its end comes.
const LINE_BYTES: usize = 4 << 10;

/// How an option begins that is none, and a result that is good.
const NOTHING: u8 = 0;
/// How a result begins that is an error.
const ERROR: u8 = 1;
/// Which of a stream's errors it is: there is no more.
const CLOSED: u8 = 1;

/// Text that was printed, until its line is complete. Nothing in it has to be dropped: it ends with the instance. Zero at
/// first, as an empty vector is not, to lie among what is written anyway.
type Partial = Cell<Option<&'static mut Vec<u8>>>;

thread_local! {
    static PRINTED: Partial = const { Cell::new(None) };
    static COMPLAINED: Partial = const { Cell::new(None) };
}

/// Logs bytes line by line.
fn print(partial: &Partial, level: Level, bytes: &[u8]) {
    let line = partial.take().unwrap_or_else(|| Box::leak(Box::default()));
    for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
        line.extend_from_slice(piece);
        if piece.ends_with(b"\n") || line.len() > LINE_BYTES {
            log::write(level, String::from_utf8_lossy(line).trim_end());
            line.clear();
        }
    }
    partial.set(Some(line));
}

/// Logs what was printed without its line break.
pub(crate) fn finish_lines() {
    for (partial, level) in [(&PRINTED, Level::Info), (&COMPLAINED, Level::Warn)] {
        if let Some(line) = partial.take().filter(|line| !line.is_empty()) {
            log::write(level, String::from_utf8_lossy(line).trim_end());
        }
    }
}

#[expect(unsafe_code, reason = "an answer is written where the caller says")]
fn put<T>(answer: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller has room there for an answer as the canonical ABI lays it out, and it is aligned.
    unsafe { ptr::write(answer.wrapping_add(offset).cast(), value) }
}

fn put_closed(answer: *mut u8) {
    put(answer, 0, ERROR);
    put(answer, 4, CLOSED);
}

/// Functions of the canonical ABI: an answer that is more than a number is written where the last parameter says.
macro_rules! instead_of_imports {
    ($(fn $name:ident($($parameter:ident: $type:ty),*) $(-> $answer:ty)? $body:block)*) => {$(
        #[expect(unsafe_code, reason = "the linker finds it by its name")]
        #[unsafe(no_mangle)]
        extern "C" fn $name($($parameter: $type),*) $(-> $answer)? $body
    )*};
}

instead_of_imports! {
    fn __wasm_import_environment_get_environment(answer: *mut u8) {
        put(answer, 0, ptr::dangling::<u32>());
        put(answer, 4, 0_usize);
    }

    fn __wasm_import_stdin_get_stdin() -> u32 { STDIN }
    fn __wasm_import_stdout_get_stdout() -> u32 { STDOUT }
    fn __wasm_import_stderr_get_stderr() -> u32 { STDERR }
    fn __wasm_import_terminal_stdin_get_terminal_stdin(answer: *mut u8) { put(answer, 0, NOTHING); }
    fn __wasm_import_terminal_stdout_get_terminal_stdout(answer: *mut u8) { put(answer, 0, NOTHING); }
    fn __wasm_import_terminal_stderr_get_terminal_stderr(answer: *mut u8) { put(answer, 0, NOTHING); }
    fn __wasm_import_terminal_input_terminal_input_drop(_terminal: u32) {}
    fn __wasm_import_terminal_output_terminal_output_drop(_terminal: u32) {}

    fn __wasm_import_io_error_error_drop(_error: u32) {}
    fn __wasm_import_poll_pollable_drop(_pollable: u32) {}
    fn __wasm_import_poll_method_pollable_block(_pollable: u32) {}

    fn __wasm_import_streams_input_stream_drop(_stream: u32) {}
    fn __wasm_import_streams_method_input_stream_subscribe(_stream: u32) -> u32 { POLLABLE }
    fn __wasm_import_streams_method_input_stream_read(_stream: u32, _most: u64, answer: *mut u8) {
        put_closed(answer);
    }
    fn __wasm_import_streams_method_input_stream_blocking_read(_stream: u32, _most: u64, answer: *mut u8) {
        put_closed(answer);
    }

    fn __wasm_import_streams_output_stream_drop(_stream: u32) {}
    fn __wasm_import_streams_method_output_stream_subscribe(_stream: u32) -> u32 { POLLABLE }
    fn __wasm_import_streams_method_output_stream_check_write(_stream: u32, answer: *mut u8) {
        put(answer, 0, NOTHING);
        put(answer, 8, WRITE_WINDOW);
    }
    fn __wasm_import_streams_method_output_stream_write(
        stream: u32, bytes: *const u8, length: usize, answer: *mut u8
    ) {
        #[expect(unsafe_code, reason = "bytes are where the caller says")]
        // SAFETY: the caller lends them, as the canonical ABI passes a list.
        let bytes = unsafe { std::slice::from_raw_parts(bytes, length) };
        if stream == STDERR {
            COMPLAINED.with(|partial| print(partial, Level::Warn, bytes));
        } else {
            PRINTED.with(|partial| print(partial, Level::Info, bytes));
        }
        put(answer, 0, NOTHING);
    }
    fn __wasm_import_streams_method_output_stream_flush(_stream: u32, answer: *mut u8) { put(answer, 0, NOTHING); }
    fn __wasm_import_streams_method_output_stream_blocking_flush(_stream: u32, answer: *mut u8) {
        put(answer, 0, NOTHING);
    }
}
