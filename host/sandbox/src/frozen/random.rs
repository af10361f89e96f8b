//! `wasi:random`: numbers that look random and are a function of the decision alone.
//!
//! The stream is SHA-256 in counter mode over the user's identifier and the decision's instant: published, the same on
//! every machine, and different for every user and instant.

use sha2::{Digest, Sha256};
use wasmtime::component::Linker;
use wasmtime::{AsContextMut, StoreContextMut};

use super::paid;
use crate::instance::{RunState, Stop, charge};
use crate::request::Request;

/// Sets this stream of numbers apart from every other use of the same hash.
const DOMAIN: &[u8] = b"usher:provisioning/random@1\0";
/// Bytes that one call may ask for.
const CALL_BYTES: u64 = 64 << 10;
/// Bytes of a number.
const NUMBER_BYTES: usize = 8;
/// What a random byte costs more than a copied one.
const PRICE: usize = 64;

/// One decision's stream of random bytes.
#[derive(Debug)]
pub(crate) struct Randomness {
    seed: [u8; 32],
    block: [u8; 32],
    used: usize,
    blocks: u64,
}

impl Randomness {
    fn of(request: &Request) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(request.instant.to_le_bytes());
        hash.update(request.identity.identifier.as_bytes());
        Self { seed: hash.finalize().into(), block: [0; 32], used: 32, blocks: 0 }
    }

    fn byte(&mut self) -> u8 {
        if self.used >= self.block.len() {
            let mut hash = Sha256::new();
            hash.update(self.seed);
            hash.update(self.blocks.to_le_bytes());
            self.block = hash.finalize().into();
            self.blocks = self.blocks.wrapping_add(1);
            self.used = 0;
        }
        let byte = self.block.get(self.used).copied().unwrap_or_default();
        self.used = self.used.saturating_add(1);
        byte
    }

    fn number(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }
}

/// The next so many bytes.
pub(crate) fn bytes(mut store: impl AsContextMut<Data = RunState>, len: u64) -> wasmtime::Result<Vec<u8>> {
    let len = usize::try_from(len.min(CALL_BYTES.saturating_add(1))).unwrap_or(usize::MAX);
    if u64::try_from(len).is_ok_and(|len| len > CALL_BYTES) {
        return Err(Stop::Misuse("a workflow may ask for at most 64 KiB of random bytes at once").into());
    }
    charge(&mut store, len.saturating_mul(PRICE))?;
    Ok(drawn(store, |random| (0..len).map(|_| random.byte()).collect()))
}

/// The next number.
pub(crate) fn number(mut store: impl AsContextMut<Data = RunState>) -> wasmtime::Result<u64> {
    charge(&mut store, NUMBER_BYTES.saturating_mul(PRICE))?;
    Ok(drawn(store, Randomness::number))
}

/// The next two numbers.
pub(crate) fn seed(mut store: impl AsContextMut<Data = RunState>) -> wasmtime::Result<(u64, u64)> {
    charge(&mut store, NUMBER_BYTES.saturating_mul(2 * PRICE))?;
    Ok(drawn(store, |random| (random.number(), random.number())))
}

fn drawn<T>(mut store: impl AsContextMut<Data = RunState>, draw: impl FnOnce(&mut Randomness) -> T) -> T {
    let mut context = store.as_context_mut();
    let state = context.data_mut();
    draw(state.randomness.get_or_insert_with(|| Randomness::of(&state.request)))
}

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    for (interface, prefix) in
        [("wasi:random/random@0.2.0", "get-random"), ("wasi:random/insecure@0.2.0", "get-insecure-random")]
    {
        let mut random = linker.instance(interface)?;
        paid(&mut random, &format!("{prefix}-bytes"), |store: StoreContextMut<'_, RunState>, (len,): (u64,)| {
            bytes(store, len).map(|bytes| (bytes,))
        })?;
        paid(&mut random, &format!("{prefix}-u64"), |store: StoreContextMut<'_, RunState>, ()| {
            number(store).map(|number| (number,))
        })?;
    }
    let mut insecure = linker.instance("wasi:random/insecure-seed@0.2.0")?;
    paid(&mut insecure, "insecure-seed", |store: StoreContextMut<'_, RunState>, ()| seed(store).map(|seed| (seed,)))
}
