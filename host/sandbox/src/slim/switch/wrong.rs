//! What becomes of a call when there is nothing for it in a table that is gone: a trap, as it was, in a function that is called
//! what the trap was.

use std::collections::BTreeMap;

use wasm_encoder::{BlockType, Function};

/// The names of the functions that are added, in their order: one that finds out what is wrong, and one for each of that.
pub(super) const NAMES: [&str; 4] =
    ["call_indirect", "undefined element", "uninitialized element", "indirect call type mismatch"];

/// Those functions, of which the first has this number. It has the place as its parameter, the others have none.
pub(super) fn functions(first: u32, size: u32, places: &BTreeMap<u32, u32>) -> [Function; NAMES.len()] {
    let end = places.last_key_value().map_or(0, |(place, _)| place.saturating_add(1));
    // The blocks, from within: another type's, nothing, no place.
    let (other, nothing, none) = (0, 1, 2);
    let labels: Vec<u32> = (0..end).map(|place| if places.contains_key(&place) { other } else { nothing }).collect();
    let mut find = Function::new([]);
    let mut body = find.instructions();
    body.block(BlockType::Empty).block(BlockType::Empty).block(BlockType::Empty);
    body.local_get(0).i32_const(size.cast_signed()).i32_ge_u().br_if(none);
    body.local_get(0).br_table(labels, nothing).end();
    for further in [3, 2] {
        body.call(first.saturating_add(further)).unreachable().end();
    }
    body.call(first.saturating_add(1)).unreachable().end();
    let trap = || {
        let mut trap = Function::new([]);
        trap.instructions().unreachable().end();
        trap
    };
    [find, trap(), trap(), trap()]
}
