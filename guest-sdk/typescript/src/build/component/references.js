// References that nobody counts: those to what the snapshot has.
//
// The engine counts how often each of its objects is referred to. Whatever is called or looked at is so written to, wherever it lies,
// and a host has to clean each page that a decision has written. What the snapshot has may stay until the decision is over, so it is
// said to be referred to more often than anything can be, and the engine leaves numbers like that as they are.
//
// Where it looks whether there is one reference, in order to change something where it is, it finds many and makes another. It does not
// look where it is sure of that: such a check would be an assertion of its own, and it is built without.
//
// The engine is QuickJS since 2026, which has the number in front of an object: `JS_REF_COUNT` in `quickjs.c`.

import { I32_CONST, leb128 } from "../wasm/bytes.js";
import { localsOf, replaced } from "../wasm/body.js";
import { withBodies } from "../wasm/core-module.js";
import { unexpected } from "../wasm/form.js";
import { ADD, END, I32, IF, IS_ZERO, SHIFT_RIGHT, SUB, constant, load, store } from "../wasm/instructions.js";
import { BLOCK, headsIn, takenIn } from "./allocator.js";

/** From two to the power of this on, references are not counted: no memory has room for as many. */
const MANY_BITS = 29;
const KEPT = 2 ** (MANY_BITS + 1);

/**
 * Says of everything that small blocks have in them that it is referred to very often.
 *
 * @param {Buffer} memory A snapshot's.
 * @throws {Error} There is no allocator as is known.
 */
export function keepAll(memory) {
  for (const block of takenIn(memory, headsIn(memory))) memory.writeUInt32LE(KEPT, block + BLOCK.references);
}

/** Instructions as texts, a letter for each byte. */
const text = (/** @type {number[][]} */ ...codes) => Buffer.from(codes.flat()).toString("latin1");
/** Bytes in a pattern. */
const is = (/** @type {number[]} */ bytes) => bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
const [GET, SET, TEE] = [0x20, 0x21, 0x22];
/** The number of a local, and what may come out of a number that is needed later. */
const LOCAL = "[\\x80-\\xff]*[\\0-\\x7f]";
const MAYBE_KEPT = `(?:${is([TEE])}${LOCAL})?`;
const ONE_MORE_OR_LESS = `${is(constant(1))}[${is([...ADD, ...SUB])}]`;
/** How far back it is from an object, or from a part of it: 4 bytes, 12, 20 and so on. */
const BACK = `${is([I32_CONST])}[${is([4, 12, 20, 28, 36, 44, 52, 60])}]${is(SUB)}`;
/** One more, or one less, in the word before an object. */
const COUNTING = new RegExp(
  `(?<before>${BACK}${MAYBE_KEPT})${is([TEE])}(?<where>${LOCAL})` +
    `(?<count>${is([GET])}\\k<where>${is(load(0))}${MAYBE_KEPT}${ONE_MORE_OR_LESS}${MAYBE_KEPT})${is(store(0))}`,
  "sy",
);

/**
 * An engine that leaves the numbers of very many references as they are.
 *
 * @param {Uint8Array} engine Its module.
 * @returns {Uint8Array}
 * @throws {Error} It does not count as is known.
 */
export function leavingMany(engine) {
  let changes = 0;
  const changed = withBodies(engine, (body, parameters) => {
    const other = leaving(body, parameters);
    if (other !== body) changes += 1;
    return other;
  });
  return changes > 0 ? changed : unexpected("an engine that counts references");
}

/**
 * @param {Uint8Array} body
 * @param {number} parameters How many the function has.
 */
function leaving(body, parameters) {
  const code = Buffer.from(body).toString("latin1");
  const locals = localsOf(body, parameters);
  const number = text([...leb128(locals.count)]);
  const ifFew = text([TEE]) + number + text(constant(MANY_BITS), SHIFT_RIGHT, IS_ZERO, IF);
  const changed = replaced(body, (at) => {
    COUNTING.lastIndex = at;
    const found = COUNTING.exec(code)?.groups;
    if (found === undefined) return undefined;
    const { before, where, count } = found;
    const counting = before + text([SET]) + where + count;
    const storing = text([GET]) + where + text([GET]) + number + text(store(0), END);
    return { bytes: Buffer.from(counting + ifFew + storing, "latin1"), end: COUNTING.lastIndex };
  });
  return changed === body ? body : Buffer.concat([locals.withOne(I32), changed.subarray(locals.end)]);
}
