//! Modules made up by chance, the same ones each time.

use arbitrary::Unstructured;
use usher_tests::guests;
use usher_tests::hostile::around;
use wasm_smith::{Component, Config, Module};

/// Bytes of chance for one module.
const CHANCE: usize = 4 << 10;

/// So many: a third of them components, a third workflows around a module, a third workflows that somebody has damaged.
pub(crate) fn made_up(number: u64) -> impl Iterator<Item = Vec<u8>> {
    let whole = std::fs::read(guests::ECHO).expect("the guests are built");
    (0..number).map(move |number| {
        let chance = chance(number);
        let mut unstructured = Unstructured::new(&chance);
        match number % 3 {
            0 => Component::new(Config::default(), &mut unstructured).map(|component| component.to_bytes()),
            1 => Module::new(config(), &mut unstructured).map(|module| around(&module.to_bytes())),
            _ => Ok(damaged(&whole, &chance)),
        }
        .unwrap_or_default()
    })
}

/// Modules of which an instance can be made without anything around them.
fn config() -> Config {
    Config {
        max_imports: 0,
        max_memories: 1,
        max_tables: 1,
        memory64_enabled: false,
        max_memory32_bytes: 1 << 20,
        max_table_elements: 1_000,
        ..Config::default()
    }
}

/// The same with eight other bytes.
fn damaged(whole: &[u8], chance: &[u8]) -> Vec<u8> {
    let mut damaged = whole.to_vec();
    for eight in chance.chunks_exact(9).take(8) {
        let Some((byte, place)) = eight.split_last() else { continue };
        let place = place.try_into().map(u64::from_le_bytes).unwrap_or_default();
        let length = u64::try_from(damaged.len()).unwrap_or(u64::MAX);
        if let Some(found) = usize::try_from(place % length).ok().and_then(|place| damaged.get_mut(place)) {
            *found = *byte;
        }
    }
    damaged
}

/// `SplitMix64`, which is as good as chance here and the same everywhere.
fn chance(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let numbers = std::iter::repeat_with(|| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()
    });
    numbers.take(CHANCE / 8).flatten().collect()
}
