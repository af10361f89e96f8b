//! `wasi:random`: numbers that look random and are a function of the decision alone.
//!
//! The stream is SHA-256 in counter mode over the user's identifier and the decision's instant: published, the same on
//! every machine, and different for every user and instant.

use sha2::{Digest, Sha256};
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

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

fn randomness<'a>(store: &'a mut StoreContextMut<'_, RunState>) -> &'a mut Randomness {
    let state = store.data_mut();
    state.randomness.get_or_insert_with(|| Randomness::of(&state.request))
}

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    for (interface, prefix) in
        [("wasi:random/random@0.2.0", "get-random"), ("wasi:random/insecure@0.2.0", "get-insecure-random")]
    {
        let mut random = linker.instance(interface)?;
        paid(&mut random, &format!("{prefix}-bytes"), |mut store: StoreContextMut<'_, RunState>, (len,): (u64,)| {
            let len = usize::try_from(len.min(CALL_BYTES.saturating_add(1))).unwrap_or(usize::MAX);
            if u64::try_from(len).is_ok_and(|len| len > CALL_BYTES) {
                return Err(Stop::Misuse("a workflow may ask for at most 64 KiB of random bytes at once").into());
            }
            charge(&mut store, len.saturating_mul(PRICE))?;
            let random = randomness(&mut store);
            Ok(((0..len).map(|_| random.byte()).collect::<Vec<u8>>(),))
        })?;
        paid(&mut random, &format!("{prefix}-u64"), |mut store: StoreContextMut<'_, RunState>, ()| {
            charge(&mut store, NUMBER_BYTES.saturating_mul(PRICE))?;
            Ok((randomness(&mut store).number(),))
        })?;
    }
    let mut seed = linker.instance("wasi:random/insecure-seed@0.2.0")?;
    paid(&mut seed, "insecure-seed", |mut store: StoreContextMut<'_, RunState>, ()| {
        charge(&mut store, NUMBER_BYTES.saturating_mul(2 * PRICE))?;
        let random = randomness(&mut store);
        Ok(((random.number(), random.number()),))
    })
}
