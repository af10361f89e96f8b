// What a build does to the bytes of modules.

import assert from "node:assert/strict";
import { test } from "node:test";

import { keeping } from "../src/build/component/answer.js";
import { allocating, reading, roomIn } from "../src/build/component/room.js";
import { Reader, leb128, signedLeb128, withSections } from "../src/build/wasm/bytes.js";
import { HEAD_BYTES, MARK, ROOM_BYTES, WORD } from "../src/runtime/room.js";
import { renumbered } from "../src/build/wasm/code.js";
import { memoryOf, segmentsIn, withParts } from "../src/build/wasm/core-module.js";

/** Everything is called ten more elsewhere, and the global 1 is always 1000. */
const NAMES = {
  func: (/** @type {number} */ index) => index + 10,
  type: (/** @type {number} */ index) => index + 10,
  global: (/** @type {number} */ index) => index + 10,
  constant: (/** @type {number} */ index) => (index === 1 ? 1000 : undefined),
};

const HEADER = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);

for (const [what, code, expected] of /** @type {[string, number[], number[]][]} */ ([
  ["a call", [0x10, 5], [0x10, 15]],
  ["a call of one whose number gets longer", [0x10, 120], [0x10, 0x82, 1]],
  ["a call through the table", [0x11, 3, 0], [0x11, 13, 0]],
  ["globals", [0x23, 2, 0x24, 3], [0x23, 12, 0x24, 13]],
  ["a constant and what is added to it", [0x23, 1, 0x41, 24, 0x6a], [0x41, 0x80, 8]],
  ["a constant and what is not added to it", [0x23, 1, 0x41, 24, 0x6b], [0x23, 11, 0x41, 24, 0x6b]],
  ["a constant and a negative number", [0x23, 1, 0x41, 0x7f, 0x6a], [0x23, 11, 0x41, 0x7f, 0x6a]],
  ["a constant by itself", [0x23, 1, 0x1a], [0x23, 11, 0x1a]],
  ["blocks without and with a result", [0x02, 0x40, 0x0b, 0x03, 0x7f, 0x0b], [0x02, 0x40, 0x0b, 0x03, 0x7f, 0x0b]],
  ["a block of a type", [0x04, 7, 0x05, 0x0b], [0x04, 17, 0x05, 0x0b]],
  ["numbers that look like instructions", [0x41, 0x90, 0x10, 0x42, 0x90, 0x10], [0x41, 0x90, 0x10, 0x42, 0x90, 0x10]],
  [
    "fractions",
    [0x43, 16, 1, 16, 1, 0x44, 16, 1, 16, 1, 16, 1, 16, 1],
    [0x43, 16, 1, 16, 1, 0x44, 16, 1, 16, 1, 16, 1, 16, 1],
  ],
  ["branches", [0x0e, 2, 16, 16, 16, 0x0c, 16, 0x0d, 16], [0x0e, 2, 16, 16, 16, 0x0c, 16, 0x0d, 16]],
  ["memory", [0x28, 2, 16, 0xfc, 10, 0, 0, 0xfc, 11, 0, 0x40, 0], [0x28, 2, 16, 0xfc, 10, 0, 0, 0xfc, 11, 0, 0x40, 0]],
])) {
  test(`renumbered: ${what}`, () => {
    const locals = [2, 1, 0x7f, 16, 0x7e];
    const found = renumbered(Uint8Array.from([...locals, ...code, 0x0b]), NAMES);
    assert.deepEqual([...found], [...locals, ...expected, 0x0b]);
  });
}

test("an instruction that is not known is refused", () => {
  for (const code of [0x12, 0x25, 0xd0, 0xfd, 0xff])
    assert.throws(() => renumbered(Uint8Array.of(0, code, 0, 0x0b), NAMES), /an instruction of another kind than \d+/);
  assert.throws(() => renumbered(Uint8Array.of(0, 0xfc, 8, 0, 0, 0x0b), NAMES), /an instruction for memory/);
});

test("numbers are written as short as they can be, with and without a sign", () => {
  assert.deepEqual(
    [0, 63, 64, 127, 128].map((value) => [...leb128(value)]),
    [[0], [63], [64], [127], [0x80, 1]],
  );
  assert.deepEqual(
    [0, 63, 64, 128].map((value) => [...signedLeb128(value)]),
    [[0], [63], [0xc0, 0], [0x80, 1]],
  );
});

test("numbers with a sign are read as they were meant", () => {
  for (const [bytes, expected] of /** @type {[number[], number][]} */ ([
    [[0x3f], 63],
    [[0x40], -64],
    [[0x7f], -1],
    [[0xc0, 0], 64],
    [[0x80, 0x7f], -128],
    [[0xff, 0xff, 0xff, 0xff, 0x07], 2 ** 31 - 1],
    [[0x80, 0x80, 0x80, 0x80, 0x78], -(2 ** 31)],
  ]))
    assert.equal(new Reader(Uint8Array.from(bytes)).signed(), expected);
});

