// The room that a request is written into (`runtime/room.js`): where it lies in a snapshot, and functions that are
// written instruction by instruction.

import { HEAD_BYTES, INSTANT, MARK, ROOM_BYTES, WORD } from "../../runtime/room.js";
import { unexpected } from "../wasm/form.js";
import {
  ADD,
  AND,
  BLOCK,
  CALL,
  COPY,
  ELSE,
  END,
  I32,
  IF,
  IS_EQUAL,
  IS_MORE,
  IS_NOT_LESS,
  IS_ZERO,
  LOOP,
  MUL,
  RETURN,
  SUB,
  again,
  constant,
  get,
  getGlobal,
  leaveIf,
  load,
  set,
  setGlobal,
  store,
} from "../wasm/instructions.js";

/** @typedef {import("./merge.js").Func} Func */
/** @typedef {import("./merge.js").Global} Global */

/** More than any length. */
const ALL = 0x7fff_ffff;
const WORD_BYTES = 4;
/** Rounds up to where any record may begin. */
const TO_ALIGN = [...constant(7), ...ADD, 0x41, 0x78, ...AND];

/** Two times eight bytes are looked at in one go: whether one of them has the bit that no letter of ASCII has. */
const STEP = 16;
const [LOAD_8, OR_8, AND_8, IS_ZERO_8] = [(/** @type {number} */ offset) => [0x29, 0, offset], [0x84], [0x83], [0x50]];
const HIGH_BITS = [0x42, 0x80, 0x81, 0x82, 0x84, 0x88, 0x90, 0xa0, 0xc0, 0x80, 0x7f];

/**
 * @typedef {object} Room
 * @property {{ texts: number, records: number }} at
 * @property {{ texts: Global, records: Global }} next Where what comes next is written.
 * @property {number} isRefusal Where JavaScript says whether the answer is a refusal.
 */

/**
 * Finds the room, and empties it but for its head.
 *
 * @param {Buffer} memory A snapshot's.
 * @returns {Room}
 */
export function roomIn(memory) {
  const at = { texts: emptied(memory, MARK.texts, ROOM_BYTES), records: emptied(memory, MARK.records, ROOM_BYTES) };
  memory.writeUInt32LE(at.texts, at.records + WORD.texts * WORD_BYTES);
  memory.writeUInt32LE(at.records, at.records + WORD.records * WORD_BYTES);
  const next = { texts: global(at.texts), records: global(at.records + HEAD_BYTES) };
  return { at, next, isRefusal: at.records + WORD.isRefusal * WORD_BYTES };
}

/**
 * Finds the one place that is full of a mark, and empties it.
 *
 * @param {Buffer} memory
 * @param {string} mark
 * @param {number} length How many bytes of marks there are.
 * @returns {number} Where it is.
 */
export function emptied(memory, mark, length) {
  const full = Buffer.from(mark.repeat(length / mark.length));
  const at = memory.indexOf(full);
  if (at < 0 || memory.indexOf(full, at + 1) >= 0) unexpected(`one place full of \`${mark}\``);
  memory.fill(0, at, at + length);
  return at;
}

/** @param {number} value */
const global = (value) => ({ type: Uint8Array.of(I32, 1), value });

/** Parameters of `cabi_realloc`. */
const [OLD, , ALIGN, SIZE, TO] = [0, 1, 2, 3, 4];
/** The globals that say where what comes next is written. */
const NEXT = { texts: 0, records: 1 };
/** Beyond the end: nothing goes where this is next. */
const closed = (/** @type {number} */ start) => constant(start + ROOM_BYTES + 1);

/**
 * `cabi_realloc` as long as a request is written: texts and records go into the room. What has no place there, and what
 * comes later, is the engine's to place.
 *
 * @param {Room} room
 * @param {Func} engines
 * @returns {Func}
 */
