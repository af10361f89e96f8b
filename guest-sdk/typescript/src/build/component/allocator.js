// What the engine's allocator has in a snapshot: arenas of 4 kB, each with blocks of one of 31 sizes.
//
// It is that of QuickJS since 2026: `JSMallocContext`, `JSMallocArena` and `JSMallocBlockHeader` in `quickjs.c`, and `list_head`
// in `list.h`.

import { expected, unexpected } from "../wasm/form.js";

const SIZES = 31;
export const NO_BLOCK = 0xffff;

/** Lists go in a circle: from its head through what is in it. Each has the address of what is before it and after it. */
export const LINK = { before: 0, after: 4, bytes: 8 };
/** An arena: its link among those with free blocks and among all, the number of its size, three more numbers, and blocks. */
export const ARENA = { withFree: 0, all: 8, size: 16, used: 18, count: 20, firstFree: 22, bytes: 24 };
/** A free block: which is the next that is free, and the number of its size. */
export const BLOCK = { next: 0, size: 2, bytes: 8 };

/**
 * Where the heads of its lists are, by the numbers of sizes: of all arenas, and of those with free blocks.
 *
 * @typedef {{ all: number[], withFree: number[] }} Heads
 */

/**
 * Finds the allocator.
 *
 * @param {Buffer} memory A snapshot's.
 * @returns {Heads}
 * @throws {Error} There is none, or another one.
 */
export function headsIn(memory) {
  const found = [];
  /** How many links lie one behind the other. */
  let row = 0;
  for (let at = 0; at + LINK.bytes <= memory.length; at += LINK.bytes) {
    row = isLink(memory, at) ? row + 1 : 0;
    if (row >= 2 * SIZES) found.push(at - (2 * SIZES - 1) * LINK.bytes);
  }
  if (found.length !== 1) unexpected("one allocator");
  const first = expected(found[0], "an allocator");
  const heads = Array.from({ length: 2 * SIZES }, (_, number) => first + number * LINK.bytes);
  const [all, withFree] = [heads.slice(0, SIZES), heads.slice(SIZES)];
  for (const [number, head] of withFree.entries()) {
    for (const at of listed(memory, head)) {
      if (memory.readUInt8(at + ARENA.size) !== number) unexpected("arenas of one size in a list");
    }
  }
  return { all, withFree };
}

/**
 * Whether what is before it, and after it, says so, too.
 *
 * @param {Buffer} memory
 * @param {number} at
 */
function isLink(memory, at) {
  const [before, after] = [memory.readUInt32LE(at + LINK.before), memory.readUInt32LE(at + LINK.after)];
  const end = memory.length - LINK.bytes;
  if (before === 0 || before > end || after > end) return false;
  return memory.readUInt32LE(before + LINK.after) === at && memory.readUInt32LE(after + LINK.before) === at;
}

/**
 * The links in a list, the first first.
 *
 * @param {Buffer} memory
 * @param {number} head
 */
function* listed(memory, head) {
  for (let at = memory.readUInt32LE(head + LINK.after); at !== head; at = memory.readUInt32LE(at + LINK.after))
    yield at;
}