for (const [what, memory, segments] of /** @type {[string, number[], [number, ...number[]][]][]} */ ([
  ["nothing", [], []],
  ["zeros", [0, 0, 0], []],
  ["zeros before, and none behind", [0, 1, 2], [[1, 1, 2]]],
  ["seven zeros", [1, ...Array(7).fill(0), 2], [[0, 1, ...Array(7).fill(0), 2]]],
  [
    "eight zeros",
    [1, ...Array(8).fill(0), 2],
    [
      [0, 1],
      [9, 2],
    ],
  ],
  ["zeros at the end", [1, ...Array(20).fill(0)], [[0, 1]]],
])) {
  test(`data of a memory: ${what}`, () => {
    const found = segmentsIn(Buffer.from(memory));
    assert.deepEqual(
      found.map(({ offset, bytes }) => [offset, ...bytes]),
      segments,
    );
    const again = memoryOf(found);
    assert.deepEqual([...again, ...Array(memory.length - again.length).fill(0)], memory);
  });
}

/** Where the modules below are told of a refusal. */
const REFUSAL = 40;

/** The module of one function that keeps an answer: memory of one page, the room at the end of its first kilobyte. */
async function keeper() {
  const body = Uint8Array.from([...keeping({ start: 64, answer: 128 }, REFUSAL), 0x0b]);
  const module = withParts(
    withSections(HEADER, []),
    new Map([
      [1, [Uint8Array.of(0x60, 2, 0x7f, 0x7f, 0)]],
      [3, [leb128(0)]],
      [5, [Uint8Array.of(0, 1)]],
      [7, [Buffer.from([4, ...Buffer.from("keep"), 0, 0]), Buffer.from([6, ...Buffer.from("memory"), 2, 0])]],
      [10, [Buffer.concat([leb128(body.length), body])]],
    ]),
  );
  const { instance } = await WebAssembly.instantiate(module);
  const { keep, memory } = /** @type {any} */ (instance.exports);
  const view = () => new DataView(memory.buffer);
  /** @param {string} text @param {number} at */
  const write = (text, at) => new Uint8Array(memory.buffer).set(Buffer.from(text), at);
  /** @param {number} at */
  const read = (at) =>
    Buffer.from(memory.buffer, view().getUint32(at, true), view().getUint32(at + 4, true)).toString();
  return { keep, memory, view, write, read };
}

for (const bytes of [0, 1, 16, 17, 100_000]) {
  test(`an answer of two texts, of 16 bytes with their places and of ${bytes} more, is kept where it is its own`, async () => {
    const { keep, memory, view, write, read } = await keeper();
    memory.grow(4);
    const long = "x".repeat(bytes);
    for (const [index, text] of ["", long].entries()) {
      view().setUint32(2000 + 8 * index, 4000, true);
      view().setUint32(2004 + 8 * index, text.length, true);
      write(text, 4000);
    }
    keep(2000, 2);
    new Uint8Array(memory.buffer).fill(0xff, 2000, 4000 + bytes);
    assert.deepEqual([view().getUint32(128, true), view().getUint32(136, true)], [0, 2]);
    const list = view().getUint32(132, true);
    assert.deepEqual([read(list), read(list + 8)], ["", long]);
    // What fits is in the room, and what does not is in memory of its own.
    assert.equal(list, 16 + bytes <= 64 ? 64 : 5 * 65_536);
  });
}

for (const bytes of [0, 64, 65, 70_000]) {
  test(`a reason of ${bytes} bytes is kept`, async () => {
    const { keep, memory, view, write, read } = await keeper();
    memory.grow(1);
    write("y".repeat(bytes), 2008);
    view().setUint32(2000, 2008, true);
    view().setUint32(2004, bytes, true);
    view().setUint32(REFUSAL, 1, true);
    keep(2000, 1);
    new Uint8Array(memory.buffer).fill(0xff, 2000, 2008 + bytes);
    assert.equal(view().getUint32(128, true), 1);
    assert.equal(read(132), "y".repeat(bytes));
  });
}

/** @param {string} mark */
const full = (mark) => Buffer.from(mark.repeat(ROOM_BYTES / mark.length));

test("the room of a request is found in a snapshot, and is empty but for where it is", () => {
  const [texts, records] = [full(MARK.texts), full(MARK.records)];
  const memory = Buffer.concat(["before", texts, "between", records, "after"].map((part) => Buffer.from(part)));
  const room = roomIn(memory);
  const at = { texts: 6, records: 13 + ROOM_BYTES };
  assert.deepEqual(room.at, at);
  assert.deepEqual([room.next.texts.value, room.next.records.value], [at.texts, at.records + HEAD_BYTES]);
  assert.deepEqual(
    [WORD.texts, WORD.records].map((word) => memory.readUInt32LE(at.records + 4 * word)),
    [at.texts, at.records],
  );
  memory.fill(0, at.records, at.records + HEAD_BYTES);
  assert.equal(memory.toString("latin1").replace(/\0+/g, " "), "before between after");
});

