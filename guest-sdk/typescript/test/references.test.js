// References to what a snapshot has, which nobody counts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { keepAll, leavingMany } from "../src/build/component/references.js";
import { leb128, withSections } from "../src/build/wasm/bytes.js";
import { functionsOf, sized, withParts } from "../src/build/wasm/core-module.js";
import { constant } from "../src/build/wasm/instructions.js";

const HEADER = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);
/** So many references are not counted any more. */
const MANY = 2 ** 29;
/** Where an object is; its references are in the word before. */
const OBJECT = 64;

const [GET, SET, TEE, LOAD, STORE, ADD, SUB] = [0x20, 0x21, 0x22, [0x28, 2, 0], [0x36, 2, 0], 0x6a, 0x6b];

/**
 * The module of functions that take an object, and give a number.
 *
 * @param {number[][]} bodies
 * @param {number} [parameters]
 */
function engine(bodies, parameters = 1) {
  const exported = bodies.map((_, index) => [1, 0x61 + index, 0, index]);
  return withParts(
    withSections(HEADER, []),
    new Map([
      [1, [Uint8Array.of(0x60, parameters, ...Array(parameters).fill(0x7f), 1, 0x7f)]],
      [3, bodies.map(() => leb128(0))],
      [5, [Uint8Array.of(0, 1)]],
      [7, [...exported, [6, ...Buffer.from("memory"), 2, 0]].map((item) => Uint8Array.from(item))],
      [10, bodies.map((body) => sized(Uint8Array.from(body)))],
    ]),
  );
}

/**
 * Calls a module's first function, and looks at what it gives, and at the references.
 *
 * @param {Uint8Array} module
 * @param {number} references
 */
async function called(module, references) {
  const { instance } = await WebAssembly.instantiate(module);
  const { a, memory } = /** @type {any} */ (instance.exports);
  const words = new Int32Array(memory.buffer);
  words[OBJECT / 4 - 1] = references;
  return { gives: a(OBJECT), references: words[OBJECT / 4 - 1] };
}

/**
 * One more, or one less, as the engine has it: what was there before is kept, what is there now, or none of both.
 *
 * @param {number} code
 * @param {{ was?: number, is?: number, at?: number }} kept The numbers of locals.
 */
const counting = (code, { was, is, at = 1 }) => [
  ...[GET, 0, 0x41, 4, SUB, TEE, ...leb128(at), GET, ...leb128(at), ...LOAD],
  ...(was === undefined ? [] : [TEE, ...leb128(was)]),
  ...[0x41, 1, code],
  ...(is === undefined ? [] : [TEE, ...leb128(is)]),
  ...STORE,
];

for (const [what, code, kept] of /** @type {[string, number, { was?: number, is?: number }][]} */ ([
  ["one more", ADD, {}],
  ["one less", SUB, {}],
  ["one less than there were", SUB, { was: 2 }],
  ["one less than there are", SUB, { is: 2 }],
  ["one more than there were and are", ADD, { was: 3, is: 2 }],
])) {
  test(`${what} is counted up to very many, and not from there on`, async () => {
    const body = [1, 3, 0x7f, ...counting(code, kept), ...[GET, 2, 0x0b]];
    const [before, after] = [engine([body]), leavingMany(engine([body]))];
    const step = code === ADD ? 1 : -1;
    for (const few of [2, 8, MANY - 1]) {
      assert.deepEqual((await called(after, few - step)).references, few);
      assert.deepEqual(await called(after, few - step), await called(before, few - step));
    }
    for (const many of [MANY, 2 * MANY, 2 ** 31 - 2]) {
      const { gives, references } = await called(after, many - step);
      assert.equal(references, many - step);
      // Whoever looks whether there are any left finds what there would be.
      assert.equal(gives, (await called(before, many - step)).gives);
    }
  });
}

test("it is counted from within an object, too, and wherever the word's address is kept", async () => {
  const [before, ...others] = counting(ADD, { is: 2 }).slice(2);
  // As if the object began forty bytes earlier; and the address is kept in two places.
  for (const [back, ...kept] of [[44], [12], [60], [4, TEE, 3]]) {
    const from = [GET, 0, 0x41, (back ?? 0) - 4, ADD, before ?? 0, back ?? 0, SUB, ...kept, ...others.slice(2)];
    const after = leavingMany(engine([[1, 3, 0x7f, ...from, ...[GET, 2, 0x0b]]]));
    assert.deepEqual(await called(after, 1), { gives: 2, references: 2 }, `${back}`);
    assert.equal((await called(after, MANY)).references, MANY, `${back}`);
  }
});

