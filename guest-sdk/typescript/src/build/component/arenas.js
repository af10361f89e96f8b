// Small blocks of the engine, side by side.
//
// The engine's allocator has arenas of 4 kB, each for blocks of one of 31 sizes. A decision takes a few blocks of most sizes, so
// it writes a page for each, and another one where an arena lies across two; and a host has to clean each page that a decision has
// written. So the snapshot gets one arena more for each size, with a few blocks only, and these lie one behind the other. They are
// the first that the allocator looks in. What they have no block for comes from the other arenas, as before.

import { MARK, MARKS } from "../../runtime/arenas.js";
import { expected, unexpected } from "../wasm/form.js";
import { ARENA, BLOCK, LINK, NO_BLOCK, SIZES, headsIn } from "./allocator.js";
import { emptied } from "./room.js";

/** How many blocks of each size: twice as many as workflows of some rules take, and two of what most take none of. */
const COUNTS = [32, 24, 16, 12, 32, 8, 8, 8, 24, ...Array(6).fill(4), ...Array(16).fill(2)];

const PAGE_BYTES = 4096;

/**
 * Makes arenas in the place of the text that the snapshot has for them.
 *
 * @param {Buffer} memory A snapshot's.
 * @throws {Error} There is no such text, or no such allocator.
 */
export function makeArenas(memory) {
  const length = MARK.length * MARKS;
  const at = emptied(memory, MARK, length);
  const { all, withFree } = headsIn(memory);
  let arena = Math.ceil(at / PAGE_BYTES) * PAGE_BYTES;
  for (const [number, size] of SIZES.entries()) {
    const count = COUNTS[number] ?? 0;
    putFirst(memory, arena + ARENA.withFree, expected(withFree[number], "a list of arenas"));
    putFirst(memory, arena + ARENA.all, expected(all[number], "a list of arenas"));
    memory.writeUInt8(number, arena + ARENA.size);
    // One more is said to be there and taken: an arena that is empty is given back, and nobody has given this.
    memory.writeUInt16LE(1, arena + ARENA.used);
    memory.writeUInt16LE(count + 1, arena + ARENA.count);
    const end = arena + ARENA.bytes + count * size;
    for (let block = arena + ARENA.bytes, index = 1; block < end; block += size, index++) {
      memory.writeUInt16LE(index < count ? index : NO_BLOCK, block + BLOCK.next);
      memory.writeUInt8(number, block + BLOCK.size);
    }
    arena = end;
  }
  if (arena > at + length) unexpected("room for all arenas");
}

/**
 * Puts something first into a list.
 *
 * @param {Buffer} memory
 * @param {number} at Where its link will be.
 * @param {number} head
 */
function putFirst(memory, at, head) {
  const after = memory.readUInt32LE(head + LINK.after);
  memory.writeUInt32LE(head, at + LINK.before);
  memory.writeUInt32LE(after, at + LINK.after);
  memory.writeUInt32LE(at, after + LINK.before);
  memory.writeUInt32LE(at, head + LINK.after);
}
