//! What a plug-in has of its host: the functions of `extism:host/env` that extism's own kit for plug-ins calls.
#![expect(unsafe_code, reason = "the host's memory is reached through functions of the host")]

use alloc::vec::Vec;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

// What comparing texts calls.
#[link(name = "c")]
unsafe extern "C" {}

#[link(wasm_import_module = "extism:host/env")]
unsafe extern "C" {
    fn input_length() -> u64;
    fn input_load_u64(offset: u64) -> u64;
    fn input_load_u8(offset: u64) -> u8;
    fn alloc(length: u64) -> u64;
    fn store_u64(offset: u64, value: u64);
    fn store_u8(offset: u64, value: u8);
    fn output_set(offset: u64, length: u64);
}

/// Reads what the plug-in was called with, eight bytes at a time as far as there are eight.
pub(crate) fn input() -> Vec<u8> {
    let length = unsafe { input_length() };
    let mut input = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    let whole = length / 8 * 8;
    (0..whole).step_by(8).for_each(|at| input.extend(unsafe { input_load_u64(at) }.to_le_bytes()));
    input.extend((whole..length).map(|at| unsafe { input_load_u8(at) }));
    input
}

/// Writes what the plug-in answers.
pub(crate) fn answer(output: &[u8]) {
    let offset = unsafe { alloc(output.len() as u64) };
    let (words, rest) = output.as_chunks::<8>();
    let mut at = offset;
    for word in words {
        unsafe { store_u64(at, u64::from_le_bytes(*word)) };
        at += 8;
    }
    for byte in rest {
        unsafe { store_u8(at, *byte) };
        at += 1;
    }
    unsafe { output_set(offset, output.len() as u64) };
}