test("functions with many parameters and locals count as others do", async () => {
  const body = [1, 140, 1, 0x7f, ...counting(SUB, { at: 130, is: 131 }), ...[GET, 131, 1, 0x0b]];
  const after = leavingMany(engine([body], 3));
  assert.deepEqual(await called(after, 5), { gives: 4, references: 4 });
  assert.deepEqual(await called(after, MANY + 5), { gives: MANY + 4, references: MANY + 5 });
});

test("each count of a function is another, and a function that counts nothing stays as it is", async () => {
  const twice = [1, 3, 0x7f, ...counting(ADD, {}), ...counting(ADD, { is: 2 }), ...[GET, 2, 0x0b]];
  const never = [0, GET, 0, 0x0b];
  const after = leavingMany(engine([twice, never]));
  assert.deepEqual(await called(after, 1), { gives: 3, references: 3 });
  assert.equal((await called(after, MANY)).references, MANY);
  assert.deepEqual([...(functionsOf(after).bodies[1] ?? [])], never);
});

test("what only looks like counting stays as it is", () => {
  const [many, one] = [constant(4), constant(1)];
  for (const [what, code] of /** @type {[string, number[]][]} */ ([
    ["another word", [GET, 0, ...constant(8), SUB, TEE, 1, GET, 1, ...LOAD, ...one, ADD, ...STORE]],
    ["two more", [GET, 0, ...many, SUB, TEE, 1, GET, 1, ...LOAD, ...constant(2), ADD, ...STORE]],
    ["the word of something else", [GET, 0, ...many, SUB, TEE, 1, GET, 2, ...LOAD, ...one, ADD, ...STORE]],
    ["a word further on", [GET, 0, ...many, SUB, TEE, 1, GET, 1, 0x28, 2, 4, ...one, ADD, 0x36, 2, 4]],
    ["a byte", [GET, 0, ...many, SUB, TEE, 1, GET, 1, 0x2d, 0, 0, ...one, ADD, 0x3a, 0, 0]],
    ["a constant of the same bytes", [0x42, ...counting(ADD, {}).slice(2, 4), 0x1a]],
  ])) {
    const body = [1, 3, 0x7f, ...code, GET, 2, 0x0b];
    assert.throws(() => leavingMany(engine([body])), /an engine that counts references was expected/, what);
  }
});

/** Where the heads of lists are, and the one arena: of blocks of 48 bytes, the fifth size. */
const [HEADS, ARENA] = [64, 2048];
const [SIZES, SIZE, BLOCK_BYTES] = [31, 4, 48];

/**
 * A snapshot's memory with an allocator, whose one arena has these blocks.
 *
 * @param {("taken" | "free")[]} blocks
 */
function snapshot(blocks) {
  const memory = Buffer.alloc(4096);
  for (let at = HEADS; at < HEADS + 8 * 2 * SIZES; at += 4) memory.writeUInt32LE(at & ~7, at);
  for (const [head, link] of /** @type {const} */ ([
    [HEADS + 8 * (SIZES + SIZE), ARENA],
    [HEADS + 8 * SIZE, ARENA + 8],
  ])) {
    for (const at of [head, head + 4]) memory.writeUInt32LE(link, at);
    for (const at of [link, link + 4]) memory.writeUInt32LE(head, at);
  }
  memory.writeUInt8(SIZE, ARENA + 16);
  memory.writeUInt16LE(blocks.filter((block) => block === "taken").length, ARENA + 18);
  memory.writeUInt16LE(blocks.length, ARENA + 20);
  let free = 0xffff;
  for (const [index, block] of blocks.entries()) {
    memory.writeUInt16LE(block === "free" ? free : index, blockAt(index));
    if (block === "free") free = index;
    memory.writeUInt8(SIZE, blockAt(index) + 2);
    memory.writeUInt32LE(index, blockAt(index) + 4);
  }
  memory.writeUInt16LE(free, ARENA + 22);
  return memory;
}

/** @param {number} index */
const blockAt = (index) => ARENA + 24 + index * BLOCK_BYTES;

test("what blocks have in them stays, and blocks that are free have nothing", () => {
  for (const free of [[], [0], [1, 3], [0, 1, 2, 3]]) {
    const memory = snapshot([0, 1, 2, 3].map((index) => (free.includes(index) ? "free" : "taken")));
    const expected = Buffer.from(memory);
    keepAll(memory);
    for (const index of [0, 1, 2, 3]) if (!free.includes(index)) expected.writeUInt32LE(2 * MANY, blockAt(index) + 4);
    assert.deepEqual(memory, expected, `${free}`);
  }
});

test("an arena whose blocks are not all free or taken is of another form", () => {
  const [more, round] = [snapshot(["taken", "free", "free"]), snapshot(["taken", "free", "free"])];
  more.writeUInt16LE(2, ARENA + 18);
  round.writeUInt16LE(2, blockAt(1));
  for (const memory of [more, round])
    assert.throws(() => keepAll(memory), /blocks that are free or taken was expected/);
});