test("a snapshot without a room, or with two, is of another form", () => {
  const [texts, records] = [full(MARK.texts), full(MARK.records)];
  for (const found of [[records], [texts], [texts, records, texts]])
    assert.throws(() => roomIn(Buffer.concat(found)), /one place full of `usher:.:` was expected/);
});

/** A module that writes requests. Its records begin at 1024 and its texts at 32768; elsewhere is at 7. */
async function writer() {
  const at = { records: 1024, texts: 32_768 };
  const next = { records: at.records + HEAD_BYTES, texts: at.texts };
  const room = /** @type {any} */ ({ at, next });
  const bodies = [
    Uint8Array.of(0, 0x41, 7, 0x0b),
    allocating(room, /** @type {any} */ ({})).body,
    Uint8Array.from([...reading(room).flat(), 0x0b]),
  ];
  const global = (/** @type {number} */ value) =>
    Buffer.concat([Uint8Array.of(0x7f, 1, 0x41), signedLeb128(value), Uint8Array.of(0x0b)]);
  const module = withParts(
    withSections(HEADER, []),
    new Map([
      [1, [Uint8Array.of(0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f), Uint8Array.of(0x60, 1, 0x7f, 0)]],
      [3, [leb128(0), leb128(0), leb128(1)]],
      [5, [Uint8Array.of(0, 1)]],
      [6, [next.texts, next.records].map(global)],
      [
        7,
        [
          Buffer.from([5, ...Buffer.from("place"), 0, 1]),
          Buffer.from([4, ...Buffer.from("look"), 0, 2]),
          Buffer.from([6, ...Buffer.from("memory"), 2, 0]),
        ],
      ],
      [10, bodies.map((body) => Buffer.concat([leb128(body.length), body]))],
    ]),
  );
  const { instance } = await WebAssembly.instantiate(module);
  const { place, look, memory } = /** @type {any} */ (instance.exports);
  /** @param {string} text */
  const write = (text) => {
    const to = place(0, 0, 1, Buffer.byteLength(text));
    new Uint8Array(memory.buffer).set(Buffer.from(text), to);
    return to - at.texts;
  };
  /** Which texts are more than ASCII. */
  const unlike = () => {
    look(0);
    const words = new Int32Array(memory.buffer, at.records);
    return [words[WORD.unlikeFrom], words[WORD.unlikeTo]];
  };
  return { at, place, write, unlike };
}

test("records and texts are written one after the other, and what has no room elsewhere", async () => {
  const { at, place, write, unlike } = await writer();
  assert.deepEqual([place(0, 0, 8, 5), place(0, 0, 4, 8)], [at.records + HEAD_BYTES, at.records + HEAD_BYTES + 8]);
  assert.deepEqual([write("a"), write("bcd"), write("")], [0, 1, 4]);
  assert.equal(place(0, 0, 4, ROOM_BYTES), 7);
  assert.equal(place(9, 1, 1, 2), 7);
  assert.deepEqual(unlike(), [0x7fff_ffff, 0]);
  assert.deepEqual([place(0, 0, 1, 1), place(0, 0, 4, 1)], [7, 7]);
});

test("texts fill the room to its end", async () => {
  const { place, write, unlike } = await writer();
  assert.deepEqual([write("x".repeat(ROOM_BYTES - 1)), write("y")], [0, ROOM_BYTES - 1]);
  assert.deepEqual(unlike(), [0x7fff_ffff, 0]);
  assert.equal(place(0, 0, 1, 1), 7);
});

test("texts of which one has no room are all read in another way", async () => {
  const { place, write, unlike } = await writer();
  write("x");
  assert.deepEqual([place(0, 0, 1, ROOM_BYTES), place(0, 0, 1, 1)], [7, 7]);
  assert.deepEqual(unlike(), [0, 0x7fff_ffff]);
});

for (const [before, letter, between] of /** @type {[number, string, number][]} */ ([
  [0, "é", 0],
  [15, "é", 0],
  [16, "é", 100],
  [1000, "日本", 3],
  [ROOM_BYTES - 40, "😀", 4],
])) {
  test(`more than ASCII is seen after ${before} bytes and ${between} more`, async () => {
    const { write, unlike } = await writer();
    write("x".repeat(before));
    const first = write(letter);
    write("y".repeat(between));
    const last = write(letter) + Buffer.byteLength(letter);
    write("z".repeat(20));
    const [from = 0, to = 0] = unlike();
    assert.ok(from <= first && from > first - 16, `${from}`);
    assert.ok(to >= last && to < last + 16, `${to}`);
  });
}
