// Arenas that a build makes for the engine's allocator.

import assert from "node:assert/strict";
import { test } from "node:test";

import { makeArenas } from "../src/build/component/arenas.js";
import { MARK, MARKS } from "../src/runtime/arenas.js";

/** Where the heads of the lists are, and the text. */
const [HEADS, TEXT] = [64, 10_000];
const SIZES = 31;
/** An arena of 48 bytes a block, the fifth size, with blocks that are free. */
const ARENA = { at: 2048, size: 4 };

/** The head of the list of all arenas of a size. @param {number} size */
const allOf = (size) => HEADS + 8 * size;
/** The head of those that have free blocks. @param {number} size */
const freeOf = (size) => HEADS + 8 * (SIZES + size);

/** A snapshot's memory, with the text, and an allocator that has one arena. @param {number} [heads] */
function snapshot(heads = HEADS) {
  const memory = Buffer.alloc(50_000);
  memory.write(`before${MARK.repeat(MARKS)}after`, TEXT);
  for (let at = heads; at < heads + 8 * 2 * SIZES; at += 8) {
    memory.writeUInt32LE(at, at);
    memory.writeUInt32LE(at, at + 4);
  }
  for (const [head, link] of /** @type {const} */ ([
    [heads + 8 * (SIZES + ARENA.size), ARENA.at],
    [heads + 8 * ARENA.size, ARENA.at + 8],
  ])) {
    for (const at of [head, head + 4]) memory.writeUInt32LE(link, at);
    for (const at of [link, link + 4]) memory.writeUInt32LE(head, at);
  }
  memory.writeUInt8(ARENA.size, ARENA.at + 16);
  return memory;
}

/** What is in a list, first to last, and last to first. @param {Buffer} memory @param {number} head */
function walked(memory, head) {
  const [there, back] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let at = memory.readUInt32LE(head + 4); at !== head; at = memory.readUInt32LE(at + 4)) there.push(at);
  for (let at = memory.readUInt32LE(head); at !== head; at = memory.readUInt32LE(at)) back.push(at);
  return { there, back };
}

test("each size gets an arena that comes first, and all of them lie in the place of the text", () => {
  const memory = snapshot();
  makeArenas(memory);
  const [begin, end] = [12_288, TEXT + "before".length + MARK.length * MARKS];
  let next = begin;
  for (let size = 0; size < SIZES; size++) {
    const { there, back } = walked(memory, freeOf(size));
    assert.deepEqual(there, size === ARENA.size ? [next, ARENA.at] : [next]);
    assert.deepEqual(back, there.toReversed());
    assert.deepEqual(
      walked(memory, allOf(size)).there,
      there.map((at) => at + 8),
    );
    // The blocks that are free lead one to the next, in their order, to the last of them.
    const [number, used, count, first] = [
      memory[next + 16],
      ...[18, 20, 22].map((at) => memory.readUInt16LE(next + at)),
    ];
    assert.deepEqual([number, used, first], [size, 1, 0]);
    const bytes = size < 15 ? 16 + 8 * size : size < 23 ? 144 + 16 * (size - 15) : 288 + 32 * (size - 23);
    const blocks = Number(count) - 1;
    for (let block = 0; block < blocks; block++) {
      const header = next + 24 + block * bytes;
      assert.equal(memory.readUInt16LE(header), block + 1 < blocks ? block + 1 : 0xffff);
      assert.equal(memory[header + 2], size);
    }
    next += 24 + blocks * bytes;
  }
  assert.ok(next <= end, `${next} ${end}`);
  assert.deepEqual(
    [memory.toString("latin1", TEXT, TEXT + 6), memory.toString("latin1", end, end + 5)],
    ["before", "after"],
  );
});

test("a snapshot without the text or without an allocator, or with two, is of another form", () => {
  const form = (/** @type {RegExp} */ words, /** @type {Buffer} */ memory) =>
    assert.throws(() => makeArenas(memory), words);
  const absent = snapshot();
  absent.write("another", TEXT + 100);
  form(/one place full of `usher:a:` was expected/, absent);
  const unused = snapshot();
  unused.fill(0, 0, TEXT);
  form(/one allocator was expected/, unused);
  const torn = snapshot();
  torn.writeUInt32LE(7, HEADS + 8 * 30);
  form(/one allocator was expected/, torn);
  const second = snapshot(1024);
  second.copy(second, 64, 1024, 1024 + 8 * 2 * SIZES);
  for (let at = 64; at < 64 + 8 * 2 * SIZES; at += 4) second.writeUInt32LE(at & ~7, at);
  form(/one allocator was expected/, second);
  const other = snapshot();
  other.writeUInt8(ARENA.size + 1, ARENA.at + 16);
  form(/arenas of one size in a list was expected/, other);
});
