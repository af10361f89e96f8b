//! How a text leaves a module in numbers: eight words of eight bytes at a time, the first byte of each the lowest.

use wasm_encoder::{BlockType, Function, MemArg, ValType};

use crate::readonly::PIECE_WORDS as WORDS;

/// Where each word of a piece begins, and where the piece ends, in bytes.
const OFFSETS: [i32; WORDS] = [0, 8, 16, 24, 32, 40, 48, 56];
const BYTES: i32 = 64;
const WORD_BYTES: i32 = 8;

/// The parameters of the import that takes a piece.
pub(super) const TAKES: [ValType; 2 + WORDS] = {
    let mut takes = [ValType::I64; 2 + WORDS];
    takes[0] = ValType::I32;
    takes[1] = ValType::I32;
    takes
};
/// The parameters of what writes a line: the level, and where in memory how many bytes are.
pub(super) const WRITES: [ValType; 3] = [ValType::I32; 3];
/// Those of what reads a word of a text that may end before it does: where, and how many bytes are left.
pub(super) const READS: [ValType; 2] = [ValType::I32; 2];

const LEVEL: u32 = 0;
const AT: u32 = 1;
const LEFT: u32 = 2;

/// Writes a line: hands it on as long as there is a whole piece, and then what is left of it.
pub(super) fn write(take: u32, word: u32) -> Function {
    let mut function = Function::new([]);
    let mut body = function.instructions();
    body.block(BlockType::Empty).loop_(BlockType::Empty);
    body.local_get(LEFT).i32_const(BYTES).i32_lt_u().br_if(1);
    body.local_get(LEVEL).local_get(LEFT);
    for offset in OFFSETS {
        body.local_get(AT).i64_load(memory(u64::from(offset.unsigned_abs())));
    }
    body.call(take);
    body.local_get(AT).i32_const(BYTES).i32_add().local_set(AT);
    body.local_get(LEFT).i32_const(BYTES).i32_sub().local_tee(LEFT).br_if(0);
    body.return_().end().end();
    body.local_get(LEVEL).local_get(LEFT);
    for offset in OFFSETS {
        body.local_get(AT).i32_const(offset).i32_add();
        body.local_get(LEFT).i32_const(offset).i32_sub().call(word);
    }
    body.call(take).end();
    function
}

/// Reads a word, but no byte that is not of the text: there may be no memory behind it.
pub(super) fn word() -> Function {
    const AT: u32 = 0;
    const LEFT: u32 = 1;
    const WORD: u32 = 2;
    let mut function = Function::new([(1, ValType::I64)]);
    let mut body = function.instructions();
    body.local_get(LEFT).i32_const(WORD_BYTES).i32_ge_s().if_(BlockType::Empty);
    body.local_get(AT).i64_load(memory(0)).return_().end();
    body.block(BlockType::Empty).loop_(BlockType::Empty);
    body.local_get(LEFT).i32_const(0).i32_le_s().br_if(1);
    body.local_get(LEFT).i32_const(1).i32_sub().local_set(LEFT);
    body.local_get(WORD).i64_const(8).i64_shl();
    body.local_get(AT).local_get(LEFT).i32_add().i64_load8_u(memory(0)).i64_or().local_set(WORD);
    body.br(0).end().end().local_get(WORD).end();
    function
}

/// In the author's memory; texts begin anywhere.
fn memory(offset: u64) -> MemArg {
    MemArg { offset, align: 0, memory_index: 0 }
}
