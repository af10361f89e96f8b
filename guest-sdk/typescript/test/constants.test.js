// Constants that are written very often.

import assert from "node:assert/strict";
import { test } from "node:test";

import { leb128, withSections } from "../src/build/wasm/bytes.js";
import { shared } from "../src/build/wasm/constants.js";
import { sized, withParts } from "../src/build/wasm/core-module.js";

const HEADER = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);
/** Constants of each type, with how many times they have to be written to spare two thousand bytes. */
const CONSTANTS = /** @type {const} */ ([
  { type: 0x7f, code: [0x41, 0x80, 0x80, 0x80, 0x80, 2], times: 500, value: 2 ** 29 },
  { type: 0x7e, code: [0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0xe0, 0], times: 334, value: 12n * 2n ** 38n },
  { type: 0x7d, code: [0x43, 0, 0, 0x80, 0x3f], times: 667, value: 1 },
  { type: 0x7c, code: [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f], times: 286, value: 1 },
]);

/**
 * A function that writes a constant so many times, and gives the last.
 *
 * @param {readonly number[]} code
 * @param {number} times
 */
const writing = (code, times) =>
  Uint8Array.from([0, ...Array.from({ length: times - 1 }, () => [...code, 0x1a]).flat(), ...code, 0x0b]);

for (const { type, code, times, value } of CONSTANTS) {
  test(`a constant of type ${type} is a global from ${times} times on`, async () => {
    const once = writing(code, times - 1);
    assert.deepEqual(shared([once], 0), { bodies: [once], globals: [] });
    // They are counted over all functions.
    const { bodies, globals } = shared([once, writing(code, 1)], 0);
    assert.equal(globals.length, 1);
    assert.equal(bodies[0]?.length, once.length - (code.length - 2) * (times - 1));
    const module = withParts(
      withSections(HEADER, []),
      new Map([
        [1, [Uint8Array.of(0x60, 0, 1, type)]],
        [3, bodies.map(() => leb128(0))],
        [6, globals],
        [7, bodies.map((_, index) => Uint8Array.of(1, 0x61 + index, 0, index))],
        [10, bodies.map(sized)],
      ]),
    );
    const { instance } = await WebAssembly.instantiate(module);
    const { a, b } = /** @type {any} */ (instance.exports);
    assert.deepEqual([a(), b()], [value, value]);
  });
}

test("globals are named in two bytes, or there are none", () => {
  const bodies = CONSTANTS.map(({ code, times }) => writing(code, times));
  for (const [first, count] of /** @type {[number, number][]} */ ([
    [0, 4],
    [124, 4],
    [125, 3],
    [127, 1],
    [128, 0],
    [500, 0],
  ]))
    assert.equal(shared(bodies, first).globals.length, count, `${first}`);
});