export function allocating({ at, next }, engines) {
  /** @param {"texts" | "records"} part @param {number[]} round */
  const placing = (part, round) => [
    ...[getGlobal(NEXT[part]), set(TO), get(TO), get(SIZE), ADD, constant(at[part] + ROOM_BYTES), IS_MORE, IS_ZERO, IF],
    ...[get(TO), get(SIZE), ADD, round, setGlobal(NEXT[part]), get(TO), RETURN, END],
  ];
  const code = [
    ...[[1, 1, I32], BLOCK, get(OLD), leaveIf(0), get(ALIGN), constant(1), IS_EQUAL, IF],
    ...placing("texts", []),
    // One of them is elsewhere: JavaScript is told so by this, and takes the slow way for all.
    ...[closed(at.texts), setGlobal(NEXT.texts), ELSE, ...placing("records", TO_ALIGN), END, END],
    ...[...[0, 1, 2, 3].map(get), CALL, [0], END],
  ];
  const scope = { types: [], functions: [engines], globals: [next.texts, next.records] };
  return { type: engines.type, body: Uint8Array.from(code.flat()), scope };
}

/** What the code of `provision` counts with, beside its parameter. */
const [, WHERE, FROM, UNTIL] = [0, 1, 2, 3];

/**
 * What is to be done before a request is read, with its locals: looks which texts are more than ASCII, and closes the
 * room.
 *
 * @param {Room} room
 */
export const reading = ({ at }) => [
  ...[[1, 3, I32], constant(ALL), set(UNTIL), getGlobal(NEXT.texts), closed(at.texts), IS_EQUAL, IS_ZERO, IF],
  ...[constant(ALL), set(FROM), constant(0), set(UNTIL), constant(at.texts), set(WHERE), BLOCK, LOOP],
  ...[get(WHERE), getGlobal(NEXT.texts), IS_NOT_LESS, leaveIf(1)],
  ...[get(WHERE), LOAD_8(0), get(WHERE), LOAD_8(8), OR_8, HIGH_BITS, AND_8, IS_ZERO_8, IS_ZERO, IF],
  ...[get(FROM), constant(ALL), IS_EQUAL, IF, get(WHERE), constant(at.texts), SUB, set(FROM), END],
  ...[get(WHERE), constant(at.texts - STEP), SUB, set(UNTIL), END],
  ...[get(WHERE), constant(STEP), ADD, set(WHERE), again(0), END, END, END],
  ...[constant(at.records), get(FROM), store(WORD.unlikeFrom * WORD_BYTES)],
  ...[constant(at.records), get(UNTIL), store(WORD.unlikeTo * WORD_BYTES)],
  ...[closed(at.texts), setGlobal(NEXT.texts), closed(at.records), setGlobal(NEXT.records)],
];

/**
 * A function of the host's that takes an address and a length, and gives a text or bytes to whoever frees them: it
 * copies what is there.
 *
 * @param {Uint8Array} type
 * @param {Func} engines `cabi_realloc`.
 * @returns {Func}
 */
export function copying(type, engines) {
  const [AT, LENGTH, RESULT] = [0, 1, 2];
  const code = [
    ...[[0], get(RESULT), constant(0), constant(0), constant(1), get(LENGTH), CALL, [0], store(0)],
    ...[get(RESULT), load(0), get(AT), get(LENGTH), COPY],
    ...[get(RESULT), get(LENGTH), store(4), END],
  ];
  return { type, body: Uint8Array.from(code.flat()), scope: { types: [], functions: [engines], globals: [] } };
}

/** Numbers of 64 bits: a constant below 64 thousand, and what is done with them. */
const wide = (/** @type {number} */ value) => [0x42, ...constant(value).slice(1)];
const [STORE_8, DIVIDE_8, REST_8, NARROW] = [[0x37, 0, 0], [0x80], [0x82], [0xa7]];

/**
 * The clock, as the engine asks the operating system for it: seconds and nanoseconds, written where the parameter says.
 *
 * @param {Room} room
 */
export const telling = ({ at }) =>
  [
    ...[[0], get(0), constant(at.records + INSTANT), LOAD_8(0), wide(1000), DIVIDE_8, STORE_8],
    ...[get(0), constant(at.records + INSTANT), LOAD_8(0), wide(1000), REST_8, NARROW],
    ...[constant(1_000_000), MUL, store(8)],
  ].flat();
