//! Telling that there is no memory left from whatever else can be wrong.

use std::error::Error;
use std::io;

/// Whether the system gave no memory: of an error, or of what caused it.
pub(crate) fn is_of_memory(error: &(dyn Error + 'static)) -> bool {
    let of_io = error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::OutOfMemory);
    of_io || is_enomem(error) || error.source().is_some_and(is_of_memory)
}

/// The engine asks Linux through the same library as this crate.
#[cfg(target_os = "linux")]
fn is_enomem(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref() == Some(&rustix::io::Errno::NOMEM)
}

#[cfg(not(target_os = "linux"))]
fn is_enomem(_: &(dyn Error + 'static)) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_below_what_is_said_of_it() {
        let of_io = |kind| wasmtime::Error::from(io::Error::from(kind)).context("while it was read");
        let cases = [
            (of_io(io::ErrorKind::OutOfMemory), true),
            (of_io(io::ErrorKind::UnexpectedEof), false),
            (wasmtime::Error::msg("out of memory"), false),
        ];
        for (error, expected) in cases {
            assert_eq!(is_of_memory(error.as_ref()), expected, "{error:#}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn it_is_found_in_what_the_engine_says() {
        for (errno, expected) in [(rustix::io::Errno::NOMEM, true), (rustix::io::Errno::ACCESS, false)] {
            let error = wasmtime::Error::from(errno).context("mmap failed to allocate 0x1000 bytes");
            assert_eq!(is_of_memory(error.as_ref()), expected, "{error:#}");
        }
    }
}
