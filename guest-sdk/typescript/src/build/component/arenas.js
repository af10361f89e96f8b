// Small blocks of the engine, side by side.
//
// The engine's allocator has arenas of 4 kB, each for blocks of one of 31 sizes. A decision takes a few blocks of most sizes, so
// it writes a page for each, and another one where an arena lies across two; and a host has to clean each page that a decision has
// written. So the snapshot gets one arena more for each size, with a few blocks only, and these lie one behind the other. They are
// the first that the allocator looks in. What they have no block for comes from the other arenas, as before.
//
// The allocator is that of QuickJS since 2026: `JSMallocContext`, `JSMallocArena` and `JSMallocBlockHeader` in `quickjs.c`, and
// `list_head` in `list.h`.

import { MARK, MARKS } from "../../runtime/arenas.js";
import { expected, unexpected } from "../wasm/form.js";
import { cut } from "./room.js";

/**
 * How large blocks are, their header included, and how many of each size there are: twice as many as workflows of some rules
 * take, and two of what most take none of.
 */
const BLOCKS = [
  ...[
    [16, 32],
    [24, 24],
    [32, 16],
    [40, 12],
    [48, 32],
    [56, 8],
    [64, 8],
    [72, 8],
    [80, 24],
  ],
  ...[88, 96, 104, 112, 120, 128].map((size) => [size, 4]),
  ...[144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512].map((size) => [size, 2]),
];
const NO_BLOCK = 0xffff;

/** Lists go in a circle: from its head through what is in it. Each has the address of what is before it and after it. */
const LINK = { before: 0, after: 4, bytes: 8 };
/** An arena: its link among those with free blocks and among all, the number of its size, three more numbers, and blocks. */
const ARENA = { withFree: 0, all: 8, size: 16, used: 18, count: 20, firstFree: 22, bytes: 24 };
/** A free block: which is the next that is free, and the number of its size. */
const BLOCK = { next: 0, size: 2, bytes: 8 };
/** The allocator has a list of all arenas of each size, and then one of those with free blocks. */
const HEADS = 2 * BLOCKS.length;

const PAGE_BYTES = 4096;
const WORD_BYTES = 4;

/** @typedef {import("../wasm/core-module.js").Segment} Segment */

/**
 * Makes arenas in the place of the text that the snapshot has for them.
 *
 * @param {Segment[]} segments Of a snapshot's memory.
 * @returns {Segment[]}
 * @throws {Error} There is no such text, or no such allocator.
 */
export function withArenas(segments) {
  const length = MARK.length * MARKS;
  const { at, segments: others } = cut(segments, MARK, length);
  const memory = new Memory(others);
  const heads = headsIn(memory);
  const made = [];
  let arena = Math.ceil(at / PAGE_BYTES) * PAGE_BYTES;
  for (const [number, [size = 0, count = 0]] of BLOCKS.entries()) {
    const [all, withFree] = [heads + number * LINK.bytes, heads + (BLOCKS.length + number) * LINK.bytes];
    const header = Buffer.alloc(ARENA.bytes);
    memory.putFirst(arena + ARENA.withFree, withFree).copy(header, ARENA.withFree);
    memory.putFirst(arena + ARENA.all, all).copy(header, ARENA.all);
    header.writeUInt8(number, ARENA.size);
    // One more is said to be there and taken: an arena that is empty is given back, and nobody has given this.
    header.writeUInt16LE(1, ARENA.used);
    header.writeUInt16LE(count + 1, ARENA.count);
    made.push({ offset: arena, bytes: header });
    for (let index = 0; index < count; index++) {
      const block = Buffer.alloc(BLOCK.bytes);
      block.writeUInt16LE(index + 1 < count ? index + 1 : NO_BLOCK, BLOCK.next);
      block.writeUInt8(number, BLOCK.size);
      made.push({ offset: arena + ARENA.bytes + index * size, bytes: block });
    }
    arena += ARENA.bytes + count * size;
  }
  if (arena > at + length) unexpected("room for all arenas");
  return [...memory.segments, ...made];
}

/**
 * Finds the heads of the allocator's lists.
 *
 * @param {Memory} memory
 */
function headsIn(memory) {
  const found = [];
  /** How many links lie one behind the other, and where the next would be. */
  let [row, next] = [0, 0];
  for (const at of memory.addresses(LINK.bytes)) {
    row = memory.isLink(at) ? (at === next ? row + 1 : 1) : 0;
    next = at + LINK.bytes;
    if (row >= HEADS) found.push(next - HEADS * LINK.bytes);
  }
  const [heads] = found;
  if (heads === undefined || found.length > 1) return unexpected("one allocator");
  for (const number of BLOCKS.keys()) {
    const head = heads + (BLOCKS.length + number) * LINK.bytes;
    for (let at = memory.word(head + LINK.after); at !== head; at = memory.word(at + LINK.after)) {
      if ((memory.word(at + ARENA.size) & 0xff) !== number) unexpected("arenas of one size in a list");
    }
  }
  return heads;
}

/** A snapshot's memory, where words can be read and written. */
class Memory {
  /** @param {Segment[]} segments */
  constructor(segments) {
    this.segments = segments.map(({ offset, bytes }) => ({ offset, bytes: Buffer.from(bytes) }));
  }

  /** The addresses of words in segments, so many bytes apart. @param {number} step */
  *addresses(step) {
    for (const { offset, bytes } of this.segments) {
      for (let at = Math.ceil(offset / step) * step; at + WORD_BYTES <= offset + bytes.length; at += step) yield at;
    }
  }

  /** @param {number} at */
  #segmentAt(at) {
    return this.segments.find(({ offset, bytes }) => offset <= at && at + WORD_BYTES <= offset + bytes.length);
  }

  /** @param {number} at */
  word(at) {
    const segment = this.#segmentAt(at);
    return segment === undefined ? 0 : segment.bytes.readUInt32LE(at - segment.offset);
  }

  /** @param {number} at @param {number} value */
  #write(at, value) {
    const { offset, bytes } = expected(this.#segmentAt(at), "a link");
    bytes.writeUInt32LE(value, at - offset);
  }

  /** Whether what is before it, and after it, says so, too. @param {number} at */
  isLink(at) {
    const [before, after] = [this.word(at + LINK.before), this.word(at + LINK.after)];
    return before !== 0 && this.word(before + LINK.after) === at && this.word(after + LINK.before) === at;
  }

  /**
   * Puts something first into a list.
   *
   * @param {number} at Where its link will be.
   * @param {number} head
   * @returns {Buffer} The link.
   */
  putFirst(at, head) {
    const after = this.word(head + LINK.after);
    const link = Buffer.alloc(LINK.bytes);
    link.writeUInt32LE(head, LINK.before);
    link.writeUInt32LE(after, LINK.after);
    this.#write(after + LINK.before, at);
    this.#write(head + LINK.after, at);
    return link;
  }
}
