//! The first bytes: is this WebAssembly, and is it a component?

use super::Refusal;
use crate::engine::Sandbox;

const MAGIC: &[u8] = b"\0asm";
/// The layer field of a component, after the magic and the version.
const COMPONENT_LAYER: &[u8] = &[1, 0];

pub(super) fn check(wasm: &[u8]) -> Result<(), Refusal> {
    if wasm.len() > Sandbox::MAX_MODULE_BYTES {
        return Err(Refusal::TooLarge { size: wasm.len() });
    }
    match wasm.strip_prefix(MAGIC).map(|rest| (rest.get(..2), rest.get(2..4))) {
        None => Err(Refusal::NotWasm),
        Some((Some(_), Some(COMPONENT_LAYER))) => Ok(()),
        Some((Some(_), Some(_))) => Err(Refusal::CoreModule),
        Some(_) => Err(Refusal::Malformed { reason: "it ends within its header".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_header(wasm: &[u8], expected: Result<(), &str>) {
        assert_eq!(check(wasm).map_err(|refusal| refusal.kind()), expected);
    }

    #[test]
    fn only_a_component_passes() {
        check_header(b"", Err("not-wasm"));
        check_header(b"hello", Err("not-wasm"));
        check_header(b"\0asm", Err("malformed"));
        check_header(b"\0asm\x01\0\0\0", Err("core-module"));
        check_header(b"\0asm\x0d\0\x01\0", Ok(()));
    }

    #[test]
    fn the_size_limit_is_exact() {
        let mut wasm = b"\0asm\x0d\0\x01\0".to_vec();
        wasm.resize(Sandbox::MAX_MODULE_BYTES, 0);
        check_header(&wasm, Ok(()));
        wasm.push(0);
        check_header(&wasm, Err("too-large"));
    }
}
