// What the engine's allocator has in a snapshot: arenas of 4 kB, each with blocks of one of 31 sizes.
//
// It is that of QuickJS since 2026: `JSMallocContext`, `JSMallocArena` and `JSMallocBlockHeader` in `quickjs.c`, and `list_head`
// in `list.h`.

import { expected, unexpected } from "../wasm/form.js";

/** How large blocks are, their header included. */
export const SIZES = [
  ...[16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128],
  ...[144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512],
];
export const NO_BLOCK = 0xffff;

/** Lists go in a circle: from its head through what is in it. Each has the address of what is before it and after it. */
export const LINK = { before: 0, after: 4, bytes: 8 };
/** An arena: its link among those with free blocks and among all, the number of its size, three more numbers, and blocks. */
export const ARENA = { withFree: 0, all: 8, size: 16, used: 18, count: 20, firstFree: 22, bytes: 24 };
/**
 * The header of a block: if it is free, which is the next that is; the number of its size; and how often that is referred to which is
 * in it, if that is counted.
 */
export const BLOCK = { next: 0, size: 2, references: 4, bytes: 8 };

/** Of all arenas of each size, and then of those with free blocks. */
const HEADS = 2 * SIZES.length;

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
    if (row >= HEADS) found.push(at - (HEADS - 1) * LINK.bytes);
  }
  if (found.length !== 1) unexpected("one allocator");
  const first = expected(found[0], "an allocator");
  const heads = Array.from({ length: HEADS }, (_, number) => first + number * LINK.bytes);
  const [all, withFree] = [heads.slice(0, SIZES.length), heads.slice(SIZES.length)];
  for (const [number, head] of withFree.entries()) {
    for (const at of listed(memory, head)) {
      if (memory.readUInt8(at + ARENA.size) !== number) unexpected("arenas of one size in a list");
    }
  }
  return { all, withFree };
}

/**
 * Where blocks are that something is in.
 *
 * @param {Buffer} memory
 * @param {Heads} heads
 */
export function* takenIn(memory, { all }) {
  for (const [number, head] of all.entries()) {
    for (const link of listed(memory, head)) {
      const arena = link - ARENA.all;
      const blockAt = (/** @type {number} */ index) => arena + ARENA.bytes + index * expected(SIZES[number], "a size");
      const count = memory.readUInt16LE(arena + ARENA.count);
      const free = new Set();
      let next = memory.readUInt16LE(arena + ARENA.firstFree);
      while (next < count && !free.has(next)) {
        free.add(next);
        next = memory.readUInt16LE(blockAt(next) + BLOCK.next);
      }
      const taken = count - free.size;
      if (next !== NO_BLOCK || taken !== memory.readUInt16LE(arena + ARENA.used))
        unexpected("blocks that are free or taken");
      for (let index = 0; index < count; index++) if (!free.has(index)) yield blockAt(index);
    }
  }
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
